"""How fresh the lake is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Min

from saiban.core.lake import manifest
from saiban.core.lake.manifest import TableVersion
from saiban.core.lake.services import is_of_today
from saiban.core.lake.tables import location
from saiban.core.models import LakeNote


@dataclass(frozen=True)
class LakeState:
    """What the lake holds and what it is behind by; ``written_at`` None: it was never built.

    ``oldest`` is when the oldest change was noted that is not in it. ``is_sound`` is False where its keys or
    columns are no longer those of today: then the next write builds it anew.
    """

    location: str
    written_at: datetime | None = None
    change_set: int | None = None
    tables: Mapping[str, TableVersion] = field(default_factory=dict)
    behind: int = 0
    oldest: datetime | None = None
    is_sound: bool = True


def lake_state() -> LakeState:
    """Read the state of the lake: one small file and one query."""
    current = manifest.read()
    if current is None:
        return LakeState(location())
    waiting = LakeNote.objects.aggregate(behind=Count("pk"), oldest=Min("noted_at"))
    return LakeState(
        location(),
        current.moment,
        current.change_set,
        current.tables,
        waiting["behind"],
        waiting["oldest"],
        is_of_today(current),
    )
