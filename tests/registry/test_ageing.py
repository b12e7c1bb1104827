"""Time passes where nothing comes in: a word that is older than its field's greatest age gives way by itself.

The bill is of 30 April 2026, the survey of 4 May; electricity in the house counts for 24 months, units for 3.
"""

from datetime import date

import pytest
from django.utils import timezone

from saiban.core import outbox
from saiban.core.models import Audit, ChangeSet
from saiban.registry import ageing, services, tasks
from saiban.registry.knowledge.counting import districts_to_count
from saiban.registry.models import Household, Membership, Profile, ProfileChange
from saiban.scoring.models import Score
from tests.intake import files

pytestmark = pytest.mark.django_db
LAST_DAY, DAY_AFTER = date(2028, 4, 30), date(2028, 5, 1)
BILL = files.BILL | {"connection": "disconnected"}
REFRESHED = "registry.profile.refresh"


@pytest.fixture
def on(monkeypatch):
    """Let it be another day."""
    return lambda day: monkeypatch.setattr(timezone, "localdate", lambda: day)


@pytest.fixture
def billed(on, home, take_in):
    """Zainab's household, of which the bill says that it has no electricity; the survey saw some."""
    on(date(2026, 6, 1))
    rows = [BILL, BILL | {"reference_no": f"{77:014d}", "connection": "active", "occupancy": "owner"}]
    take_in(rows, source="disco-electricity", month="2026-04")
    assert electricity(home) == (False, "disco-electricity")
    return home


def profile_of(home):
    return Profile.objects.get(household=home)


def electricity(home):
    profile = profile_of(home)
    return profile.values["has_electricity"], profile.origin["has_electricity"]["source"]


def score_of(home):
    return Score.objects.filter(household=home, scorecard__decides=True).order_by("-pk").first().score


def aged(day):
    """Whom each district finds."""
    return sorted(pk for area_id in districts_to_count() for pk in ageing.aged_households(area_id, day))


def a_night():
    """What the clock does at night, and what follows of it; return how many refreshes that were."""
    before = Audit.objects.filter(action=REFRESHED).count()
    tasks.look_for_aged()
    outbox.drain()
    return Audit.objects.filter(action=REFRESHED).count() - before


def test_when_a_feed_stops_the_word_of_the_survey_holds_again_and_the_score_moves(billed, on):
    on(LAST_DAY)
    a_night()
    before = score_of(billed)
    assert electricity(billed) == (False, "disco-electricity"), "24 months old is not too old"
    on(DAY_AFTER)
    a_night()
    assert electricity(billed) == (True, "psc-survey")
    assert score_of(billed) > before
    moved = ProfileChange.objects.get(household=billed, change_set__reason="registry.profile.age")
    assert (moved.field, moved.before, moved.after) == ("has_electricity", False, True)
    assert moved.source == "psc-survey"


def test_where_no_younger_word_exists_the_value_stays_and_is_marked(billed, on):
    on(date(2026, 7, 31))
    assert a_night() == 0
    on(date(2026, 8, 1))
    assert a_night() == 2, "one in each district"
    profile = profile_of(billed)
    assert (profile.values["electricity_units"], profile.origin["electricity_units"]["too_old"]) == (88, True)
    assert not ChangeSet.objects.filter(reason="registry.profile.age").exists(), "no value has moved"


@pytest.mark.parametrize("day", [date(2026, 8, 1), DAY_AFTER, date(2050, 1, 1)])
def test_the_next_night_refreshes_nobody(billed, on, day):
    on(day)
    assert a_night() == 2
    assert aged(day) == []
    assert a_night() == 0


def state_of():
    told = Profile.objects.values_list("household_id", "person__memberships__household", "origin", "others")
    return sorted(told, key=str)


def test_found_are_those_whom_a_refresh_of_all_would_change(billed, on, system):
    """Day after day around each limit of the two households, their members, survey and bills."""
    homes = set(Household.objects.values_list("pk", flat=True))
    days = [date(2026, 8, 1)]
    for years, month in ((2027, 11), (2028, 5), (2029, 5), (2031, 5), (2036, 5), (2046, 5)):
        days += [date(years, month, day) for day in (1, 4, 5, 6)]
    times = 0
    for day in days:
        on(day)
        found, before = aged(day), state_of()
        services.refresh_profiles(actor=system, household_ids=homes)
        after = state_of()
        changed = {row[0] or row[1] for row in after if row not in before}
        assert set(found) == changed, day
        times += bool(found)
    assert times >= 6


def test_an_answer_of_a_member_is_enough(billed, on):
    day = date(2027, 11, 5)  # 18 months and a day after the survey
    on(day)
    Profile.objects.filter(household__isnull=False).update(origin={}, oldest_on=None, disagreements=0)
    assert aged(day) == list(Household.objects.order_by("pk").values_list("pk", flat=True))
    a_night()
    pupil = Profile.objects.get(person__name_en="Ali", person__memberships__household=billed)
    assert pupil.origin["in_school"]["too_old"] is True
    assert aged(day) == []


def test_one_beside_it_that_is_too_old_contradicts_no_longer(billed, on):
    """The bill says that the dwelling is rented, the survey that it is not, and the survey goes before."""
    said = profile_of(billed)
    assert [other["disagrees"] for other in said.others["dwelling_rented"]] == [True]
    on(LAST_DAY)
    a_night()
    marked = {code: value | {"too_old": True} for code, value in profile_of(billed).origin.items()}
    Profile.objects.filter(household=billed).update(origin=marked)
    assert aged(LAST_DAY) == []
    on(DAY_AFTER)
    assert billed.pk in aged(DAY_AFTER)
    a_night()
    assert [other["disagrees"] for other in profile_of(billed).others["dwelling_rented"]] == [False]


def test_who_has_left_and_where_nobody_lives_are_left_to_rest(billed, elsewhere, on, system):
    Membership.objects.filter(household=billed).update(
        during=(date(2026, 5, 4), date(2026, 6, 1)), head=False
    )
    services.refresh_profiles(actor=system, household_ids=[billed.pk])
    assert aged(DAY_AFTER) == [elsewhere.pk]


@pytest.mark.parametrize(("at_once", "times"), [(1, 2), (2500, 1)])
def test_a_district_is_cut_into_transactions(billed, on, monkeypatch, at_once, times):
    monkeypatch.setattr(tasks, "AT_ONCE", at_once)
    Profile.objects.update(area_path=billed.area_path)
    on(DAY_AFTER)
    assert a_night() == times


def test_an_area_and_a_household_of_one_number_are_both_told_of(billed, on, monkeypatch):
    on(DAY_AFTER)
    monkeypatch.setattr(tasks.ageing, "aged_households", lambda area_id, day: [area_id])
    heard = []
    monkeypatch.setattr(
        tasks.services, "refresh_profiles", lambda **given: heard.extend(given["household_ids"])
    )
    tasks.look_for_aged()
    outbox.drain()
    assert sorted(heard) == sorted(districts_to_count())


def test_told_twice_it_changes_nothing(billed, on):
    on(DAY_AFTER)
    assert a_night() == 2
    before = state_of()
    tasks.refresh_aged([billed.pk])
    assert state_of() == before
