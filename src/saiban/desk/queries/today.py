"""What the *Today* page knows: how things stand by district, what came in, what it moved, what is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils import timezone

from saiban.core import audit
from saiban.core.models import Actor, ChangeSetItem
from saiban.core.services import look
from saiban.intake.models import Batch, Source
from saiban.intake.transitions import BatchState
from saiban.registry.models import Household, Membership, Profile, ProfileChange
from saiban.scoring.models import Score

EXAMPLES, LATEST, FIELDS = 3, 2_000, 3
EXAMPLES_OF = timedelta(days=7)
DISTRICT_OF_PATH = (
    "(case when nlevel(%(expressions)s) > 2 then subpath(%(expressions)s, 2, 1)::text else '' end)"
)


@dataclass(frozen=True)
class District:
    """How many households of a district stand in the registry, are scored, are poor, have a disagreement."""

    code: str
    households: int
    scored: int
    poor: int
    disagreeing: int

    @property
    def share(self) -> float | None:
        """Poor ones among those that are scored."""
        return self.poor / self.scored if self.scored else None


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
    """What came in on the last day with a delivery, and what it moved."""

    day: date
    rows: int
    rejected: int
    changed: int
    newly_poor: int
    no_longer_poor: int
    batches: Sequence[Batch]


@dataclass(frozen=True)
class Moved:
    """A household whose score moved: from what to what, and the values that moved it."""

    household: Household
    head_en: str
    head_ur: str
    at: datetime
    before: Any
    after: Any
    band_before: str
    band_after: str
    changes: Sequence[dict[str, Any]]

    @property
    def crossed(self) -> bool:
        """Whether it became poor, or ceased to be."""
        return (self.band_before == "poor") != (self.band_after == "poor")


@dataclass(frozen=True)
class Today:
    """Everything that the page shows of people and deliveries, cut to the actor's area."""

    day: date
    districts: Sequence[District]
    sources: Sequence[SourceState]
    delivered: Delivered | None
    moved: int
    examples: Sequence[Moved] = field(default_factory=list)

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
    return Today(
        day=day,
        districts=_districts(actor),
        sources=_sources(actor, day),
        delivered=_delivered(actor),
        moved=_moved(actor, since),
        examples=examples,
    )


def _districts(actor: Actor) -> list[District]:
    of_path = Func(F("area_path"), template=DISTRICT_OF_PATH, output_field=CharField())
    rows: Any = (
        Profile.objects.visible_to(actor)
        .of_households()
        .annotate(district=of_path)
        .values("district")
        .annotate(
            households=Count("pk"),
            scored=Count("pk", filter=~Q(band="unscored")),
            poor=Count("pk", filter=Q(band="poor")),
            disagreeing=Count("pk", filter=Q(disagreements__gt=0)),
        )
        .order_by("district")
    )
    return [District(code=row.pop("district"), **row) for row in rows]


def _sources(actor: Actor, day: date) -> list[SourceState]:
    last = Batch.objects.filter(
        source=OuterRef("pk"), state__in=[BatchState.LOADED, BatchState.APPLIED]
    ).order_by("-pk")
    rows: Any = (
        Source.objects.visible_to(actor)
        .filter(on=True)
        .annotate(
            last=Subquery(last.values("received_at")[:1]),
            batch_id=Subquery(last.values("pk")[:1]),
            rejected=Subquery(last.values("rejected_rows")[:1]),
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
        newly_poor=sum(_outcome(row, "scores", "newly_poor") for row in batches),
        no_longer_poor=sum(_outcome(row, "scores", "no_longer_poor") for row in batches),
        batches=batches,
    )


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
    newest: dict[int, Moved] = {}
    for row in _candidates(actor, since):
        newest.setdefault(row.household_id, _as_moved(row))
    found = sorted(newest.values(), key=lambda one: (not one.crossed, -abs(one.after - one.before)))
    return found[:EXAMPLES]


def _candidates(actor: Actor, since: datetime) -> Any:
    """Return the newest scores that replaced another one, each with what was before and what moved it."""
    newest = Score.objects.filter(scorecard__decides=True, scored_at__gte=since).order_by("-pk")
    former = Score.objects.filter(
        household=OuterRef("household"), scorecard=OuterRef("scorecard"), pk__lt=OuterRef("pk")
    ).order_by("-pk")
    head = Membership.objects.filter(
        household=OuterRef("household"), head=True, during__upper_inf=True, cancelled=False
    )
    changes = (
        ProfileChange.objects.visible_to(actor)
        .filter(change_set=OuterRef("change_set"), household=OuterRef("household"))
        .values(one=JSONObject(field="field", before="before", after="after", source="source"))
    )
    sees_names = actor.sees("personal")
    return (
        Score.objects.visible_to(actor)
        .filter(pk__in=newest.values("pk")[:LATEST], change_set__isnull=False, score__isnull=False)
        .annotate(
            former_score=Subquery(former.values("score")[:1]),
            former_band=Subquery(former.values("band")[:1]),
            changes=ArraySubquery(changes[:FIELDS]),
            head_en=Subquery(head.values("person__name_en")[:1]) if sees_names else _nothing(),
            head_ur=Subquery(head.values("person__name_ur")[:1]) if sees_names else _nothing(),
        )
        .filter(former_score__isnull=False)
        .exclude(former_score=F("score"))
        .select_related("household__area")
        .order_by("-pk")[:100]
    )


def _nothing() -> Value:
    return Value("", output_field=CharField())


def _as_moved(row: Any) -> Moved:
    return Moved(
        household=row.household,
        head_en=row.head_en or "",
        head_ur=row.head_ur or "",
        at=row.scored_at,
        before=row.former_score,
        after=row.score,
        band_before=row.former_band,
        band_after=row.band,
        changes=row.changes,
    )
