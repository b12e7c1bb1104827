import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saiban.config.listeners import LISTENERS
from saiban.core.models import Audit
from saiban.desk import services, tasks
from saiban.desk.models import AreaCount
from saiban.desk.queries import standing
from saiban.registry.models import Household, Profile
from tests.access import world
from tests.programmes import places

pytestmark = pytest.mark.django_db


@pytest.fixture
def province(system, analyst, officer):
    """Households of two districts: one is in a scheme, of one sources disagree, one has no score."""
    built = world.build(system, analyst, officer)
    attock = world.tehsil("Attock")
    world.household(attock, "HH-30101-0000001", band="near", score="40")
    world.household(attock, "HH-30101-0000002", band="unscored", score=None)
    poor = world.household(attock, "HH-30101-0000003")
    Profile.objects.filter(household=poor).update(disagreements=2)
    places.of_list("PSPA-HQ", world.household(world.tehsil(), "HH-31204-0000004"))
    return built


@pytest.fixture
def many(monkeypatch):
    """As few households as there are in a test are many."""
    monkeypatch.setattr(standing, "COUNTED_AT_ONCE", 0)


def now_of(actor):
    return standing.standing(actor, timezone.localdate())


def later(**after):
    return timezone.now() + timedelta(**after)


def test_what_was_counted_by_the_clock_is_what_is_counted_at_once(
    province, system, manager, clerk, monkeypatch
):
    before = {actor: now_of(actor) for actor in (manager, clerk)}
    services.count_areas(actor=system)
    monkeypatch.setattr(standing, "COUNTED_AT_ONCE", 0)
    for actor, at_once in before.items():
        kept = now_of(actor)
        assert at_once.counted_at is None
        assert kept.counted_at == AreaCount.objects.first().counted_at
        assert kept.districts == at_once.districts
    whole = {one.code: one for one in before[manager].districts}
    assert len(whole) == 2
    attock = whole[world.tehsil("Attock").parent.code]
    counts = (attock.households, attock.scored, attock.poor, attock.disagreeing, attock.unserved)
    assert counts == (3, 2, 1, 1, 1)
    assert sum(one.moved for one in whole.values()) == 1


def test_few_are_counted_as_they_are_whatever_was_counted_before(province, system, manager):
    services.count_areas(actor=system)
    world.household(world.tehsil(), "HH-31204-0000005")
    found = now_of(manager)
    assert found.counted_at is None
    assert sum(one.households for one in found.districts) == Household.objects.count()


def test_many_are_not_counted_while_one_waits(province, system, manager, many, at_work):
    services.count_areas(actor=system)
    with CaptureQueriesContext(connection) as asked:
        now_of(manager)
    assert not [one["sql"] for one in asked if "COUNT(" in one["sql"]]
    assert "Households are shown as counted on" in page_of(at_work(manager))


def page_of(client):
    return re.sub(r"\s+", " ", client.get("/").content.decode())


def test_before_many_are_counted_for_the_first_time_the_page_says_so(province, manager, many, at_work):
    assert now_of(manager) == standing.Standing([], to_be_counted=True)
    shown = page_of(at_work(manager))
    assert "Households are not counted yet" in shown
    assert "No household yet" not in shown
    assert "in the registry today" not in shown


def test_what_moved_on_another_day_did_not_move_today(province, system, manager, many):
    services.count_areas(actor=system)
    AreaCount.objects.update(counted_at=timezone.now() - timedelta(days=1))
    kept = now_of(manager)
    assert sum(one.households for one in kept.districts) == 5
    assert sum(one.moved for one in kept.districts) == 0


def test_who_may_not_see_the_unserved_does_not_see_what_was_counted_of_them(province, system, analyst, many):
    services.count_areas(actor=system)
    found = now_of(analyst).districts
    assert found
    assert {one.unserved for one in found} == {None}


def test_an_actor_sees_the_counts_of_its_own_area(province, system, clerk, auditor, many):
    services.count_areas(actor=system)
    assert [one.code for one in now_of(clerk).districts] == [world.tehsil().parent.code]
    assert not AreaCount.objects.visible_to(auditor)
    assert not now_of(auditor).districts


def test_an_area_in_which_nobody_lives_any_more_is_not_kept(province, system):
    services.count_areas(actor=system)
    attock = world.tehsil("Attock")
    assert AreaCount.objects.filter(area=attock).exists()
    Profile.objects.filter(household__area=attock).update(emptied=True)
    assert services.count_areas(actor=system) == AreaCount.objects.get().households == 2
    assert not AreaCount.objects.filter(area=attock).exists()


def test_many_are_counted_when_they_have_rested_the_longer_the_more_there_are(province, system, many):
    tasks.count_areas()
    assert AreaCount.objects.count() == 2
    counted_at = AreaCount.objects.first().counted_at
    assert not standing.is_due(system, counted_at + timedelta(minutes=9))
    assert standing.is_due(system, counted_at + timedelta(minutes=11))
    AreaCount.objects.update(households=13_500_000)  # two areas: the whole province
    assert not standing.is_due(system, counted_at + timedelta(minutes=63))
    assert standing.is_due(system, counted_at + timedelta(minutes=65))


def test_many_are_counted_on_every_new_day_as_places_end_by_the_calendar(province, system, many):
    services.count_areas(actor=system)
    AreaCount.objects.update(households=10**12)
    assert not standing.is_due(system, timezone.now())
    assert standing.is_due(system, later(days=1))


def test_many_are_counted_when_a_batch_was_scored(province, system, many):
    assert tasks.count_areas_after_batch in LISTENERS["scoring.district.scored"]
    tasks.count_areas_after_batch(area_id=world.tehsil().parent_id)
    tasks.count_areas_after_batch(area_id=world.tehsil("Attock").parent_id)
    assert Audit.objects.filter(action="desk.area.count").count() == 1


def test_few_are_not_counted_by_the_clock(province, system):
    tasks.count_areas()
    assert not AreaCount.objects.exists()
    assert not Audit.objects.filter(action="desk.area.count").exists()
