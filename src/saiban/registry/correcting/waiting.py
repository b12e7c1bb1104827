"""Corrections that are open: of a household, and those that wait for an actor; asked along with other
questions where a page asks much already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils import translation

from saiban.core.models import Actor
from saiban.registry.models import Correction
from saiban.registry.transitions import CorrectionState

KNOWN = "waiting_corrections"


@dataclass(frozen=True)
class OpenCorrection:
    """A correction that waits or holds, as the page of its household shows it."""

    pk: int
    field: str
    value: Any
    state: str
    ends_on: date | None
    proposed_by: str

    @property
    def waits(self) -> bool:
        """Whether a second person has to approve it."""
        return self.state == CorrectionState.PROPOSED

    def get_state_display(self) -> str:
        """The state in words."""
        return str(CorrectionState(self.state).label)


def open_of(actor: Actor, household: str) -> ArraySubquery:
    """The open corrections of the household in a column of the outer query, those that wait first."""
    rows = Correction.objects.visible_to(actor).filter(
        household=OuterRef(household), state__in=[CorrectionState.PROPOSED, CorrectionState.APPROVED]
    )
    names = {"name_en": "proposed_by__name_en", "name_ur": "proposed_by__name_ur"}
    told = JSONObject(pk="pk", field="field", value="value", state="state", ends_on="ends_on", **names)
    return ArraySubquery(rows.order_by("-state", "ends_on", "pk").values(one=told))


def read_open(found: Sequence[Mapping[str, Any]] | None) -> list[OpenCorrection]:
    """What ``open_of`` gave: None where the duty does not show corrections."""
    urdu = translation.get_language() == "ur"
    return [
        OpenCorrection(
            pk=one["pk"],
            field=one["field"],
            value=one["value"],
            state=one["state"],
            ends_on=date.fromisoformat(one["ends_on"]) if one["ends_on"] else None,
            proposed_by=(one["name_ur"] if urdu else one["name_en"]) or one["name_en"],
        )
        for one in found or ()
    ]


def count_for(actor: Actor) -> Coalesce:
    """How many wait for the actor, as a column of another query; hand the answer to ``remember``."""
    rows = Correction.objects.waiting_for(actor).order_by().annotate(all_of_them=Value(1))
    return Coalesce(Subquery(rows.values("all_of_them").annotate(count=Count("pk")).values("count")), 0)


def remember(actor: Actor, count: int) -> None:
    """Keep how many wait for the actor, for the rest of the request."""
    vars(actor)[KNOWN] = count


def waiting(actor: Actor) -> int:
    """How many corrections wait for the actor. Asked once per request, for the navigation and for Today."""
    if not actor.may("registry.correction.approve"):
        return 0
    if KNOWN not in vars(actor):
        remember(actor, Correction.objects.waiting_for(actor).count())
    count: int = vars(actor)[KNOWN]
    return count
