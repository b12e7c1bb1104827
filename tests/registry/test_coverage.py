"""Coverage by district, and where to survey first: against plain counts."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.urls import reverse

from saiban.core.models import Area
from saiban.registry import tasks
from saiban.registry.knowledge import counting, queries
from saiban.registry.models import Household, Profile
from saiban.registry.resolving import reported
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
    assert (first.in_question, first.at_stake) == (1, 1)
    assert of(manager, "Attock").at_stake == 0
    assert all(one.at_stake == 0 for one in rest)


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
