"""Households whose score moved: from what to what, and the values that moved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    Window,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Abs, Cast, Coalesce, Concat

from saiban.core import audit
from saiban.core.models import Actor, ChangeSet
from saiban.core.services import look
from saiban.intake.models import Reported
from saiban.registry.models import Household, Membership, ProfileChange
from saiban.scoring.models import Score

LATEST, LATEST_OF_BATCH, MOST_OF_BATCH, FIELDS = 2_000, 20_000, 10, 3
BATCH, HOUSEHOLD = "intake.batch", "registry.household"


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


@look("desk.moved.view")
def moved_by_batch(*, actor: Actor, batch_id: int) -> list[Moved]:
    """Return the households of the actor's area whose score a batch moved most, at most ten (1 query); they
    are on record as seen.

    Chosen among the households of the area that the batch changed last, at most 20,000.
    """
    sets = ChangeSet.objects.filter(source_kind=BATCH, source_id=batch_id)
    rows = with_former(actor, latest_scores(actor, sets, LATEST_OF_BATCH))
    ordered = rows.order_by(Abs(F("score") - F("former_score")).desc(), "-pk")
    found = [as_moved(row) for row in ordered[:MOST_OF_BATCH]]
    if found:
        audit.note_set("registry.household", [one.household.pk for one in found])
    return found


def moved_since(actor: Actor, since: datetime) -> list[Moved]:
    """Return the newest score of each household that replaced another one since then, of the latest ones in
    the actor's area."""
    sets = ChangeSet.objects.filter(made_at__gte=since)
    newest: dict[int, Moved] = {}
    for row in with_former(actor, latest_scores(actor, sets, LATEST)).order_by("-pk")[:100]:
        newest.setdefault(row.household_id, as_moved(row))
    return list(newest.values())


def latest_scores(actor: Actor, sets: QuerySet[ChangeSet], most: int) -> QuerySet[Score]:
    """Select the scores, by the scorecard that decides, that came of the latest of these change sets in the
    actor's area: of about so many households.

    A change set says how many profiles it changed, and a part of a batch in which area they lie; so neither
    scores nor items of other areas are read. Change sets of a batch that are known to have moved no score,
    such as those of a first survey, are left out.
    """
    changed = Coalesce(Cast(KeyTextTransform("changed", "versions"), IntegerField()), 1)
    by_then = Window(Sum(changed), order_by=F("pk").desc())
    of_area = in_area(without_moves_left_out(sets.filter(kind=HOUSEHOLD)), actor.area_path or "")
    numbered = of_area.annotate(changed=changed, by_then=by_then)
    chosen = numbered.filter(by_then__lt=most + F("changed")).values("pk")
    # as an array, so that scores are asked for by the index of their change sets, however many these may be
    of_chosen = Func(
        F("change_set_id"),
        ArraySubquery(chosen),
        arg_joiner=" = any(",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )
    return Score.objects.filter(of_chosen, scorecard__decides=True)


def in_area(sets: QuerySet[ChangeSet], path: str) -> QuerySet[ChangeSet]:
    """Keep change sets whose area lies in this one or holds it, and those of which none is known."""
    above = ["", *accumulate(path.split("."), "{}.{}".format)]
    rows = sets.annotate(area=Coalesce(KeyTextTransform("area", "versions"), Value("", TextField())))
    return rows.filter(Q(area__in=above) | Q(area__startswith=f"{path}."))


def without_moves_left_out(sets: QuerySet[ChangeSet]) -> QuerySet[ChangeSet]:
    """Leave out change sets of a batch of which scoring has reported that no score went up or down."""
    still = Reported.objects.filter(
        batch=OuterRef("source_id"),
        step="scores",
        of=Concat(Value("change_set:"), Cast(OuterRef("pk"), CharField())),
        counts__contains={"up": 0, "down": 0},
    )
    return sets.exclude(Exists(still), source_kind=BATCH)


def with_former(actor: Actor, scores: QuerySet[Score]) -> Any:
    """Keep of these scores those in the actor's sight that replaced another one, each with what was before
    and what moved it; of households in which somebody lives.
    """
    former = Score.objects.filter(
        household=OuterRef("household"), scorecard=OuterRef("scorecard"), pk__lt=OuterRef("pk")
    ).order_by("-pk")
    head = Membership.objects.filter(
        household=OuterRef("household"), head=True, during__upper_inf=True, cancelled=False
    )
    sees_names = actor.sees("personal")
    return (
        Score.objects.visible_to(actor)
        .filter(pk__in=scores.values("pk"), change_set__isnull=False, score__isnull=False)
        .annotate(
            former_score=Subquery(former.values("score")[:1]),
            former_band=Subquery(former.values("band")[:1]),
            changes=ProfileChange.objects.visible_to(actor).moved_with(FIELDS),
            head_en=Subquery(head.values("person__name_en")[:1]) if sees_names else _nothing(),
            head_ur=Subquery(head.values("person__name_ur")[:1]) if sees_names else _nothing(),
        )
        .filter(former_score__isnull=False, household__profile__emptied=False)
        .exclude(former_score=F("score"))
        .select_related("household__area")
    )


def _nothing() -> Value:
    return Value("", output_field=CharField())


def as_moved(row: Any) -> Moved:
    """Read a row of ``with_former``."""
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
