"""What the worker does where someone asked for it on a page."""

from __future__ import annotations

from saiban.core import foundation
from saiban.core.background import task
from saiban.core.lake import services
from saiban.core.models import Progress


@task
def write_asked(progress_id: str) -> None:
    """Write all that was noted, or build the lake anew, as the row of progress says."""
    row, system = Progress.objects.get(pk=progress_id), foundation.system_actor()
    if row.name == services.REBUILD:
        services.rebuild(actor=system, progress=row)
        return
    with services.metered(row.name, row) as meter:
        meter.step("lake.notes")
        while notes := services.write_noted(actor=system).notes:
            meter.advance(notes)
