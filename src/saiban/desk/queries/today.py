"""What the *Today* page knows: how things stand by district, what came in, what it moved, what is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Min, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Extract, Now
from django.utils import timezone

from saiban.core import audit
from saiban.core.days import midnight
from saiban.core.lake.state import late_since
from saiban.core.models import Actor
from saiban.core.services import look
from saiban.desk.queries.moved import Moved, moved_since
from saiban.desk.queries.standing import District, standing
from saiban.intake.models import Batch, Source
from saiban.intake.transitions import BatchState
from saiban.programmes.queries.overlaps import to_decide
from saiban.registry.correcting.waiting import remember
from saiban.registry.models import Correction

EXAMPLES = 3
OF_SCORES = ("first", "up", "down", "newly_poor", "no_longer_poor")
EXAMPLES_OF = timedelta(days=7)
NEWLY_ELIGIBLE, NEWLY_CONFLICTING = (
    ("eligibility", "newly_eligible"),
    ("overlaps", "new"),
)  # step and count of a batch


@dataclass(frozen=True)
class SourceState:
    """A source with its last delivery: when, how many days too late, and how many rows wait to be mended."""

    source: Source
    last: datetime | None
    days_late: int
    batch_id: int | None
    rejected: int


@dataclass(frozen=True)
class Delivered:
    """What came in on the last day with a delivery, and what it moved.

    ``first`` households were scored for the first time; of those that had a score, it went ``up`` or
    ``down``, and ``newly_poor`` fell below the cut-off by it. ``newly_eligible`` and
    ``newly_conflicting`` are None where no delivery was looked at for them.
    """

    day: date
    rows: int
    rejected: int
    changed: int
    first: int
    up: int
    down: int
    newly_poor: int
    no_longer_poor: int
    newly_eligible: int | None
    newly_conflicting: int | None
    batches: Sequence[Batch]


@dataclass(frozen=True)
class ToDecide:
    """Overlaps that are open or referred, and what ending one enrolment of each would save in a year."""

    count: int
    yearly_paisa: int


@dataclass(frozen=True)
class ToApprove:
    """Corrections that wait for the actor, and for how long the oldest of them has waited."""

    count: int
    waited: timedelta


@dataclass(frozen=True)
class Today:
    """Everything that the page shows of people and deliveries, cut to the actor's area.

    ``counted_at``: of what moment the counts of districts are, where they are not of now; ``to_be_counted``:
    of none yet.
    """

    day: date
    districts: Sequence[District]
    sources: Sequence[SourceState]
    delivered: Delivered | None
    counted_at: datetime | None = None
    to_be_counted: bool = False
    examples: Sequence[Moved] = field(default_factory=list)
    overlaps: ToDecide | None = None
    lake_late: datetime | None = None
    corrections: ToApprove = field(default_factory=lambda: ToApprove(0, timedelta()))

    @property
    def households(self) -> int:
        """Households in the registry."""
        return sum(district.households for district in self.districts)

    @property
    def scored(self) -> int:
        """Households with a score."""
        return sum(district.scored for district in self.districts)

    @property
    def poor(self) -> int:
        """Households at or below the cut-off."""
        return sum(district.poor for district in self.districts)

    @property
    def unserved(self) -> int | None:
        """Poor households in no scheme; None where the duty does not show them."""
        counts = [district.unserved for district in self.districts if district.unserved is not None]
        return sum(counts) if counts else None

    @property
    def moved(self) -> int:
        """Households whose profile was made or changed on the day."""
        return sum(district.moved for district in self.districts)

    @property
    def disagreeing(self) -> int:
        """Households of which sources say different things."""
        return sum(district.disagreeing for district in self.districts)

    @property
    def late(self) -> list[SourceState]:
        """Sources whose delivery is overdue, the latest first."""
        return sorted((one for one in self.sources if one.days_late > 0), key=lambda one: -one.days_late)


@look("desk.today.view")
def today(*, actor: Actor, day: date) -> Today:
    """Return how things stand on that day; the households of the examples are on record as seen."""
    examples = _examples(actor, midnight(day) - EXAMPLES_OF)
    if examples:
        audit.note_set("registry.household", [one.household.pk for one in examples])
    stands = standing(actor, day)
    overlaps, corrections = _to_decide(actor)
    remember(actor, corrections.count)
    return Today(
        day=day,
        districts=stands.districts,
        counted_at=stands.counted_at,
        to_be_counted=stands.to_be_counted,
        sources=_sources(actor, day),
        delivered=_delivered(actor),
        examples=examples,
        overlaps=overlaps,
        lake_late=late_since() if actor.may("core.lake.view") else None,
        corrections=corrections,
    )


def _to_decide(actor: Actor) -> tuple[ToDecide | None, ToApprove]:
    """Overlaps to decide, None where the duty does not show them; and corrections that wait for the actor,
    with how long the oldest has. In one query."""
    waited = Extract(Now() - Min("proposed_at"), "epoch", output_field=BigIntegerField())
    rows = _in_one("corrections", Correction.objects.waiting_for(actor), amount=waited)
    if may := actor.may("programmes.overlap.view"):
        rows = rows.union(_in_one("overlaps", to_decide(actor=actor), amount=Sum("yearly_paisa")), all=True)
    found = {row["what"]: (row["count"], int(row["amount"] or 0)) for row in rows}
    count, seconds = found.get("corrections", (0, 0))
    overlaps = ToDecide(*found.get("overlaps", (0, 0))) if may else None
    return overlaps, ToApprove(count, timedelta(seconds=seconds))


def _in_one(what: str, rows: Any, *, amount: Any) -> Any:
    """Count rows, in a row of their own."""
    named = rows.order_by().annotate(what=Value(what)).values("what")
    return named.annotate(count=Count("pk"), amount=amount)


def _sources(actor: Actor, day: date) -> list[SourceState]:
    taken = {"source": OuterRef("pk"), "state__in": [BatchState.LOADED, BatchState.APPLIED]}
    last = Batch.objects.filter(**taken).order_by("-pk")
    shown = Batch.objects.visible_to(actor).filter(**taken).order_by("-pk")
    rows: Any = (
        Source.objects.visible_to(actor)
        .filter(on=True)
        .annotate(
            last=Subquery(last.values("received_at")[:1]),
            batch_id=Subquery(shown.values("pk")[:1]),
            rejected=Subquery(shown.values("rejected_rows")[:1]),
        )
    )
    return [SourceState(row, row.last, _days_late(row, day), row.batch_id, row.rejected or 0) for row in rows]


def _days_late(source: Any, day: date) -> int:
    """Days by which a delivery is overdue; a source that never delivered is not late, it has not begun."""
    if source.last is None or source.expected_every_days is None:
        return 0
    due = timezone.localdate(source.last) + timedelta(days=source.expected_every_days)
    return max(0, (day - due).days)


def _delivered(actor: Actor) -> Delivered | None:
    rows = list(Batch.objects.visible_to(actor).select_related("source").order_by("-pk")[:20])
    if not rows:
        return None
    day = timezone.localdate(rows[0].received_at)
    batches = [row for row in rows if timezone.localdate(row.received_at) == day]
    return Delivered(
        day=day,
        rows=sum(row.rows for row in batches),
        rejected=sum(row.rejected_rows for row in batches),
        changed=sum(_outcome(row, "profiles", "changed") for row in batches),
        newly_eligible=_judged(batches, *NEWLY_ELIGIBLE),
        newly_conflicting=_judged(batches, *NEWLY_CONFLICTING),
        batches=batches,
        **{name: sum(_outcome(row, "scores", name) for row in batches) for name in OF_SCORES},
    )


def _judged(batches: Sequence[Batch], step: str, name: str) -> int | None:
    """Sum a count over the batches that a step has looked at; None where it has looked at none."""
    looked_at = [batch for batch in batches if step in batch.outcome]
    return sum(_outcome(batch, step, name) for batch in looked_at) if looked_at else None


def _outcome(batch: Batch, *steps: str) -> int:
    found: Any = batch.outcome
    for step in steps:
        found = found.get(step, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, int) else 0


def _examples(actor: Actor, since: datetime) -> list[Moved]:
    """Choose three: those that crossed the cut-off first, then those whose score moved most."""
    found = moved_since(actor, since)
    return sorted(found, key=lambda one: (not one.crossed, -abs(one.after - one.before)))[:EXAMPLES]
