"""What the *Today* page knows: how things stand by district, what came in, what it moved, what is late."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, F, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Extract, Now
from django.utils import timezone

from saiban.core import audit
from saiban.core.lake.state import late_since
from saiban.core.ltree import DistrictOf
from saiban.core.models import Actor, ChangeSetItem
from saiban.core.services import look
from saiban.desk.queries.moved import Moved, moved_since
from saiban.intake.models import Batch, Source
from saiban.intake.transitions import BatchState
from saiban.programmes.queries.overlaps import to_decide
from saiban.programmes.queries.unserved import unserved
from saiban.registry.correcting.waiting import remember
from saiban.registry.models import Correction, Household, Profile

EXAMPLES = 3
OF_DECISIONS = ("overlaps", "yearly", "corrections", "waited")
OF_SCORES = ("first", "up", "down", "newly_poor", "no_longer_poor")
EXAMPLES_OF = timedelta(days=7)
NEWLY_ELIGIBLE, NEWLY_CONFLICTING = (
    ("eligibility", "newly_eligible"),
    ("overlaps", "new"),
)  # step and count of a batch


@dataclass(frozen=True)
class District:
    """How many households of a district stand in the registry, are scored, are poor, have a disagreement.

    ``unserved``: the poor in no scheme; None where the duty does not show them.
    """

    code: str
    households: int
    scored: int
    poor: int
    disagreeing: int
    unserved: int | None = None

    @property
    def share(self) -> float | None:
        """Poor ones among those that are scored."""
        return self.poor / self.scored if self.scored else None

    @property
    def unserved_share(self) -> float | None:
        """Those in no scheme among the poor."""
        return self.unserved / self.poor if self.unserved is not None and self.poor else None


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
    """Everything that the page shows of people and deliveries, cut to the actor's area."""

    day: date
    districts: Sequence[District]
    sources: Sequence[SourceState]
    delivered: Delivered | None
    moved: int
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
    since = timezone.make_aware(datetime.combine(day, time.min))
    examples = _examples(actor, since - EXAMPLES_OF)
    if examples:
        audit.note_set("registry.household", [one.household.pk for one in examples])
    districts, overlaps, corrections = _districts(actor, day)
    remember(actor, corrections.count)
    return Today(
        day=day,
        districts=districts,
        sources=_sources(actor, day),
        delivered=_delivered(actor),
        moved=_moved(actor, since),
        examples=examples,
        overlaps=overlaps,
        lake_late=late_since() if actor.may("core.lake.view") else None,
        corrections=corrections,
    )


def _districts(actor: Actor, day: date) -> tuple[list[District], ToDecide | None, ToApprove]:
    """Count need and coverage by district, overlaps and corrections that wait, in one query; the unserved by
    a join of their own, which is what keeps it quick."""
    profiles = Profile.objects.visible_to(actor)
    rows: Any = _by_district(
        profiles.lived_in(),
        households=Count("pk"),
        scored=Count("pk", filter=~Q(band="unscored")),
        poor=Count("pk", filter=Q(band="poor")),
        disagreeing=Count("pk", filter=Q(disagreements__gt=0)),
        **_nothing("unserved", *OF_DECISIONS),
    )
    rows = rows.union(*_of_schemes(actor, day), _to_approve(actor), all=True)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row.pop("district")].update({name: int(count) for name, count in row.items()})
    count, yearly, corrections, waited = (sum(of.pop(name) for of in found.values()) for name in OF_DECISIONS)
    may = actor.may("programmes.unserved.list")
    districts = [_district(code, found[code], may=may) for code in sorted(found) if found[code]["households"]]
    overlaps = ToDecide(count, yearly) if actor.may("programmes.overlap.view") else None
    return districts, overlaps, ToApprove(corrections, timedelta(seconds=waited))


def _of_schemes(actor: Actor, day: date) -> Iterator[Any]:
    """The unserved and the overlaps to decide, as far as the duty shows them."""
    of_people = _nothing("households", "scored", "poor", "disagreeing")
    if actor.may("programmes.unserved.list"):
        rows = unserved(Profile.objects.visible_to(actor), day=day)
        yield _by_district(rows, **of_people, unserved=Count("pk"), **_nothing(*OF_DECISIONS))
    if actor.may("programmes.overlap.view"):
        sums = {"overlaps": Count("pk"), "yearly": Sum("yearly_paisa", default=0)}
        sums |= _nothing("corrections", "waited")
        yield _by_district(to_decide(actor=actor), **of_people, **_nothing("unserved"), **sums)


def _to_approve(actor: Actor) -> Any:
    """The corrections that wait for the actor, in one row, with the seconds that the oldest has waited."""
    rows: Any = Correction.objects.waiting_for(actor).order_by().annotate(district=Value(""))
    waited = Extract(Now() - Min("proposed_at"), "epoch", output_field=BigIntegerField())
    none = _nothing("households", "scored", "poor", "disagreeing", "unserved", "overlaps", "yearly")
    return rows.values("district").annotate(**none, corrections=Count("pk"), waited=waited)


def _nothing(*names: str) -> dict[str, Any]:
    return {name: Value(0, output_field=BigIntegerField()) for name in names}


def _by_district(rows: Any, **counts: Any) -> Any:
    of_district = rows.order_by().annotate(district=DistrictOf(F("area_path"))).values("district")
    return of_district.annotate(**counts)


def _district(code: str, counts: Counter[str], *, may: bool) -> District:
    unserved = counts.pop("unserved", 0)
    return District(code=code, unserved=unserved if may else None, **counts)


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


def _moved(actor: Actor, since: datetime) -> int:
    """Count the households whose profile has changed since then."""
    touched = ChangeSetItem.objects.filter(
        change_set__kind="registry.household", change_set__made_at__gte=since
    ).values("subject_id")
    return Household.objects.visible_to(actor).filter(pk__in=touched).count()


def _examples(actor: Actor, since: datetime) -> list[Moved]:
    """Choose three: those that crossed the cut-off first, then those whose score moved most."""
    found = moved_since(actor, since)
    return sorted(found, key=lambda one: (not one.crossed, -abs(one.after - one.before)))[:EXAMPLES]
