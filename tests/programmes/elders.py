"""A small province of elders, and a scheme for the poor among them: for tests of what a cycle does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from saiban.core.models import Actor
from saiban.programmes.models import Cycle, Enrolment, Scheme
from saiban.programmes.services.cycles import open_cycle as open_one
from saiban.programmes.services.cycles import propose_cycle
from saiban.programmes.services.schemes import set_up_scheme
from saiban.registry.models import Household, Membership, Person, Profile
from saiban.scoring.models import Rule
from tests.access.world import tehsil

TEXT = "age >= 65 && score.pmt <= 30.0 && has_car == false"
STARTS, ENDS = date(2026, 7, 1), date(2026, 10, 1)
BENEFIT = 200_000  # 2,000 rupees a month: 6,000 in the cycle
COST = 3 * BENEFIT
BORN = date(1950, 5, 1)
__all__ = ["BENEFIT", "COST", "ENDS", "STARTS", "elder", "open_cycle", "proposed", "rule", "set_up"]


def rule(author: Actor, *, text: str = TEXT, unit: str = "person", code: str = "elders") -> Rule:
    """An approved rule, as the tests of rules make theirs."""
    return Rule.objects.create(
        code=code,
        version=1,
        title_en="Poor elders",
        title_ur="غریب بزرگ",
        unit=unit,
        text=text,
        digest="0" * 64,
        reference="tests",
        state="approved",
        author=author,
    )


def elder(code: str, score: str | None, *, area: str = "Rajanpur", **values: Any) -> Person:
    """A woman of 76 who lives with nobody else, in a household of that code."""
    place = tehsil(area)
    known = {"household_size": 1, "has_car": False} | values
    home = Household.objects.create(code=code, area=place, area_path=place.path)
    values = {name: value for name, value in known.items() if value is not None}
    seen = {"source": "psc-survey", "on": "2026-05-04", "observation": 1, "too_old": False}
    Profile.objects.create(
        household=home,
        area_path=place.path,
        values=values,
        origin=dict.fromkeys(values, seen),
        score=None if score is None else Decimal(score),
        band="unscored" if score is None else "poor",
    )
    return member(home)


def member(home: Household, *, born: date = BORN) -> Person:
    """Someone who lives there; the first is the head."""
    first = not home.memberships.exists()
    person = Person.objects.create(
        name_en="Sakina Bibi", name_ur="سکینہ بی بی", sex="female", birth_date=born
    )
    Membership.objects.create(
        person=person,
        household=home,
        relation="head" if first else "parent",
        head=first,
        line_no=home.memberships.count() + 1,
        during=(date(2025, 3, 1), None),
    )
    Profile.objects.create(person=person, area_path=home.area_path)
    return person


def set_up(actor: Actor, approved: Rule, scheme: str = "PSPA-BHB") -> Scheme:
    """A scheme that is run here from now on."""
    row = Scheme.objects.get(code=scheme)
    return set_up_scheme(
        actor=actor,
        scheme_id=row.pk,
        rule_id=approved.pk,
        benefit_paisa=BENEFIT,
        period="month",
        unit=approved.unit,
    )


def open_cycle(actor: Actor, scheme: Scheme, *, places: int = 10, **given: Any) -> Cycle:
    """A cycle of three months whose budget pays for so many."""
    return open_one(
        **{
            "actor": actor,
            "scheme_id": scheme.pk,
            "starts_on": STARTS,
            "ends_on": ENDS,
            "budget_paisa": places * COST,
        }
        | given
    )


def proposed(actor: Actor, scheme: Scheme, **given: Any) -> Cycle:
    """A cycle with its list."""
    cycle = open_cycle(actor, scheme, **given)
    return propose_cycle(actor=actor, cycle_id=cycle.pk)


def place_of(person: Person) -> Enrolment:
    """The newest place of someone that a cycle gave."""
    return Enrolment.objects.filter(person=person, cycle__isnull=False).latest("pk")
