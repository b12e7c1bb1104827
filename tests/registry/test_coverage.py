"""Coverage by district, and where to survey first: against plain counts."""

import csv
import itertools
import math
from datetime import date
from fractions import Fraction
from io import StringIO

import pytest
from django.urls import reverse

from saiban.core.models import Area
from saiban.programmes import foundation as schemes
from saiban.registry import tasks
from saiban.registry.knowledge import counting, queries
from saiban.registry.models import Household, Profile
from saiban.registry.resolving import reported
from tests.access import world
from tests.programmes import places
from tests.registry.test_views import page

__all__ = ["page"]
pytestmark = pytest.mark.django_db


def of(actor, name):
    return next(one for one in queries.coverage(actor) if one.area.name_en == name)


@pytest.fixture
def years_later(monkeypatch, home, elsewhere):
    """All districts counted as if today were three years after the survey."""
    monkeypatch.setattr(counting.timezone, "localdate", lambda: date(2029, 6, 1))
    Profile.objects.filter(household=home).update(band="poor")
    Profile.objects.filter(household=elsewhere).update(band="above")
    tasks.count_all_knowledge()


def test_coverage_is_the_registry_by_the_census(manager, home, elsewhere):
    tasks.count_all_knowledge()
    for name in ("Rajanpur", "Attock"):
        one = of(manager, name)
        district = Area.objects.get(level="district", name_en=name)
        held = Household.objects.filter(area_path__under=district.path).count()
        assert (one.households, one.census) == (held, district.households)
        assert one.share == pytest.approx(held / district.households)


def test_a_district_that_was_never_surveyed_stands_there_with_nothing(manager, home):
    one = of(manager, "Lahore")
    assert (one.households, one.share, one.at_stake) == (0, 0.0, 0)
    assert len(queries.coverage(manager)) == Area.objects.filter(level="district").count()


def test_young_answers_put_nothing_at_stake(manager, home):
    tasks.count_all_knowledge()
    assert [one.at_stake for one in queries.coverage(manager) if one.at_stake] == []


def test_old_answers_are_counted_answer_by_answer(manager, home, years_later):
    origin = Profile.objects.get(household=home).origin
    days = [value["on"] for code, value in origin.items() if code in reported("household")]
    old = sum(day <= "2027-06-01" for day in days)
    assert of(manager, "Rajanpur").old_share == pytest.approx(old / len(days))


def test_where_poor_households_are_known_by_old_answers_a_survey_comes_first(manager, years_later):
    first, *rest = queries.coverage(manager)
    assert first.area.name_en == "Rajanpur"
    assert (first.poor_or_near, first.at_stake) == (1, 1)
    assert of(manager, "Attock").at_stake == 0
    assert all(one.at_stake == 0 for one in rest)


SHARES = ([], [0], [1], [0, 1], [1, 1, 0], [0, 0, 0, 1], [1] * 5)  # answers: 1 is three years old
BANDS = ("poor", "near", "above", "unscored")


@pytest.fixture
def many(foundations):
    """Households of each band and of every share of old answers, served and not, in a tehsil of Rajanpur."""
    schemes.lay()
    made = []
    for n, (ages, band, served) in enumerate(itertools.product(SHARES, BANDS, (True, False))):
        household = world.household(world.tehsil("Rajanpur"), f"HH-{n:05}-0000001", band=band)
        days = [f"{2026 - 3 * old}-05-01" for old in ages]
        answers = dict(zip(reported("household"), days, strict=False))
        origin = {code: {"source": "psc-survey", "on": day} for code, day in answers.items()}
        Profile.objects.filter(household=household).update(origin=origin)
        if served:
            places.of_list("ZK-GA", household)
        made.append((ages, band, served))
    return made


def test_at_stake_is_each_household_of_which_much_is_decided_by_its_share_of_old_answers(many, manager):
    tasks.count_all_knowledge()
    shares = [
        Fraction(sum(ages), len(ages)) if ages else Fraction(1)
        for ages, band, served in many
        if served or band in ("poor", "near")
    ]
    district = of(manager, "Rajanpur")
    tehsil = next(one for one in queries.coverage_of_tehsils(manager) if one.households)
    assert district.at_stake == tehsil.at_stake == math.floor(sum(shares) + Fraction(1, 2)) > 0
    assert district.served == tehsil.served == len(many) // 2
    assert district.poor_or_near == tehsil.poor_or_near == len(many) // 2
    assert (district.households, tehsil.households) == (len(many), len(many))


def test_a_place_in_a_scheme_puts_old_answers_at_stake(manager, home, years_later):
    schemes.lay()
    Profile.objects.filter(household=home).update(band="above")
    tasks.count_all_knowledge()
    assert of(manager, "Rajanpur").at_stake == 0
    places.of_list("ZK-GA", home)
    tasks.count_all_knowledge()
    assert (of(manager, "Rajanpur").served, of(manager, "Rajanpur").at_stake) == (1, 1)


def test_a_clerk_sees_the_own_district_only(clerk, home):
    tasks.count_all_knowledge()
    assert [one.area.name_en for one in queries.coverage(clerk)] == ["Rajanpur"]


@pytest.mark.parametrize("shown", ["", "share", "old", "other"])
def test_the_page_shows_the_map_that_is_asked_for(page, manager, years_later, shown):
    text = page(manager).get(reverse("registry:coverage"), {"map": shown}).content.decode()
    assert ("Old answers, by district" in text) is (shown == "old")
    plan = text[text.rindex("Where to survey first") :]
    assert plan.index("Rajanpur") < plan.index("Attock")


def test_the_plan_is_taken_along(page, manager, years_later):
    response = page(manager).get(reverse("registry:coverage"), {"export": "csv"})
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0]["District"] == "Rajanpur"
    assert rows[0]["At stake"] == "1"
    assert len(rows) == Area.objects.filter(level="district").count()
