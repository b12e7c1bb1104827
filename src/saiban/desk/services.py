"""What the desk writes: counts by area."""

from __future__ import annotations

from django.utils import timezone

from saiban.core import audit
from saiban.core.models import Actor, Area
from saiban.core.services import service
from saiban.desk.models import AreaCount
from saiban.desk.queries import standing


@service("desk.area.count")
def count_areas(*, actor: Actor) -> int:
    """Count anew how every area that the actor sees stands, and return how many households there are.

    What happens meanwhile is counted the next time.
    """
    now = timezone.now()
    counts = standing.count(actor, timezone.localdate(now))
    areas = Area.objects.visible_to(actor).filter(path__in=counts).order_by("pk")
    rows = [
        AreaCount(
            area=area,
            counted_at=now,
            **{name: counts[area.path][name] for name in standing.COUNTS},
        )
        for area in areas
    ]
    AreaCount.objects.visible_to(actor).exclude(area__in=areas).delete()
    AreaCount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=[*standing.COUNTS, "counted_at"],
    )
    audit.note(areas=len(rows))
    return sum(row.households for row in rows)
