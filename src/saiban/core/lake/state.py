"""How fresh the lake is, and what was asked of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from saiban.core.lake import manifest
from saiban.core.lake.manifest import TableVersion
from saiban.core.lake.services import REBUILD, SUBJECT, is_of_today
from saiban.core.lake.tables import CHANGE_SET, location
from saiban.core.models import Actor, Audit, ChangeSetItem, LakeNote, Progress

KNOWN_FOR = 60  # seconds
HOUSEHOLD = "registry.household"  # the kind of change sets of households; those of other kinds are noted too


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
    key_id: int | None = None
    rebuilt_at: datetime | None = None
    rebuilt_why: str = ""

    @property
    def is_late(self) -> bool:
        """Whether something has waited for longer than ``SAIBAN_LAKE_LATE_HOURS``."""
        return self.oldest is not None and self.oldest < _late_before()


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
        current.key_id,
        current.rebuilt,
        current.rebuilt_why,
    )


def late_since() -> datetime | None:
    """Since when does the oldest change wait, where that is too long? Asked once a minute of each process."""
    return _late_since(int(time.monotonic() // KNOWN_FOR), location())


@lru_cache(maxsize=1)
def _late_since(minute: int, place: str) -> datetime | None:
    oldest = LakeNote.objects.filter(noted_at__lt=_late_before()).aggregate(oldest=Min("noted_at"))["oldest"]
    return oldest if oldest and manifest.read() is not None else None


def households_waiting() -> int:
    """Count the households that the lake does not show as they are now."""
    noted = LakeNote.objects.filter(kind=CHANGE_SET).values("subject_id")
    items = ChangeSetItem.objects.filter(change_set__kind=HOUSEHOLD, change_set_id__in=noted)
    return items.values("subject_id").distinct().count()


def latest_work(*, since: datetime) -> Progress | None:
    """Return the newest work on the lake that has said something since then."""
    rows = Progress.objects.filter(subject_kind=SUBJECT, updated_at__gte=since)
    return rows.order_by("-updated_at").first()


@dataclass(frozen=True)
class Asked:
    """Who asked for something, and why."""

    actor: Actor
    reason: str


def who_rebuilt() -> Asked | None:
    """Say who asked on a page for the newest rebuild that is done, and why; None where nobody did."""
    row = (
        Progress.objects.filter(subject_kind=SUBJECT, name=REBUILD, state=Progress.State.DONE)
        .order_by("-updated_at")
        .first()
    )
    if row is None or row.actor_id is None:
        return None
    asked = Audit.objects.filter(actor_id=row.actor_id, action="core.lake.ask", detail__progress=str(row.pk))
    found = asked.select_related("actor").order_by("-pk").first()
    return Asked(found.actor, found.reason) if found else None


def _late_before() -> datetime:
    return timezone.now() - timedelta(hours=settings.SAIBAN_LAKE_LATE_HOURS)
