"""The plan of a survey: within the visits, in the order of what they renew, down to tehsils."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saiban.core.models import Area
from saiban.registry import tasks
from saiban.registry.knowledge import counting, queries
from saiban.registry.knowledge.planning import expected_of, plan
from saiban.registry.knowledge.queries import Coverage, Known
from saiban.registry.models import Household, Profile, TehsilCount
from saiban.registry.resolving import reported
from tests.registry.test_views import page

__all__ = ["page"]


def area(n, *, census, households, at_stake, known, old):
    """A tehsil with these counts."""
    counted = TehsilCount(households=households, at_stake=at_stake, known=known, old=old)
    place = Area(code=f"T{n}", households=census)
    return Coverage(place, counted, Known(households, known, ages=(known - old, 0, 0, old, 0)))


@st.composite
def areas(draw):
    """Up to six tehsils."""
    found = []
    for n in range(draw(st.integers(0, 6))):
        households = draw(st.integers(0, 50))
        known = draw(st.integers(0, 20)) if households else 0
        found.append(
            area(
                n,
                census=draw(st.one_of(st.none(), st.integers(0, 60))),
                households=households,
                at_stake=draw(st.integers(0, households)),
                known=known,
                old=draw(st.integers(0, known)),
            )
        )
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # models are slow to begin with
@given(areas(), st.integers(1, 200))
def test_a_plan_uses_the_visits_and_no_more(these, visits):
    stages = plan(these, visits=visits)
    assert sum(one.visits for one in stages) == min(visits, sum(map(expected_of, these)))
    assert [one.so_far for one in stages] == [
        sum(one.visits for one in stages[: n + 1]) for n in range(len(stages))
    ]
    assert all(one.is_whole for one in stages[:-1])
    assert all(0 < one.visits <= one.expected for one in stages)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # models are slow to begin with
@given(areas(), st.integers(1, 200), st.randoms())
def test_no_area_left_out_would_renew_more_by_each_visit(these, visits, random):
    stages = plan(these, visits=visits)
    rates = [one.coverage.at_stake / one.expected for one in stages]
    assert rates == sorted(rates, reverse=True)
    inside = {one.coverage.area.code for one in stages}
    for one in these:
        if one.area.code not in inside and expected_of(one) and rates:
            assert one.at_stake / expected_of(one) <= rates[-1]
    random.shuffle(these)
    assert plan(these, visits=visits) == stages


@pytest.fixture
def years_later(monkeypatch, home, elsewhere):
    """All districts counted as if today were three years after the survey; Zainab's household is poor."""
    monkeypatch.setattr(counting.timezone, "localdate", lambda: date(2029, 6, 1))
    Profile.objects.filter(household=home).update(band="poor")
    tasks.count_all_knowledge()


@pytest.mark.django_db
def test_tehsils_are_counted_with_their_district(manager, home, years_later):
    found = queries.coverage_of_tehsils(manager, district=home.area.parent.code)
    assert len(found) == Area.objects.filter(level="tehsil", parent=home.area.parent).count()
    first, *rest = found
    assert (first.area, first.households, first.poor_or_near) == (home.area, 1, 1)
    days = [
        value["on"]
        for code, value in Profile.objects.get(household=home).origin.items()
        if code in reported("household")
    ]
    assert first.old_share == pytest.approx(sum(day <= "2027-06-01" for day in days) / len(days))
    assert all(one.households == 0 for one in rest)
    district = next(one for one in queries.coverage(manager) if one.area == home.area.parent)
    assert (district.households, district.old_share) == (1, pytest.approx(first.old_share))


@pytest.mark.django_db
def test_a_household_that_moves_to_another_tehsil_is_counted_there(manager, home, years_later):
    other = Area.objects.filter(level="tehsil", parent=home.area.parent).exclude(pk=home.area_id)[0]
    Household.objects.filter(pk=home.pk).update(area=other, area_path=other.path)
    Profile.objects.filter(household=home).update(area_path=other.path)
    tasks.count_all_knowledge()
    counts = {
        one.area: one.households
        for one in queries.coverage_of_tehsils(manager, district=home.area.parent.code)
    }
    assert (counts[home.area], counts[other]) == (0, 1)


@pytest.mark.django_db
def test_from_a_district_one_goes_down_to_its_tehsils(page, manager, home, years_later):
    client, code = page(manager), home.area.parent.code
    text = client.get(reverse("registry:coverage")).content.decode()
    assert f"?district={code}" in text
    text = client.get(reverse("registry:coverage"), {"district": code}).content.decode()
    assert home.area.name_en in text
    assert client.get(reverse("registry:coverage"), {"district": "PK000"}).status_code == 404


@pytest.mark.django_db
def test_a_clerk_looks_down_into_the_own_district_only(page, clerk, elsewhere):
    client, code = page(clerk), elsewhere.area.parent.code
    assert client.get(reverse("registry:coverage"), {"district": code}).status_code == 404
    response = client.get(reverse("registry:coverage-plan"), {"visits": 10, "district": code})
    assert response.status_code == 422


@pytest.mark.django_db
def test_the_plan_begins_where_poor_households_are_known_by_old_answers(page, manager, home, years_later):
    client, address = page(manager), reverse("registry:coverage-plan")
    assert client.get(address).status_code == 200
    assert client.get(address, {"visits": "0"}).status_code == 422
    visits = home.area.households + 100
    shown = client.get(address, {"visits": visits}).content.decode()
    assert home.area.name_en in shown
    response = client.get(address, {"visits": visits, "export": "csv"})
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0]["Tehsil"] == home.area.name_en
    assert rows[0]["Visits"] == str(home.area.households)
    assert rows[-1]["Visits so far"] == str(visits)
    assert sum(int(row["Visits"]) for row in rows) == visits
    of_district = client.get(address, {"visits": 10**6, "district": home.area.parent.code, "export": "csv"})
    rows = list(csv.DictReader(StringIO(of_district.content.decode("utf-8-sig"))))
    assert {row["District"] for row in rows} == {home.area.parent.name_en}
