"""What one household, or one person, gets: its places, their overlaps, and what cycles decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from saiban.core.models import Actor
from saiban.programmes.models import Candidate, CandidateOutcome, Enrolment, Overlap, Scheme
from saiban.programmes.transitions import OPEN_STATES, RUNNING

NAMES = ("name_en", "name_ur", "father_name_en", "father_name_ur", "birth_date")


@dataclass(frozen=True)
class Benefits:
    """Places that are held today, those of former days, and overlaps that still are."""

    held: Sequence[Enrolment]
    former: Sequence[Enrolment]
    overlaps: Sequence[Overlap]
    shows_names: bool

    @property
    def yearly_paisa(self) -> int:
        """What the places that give something today give in a year."""
        today = timezone.localdate()
        return sum(one.yearly_paisa for one in self.held if one.state in RUNNING and one.starts_on <= today)


def benefits_of_household(*, actor: Actor, household_ids: Sequence[int]) -> Benefits:
    """Places of households and of their members, as far as the duty shows their schemes (2 queries).

    For the page of a household, whose own look is on record.
    """
    return _benefits(actor, Q(household__in=household_ids))


def benefits_of_person(*, actor: Actor, person_ids: Sequence[int]) -> Benefits:
    """Places of persons, as far as the duty shows their schemes (2 queries).

    For the page of a person, whose own look is on record.
    """
    return _benefits(actor, Q(person__in=person_ids))


def _benefits(actor: Actor, whose: Q) -> Benefits:
    names = () if actor.sees("personal") else tuple(f"person__{name}" for name in NAMES)
    places = Enrolment.objects.visible_to(actor).filter(whose)
    related = ("scheme__agency", "person", "batch__source", "cycle")
    rows = list(places.select_related(*related).defer(*names).order_by("-starts_on", "pk"))
    today = timezone.localdate()
    held = [one for one in rows if one.state in OPEN_STATES and (one.ends_on is None or one.ends_on > today)]
    overlaps = Overlap.objects.visible_to(actor).present().filter(whose)
    return Benefits(
        held=held,
        former=[one for one in rows if one not in held],
        overlaps=list(overlaps.select_related("left__scheme", "right__scheme")),
        shows_names=actor.sees("personal"),
    )


def left_out(*, actor: Actor, household_ids: Sequence[int]) -> list[Candidate]:
    """Why cycles of schemes that are run here did not take the household or a member, the latest first
    (1 query)."""
    rows = Candidate.objects.visible_to(actor).filter(household__in=household_ids)
    rows = rows.exclude(outcome__in=[CandidateOutcome.SELECTED, CandidateOutcome.ENROLLED])
    names = () if actor.sees("personal") else tuple(f"person__{name}" for name in NAMES)
    return list(rows.select_related("cycle__scheme", "person").defer(*names).order_by("-cycle", "pk"))


def run_here(*, actor: Actor, unit: str) -> list[Scheme]:
    """Schemes that are run here for households, or for persons, with their rules (1 query)."""
    rows = Scheme.objects.visible_to(actor).run_here().filter(unit=unit, rule__unit=unit)
    return list(rows.select_related("rule"))
