"""A household in which nobody lives any more is counted, listed and chosen nowhere, and its page says so."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from saiban.desk.queries import today
from saiban.programmes.queries.unserved import unserved_list
from saiban.registry import queries, refreshing, tasks
from saiban.registry.emptied import emptied_among
from saiban.registry.findings import services
from saiban.registry.knowledge.queries import coverage, coverage_of_tehsils
from saiban.registry.lake import HOUSEHOLDS
from saiban.registry.models import (
    DistrictCount,
    Finding,
    Household,
    Knowledge,
    Membership,
    Profile,
    TehsilCount,
)
from saiban.registry.publishing import ScoreOf, publish
from saiban.scoring import judging
from saiban.scoring.lake import SCORES
from tests.registry.second_survey import FIRST, SECOND, family, household_of, living_in, tehsils
from tests.registry.test_views import page

__all__ = ["page"]
pytestmark = pytest.mark.django_db
REASON = "seen the papers"


@pytest.fixture
def here(scorecards):
    return tehsils()[0]


@pytest.fixture
def two(take_in, here):
    """Five of one household, three of another."""
    take_in(
        family("A-1", [1, 2, 3, 4, 5], area=here, on=FIRST) + family("A-2", [11, 12, 13], area=here, on=FIRST)
    )
    return household_of("A-1"), household_of("A-2")


def refresh(actor, *households):
    with transaction.atomic():
        return refreshing.refresh(
            actor=actor, household_ids=[one.pk for one in households], reason="registry.finding.decide"
        )


@pytest.fixture
def emptied(two, system):
    """All of the first have left: one lives in the other household, nothing tells where the rest went. It is
    poor by all that was last known."""
    gone, other = two
    Membership.objects.filter(household=gone).update(during=(date(2024, 5, 4), date(2026, 1, 1)), head=False)
    mover = Membership.objects.filter(household=gone).order_by("line_no").last()
    Membership.objects.create(
        person=mover.person, household=other, relation="other_relative", line_no=9,
        during=(date(2026, 1, 1), None),
    )  # fmt: skip
    refresh(system, gone, other)
    Profile.objects.filter(household=gone).update(band="poor", score="12.5")
    Profile.objects.filter(household=other).update(band="poor", score="12.5")
    return gone


def marked():
    return set(Profile.objects.filter(emptied=True).values_list("household", flat=True))


def rows_in_lake(table):
    with connection.cursor() as cursor:
        cursor.execute(table.select)
        place = list(table.keys).index("household_key")
        return {row[place] for row in cursor.fetchall()}


# the definition


def test_where_nobody_lives_any_more_is_emptied(emptied, two):
    assert marked() == {emptied.pk} == set(emptied_among([one.pk for one in two]))


def test_one_that_never_had_a_member_is_not(two, system, here):
    bare = Household.objects.create(code="HH-32401-0009999", area=here, area_path=here.path)
    refresh(system, bare)
    assert Profile.objects.get(household=bare).emptied is False
    assert emptied_among([bare.pk]) == []


def test_one_whose_first_profile_comes_after_its_people_have_left_is_emptied_at_once(emptied, system):
    Profile.objects.filter(household=emptied).delete()
    refresh(system, emptied)
    assert marked() == {emptied.pk}


def test_that_its_people_left_is_a_change_of_its_own_and_told_once(two, system):
    gone, _other = two
    Profile.objects.filter(household=gone).update(emptied=True)
    done = refresh(system, gone)
    assert (done.changed, marked()) == (1, set())
    assert refresh(system, gone).changed == 0


def test_one_that_is_lived_in_again_counts_again(emptied, system):
    one = Membership.objects.filter(household=emptied).order_by("line_no").first()
    one.during = (date(2024, 5, 4), None)
    one.save()
    refresh(system, emptied)
    assert marked() == set()


def test_one_that_went_into_another_by_a_second_survey_is_emptied(two, take_in, here):
    gone, goes_on = two
    take_in(family("B-1", [11, 12, 13, 1, 2, 3, 4, 5], area=here, on=SECOND))
    assert living_in(gone) == set()
    assert marked() == {gone.pk}
    assert DistrictCount.objects.get(area=here.parent).households == 1
    assert goes_on.pk not in marked()


def test_whom_a_later_roster_of_the_same_numbers_calls_elsewhere_leaves_an_emptied_household(
    two, take_in, here
):
    """A-1 and A-2 become one by a survey; a third one names the same people under the number of the first."""
    take_in(family("B-1", [11, 12, 13, 1, 2, 3, 4, 5], area=here, on=SECOND))
    take_in(family("A-1", [1, 2, 3, 4, 5, 11, 12, 13], area=here, on="2026-11-01"))
    lived_in = {pk for pk in Household.objects.values_list("pk", flat=True) if living_in(Household(pk=pk))}
    assert marked() == set(Household.objects.values_list("pk", flat=True)) - lived_in


@pytest.fixture
def joined(clerk, take_in, scorecards):
    """Two households of which a clerk said that they are one: the later one is empty."""
    here, there = tehsils()[:2]
    take_in(family("A-1", [1, 2, 3, 4], area=here, on=FIRST))
    rows = family("B-1", [1, 2, 3, 21], area=there, on=SECOND)
    for row in rows:
        row["birth_date"] = "1999-01-01"
    take_in(rows)
    finding = Finding.objects.get()
    services.join_households(actor=clerk, finding_id=finding.pk, reason=REASON)
    return finding


def test_one_that_a_clerk_joined_into_another_is_emptied_until_it_is_taken_back(clerk, joined):
    assert marked() == {joined.household_id}
    services.reopen_finding(actor=clerk, finding_id=joined.pk, reason=REASON)
    assert marked() == set()


# counts


def test_it_is_not_counted_in_its_district_and_tehsil(emptied, here):
    tasks.count_all_knowledge()
    district = DistrictCount.objects.get(area=here.parent)
    tehsil = TehsilCount.objects.get(area=here)
    assert (district.households, district.poor) == (1, 1)
    assert (tehsil.households, tehsil.poor, tehsil.near) == (1, 1, 0)


def test_what_is_known_of_it_is_not_counted_either(emptied, here):
    tasks.count_all_knowledge()
    rooms = Knowledge.objects.filter(level="household", field="rooms").values_list("known", flat=True)
    assert list(rooms) == [1]
    living = Profile.objects.get(household=household_of("A-2"))
    known = TehsilCount.objects.get(area=here).known
    assert 0 < known <= len(living.origin)


def test_coverage_and_the_plan_leave_it_out(emptied, manager, here):
    tasks.count_all_knowledge()
    held = {one.area.pk: one.households for one in coverage(manager)}
    assert held[here.parent.pk] == 1
    of_tehsils = {one.area.pk: one for one in coverage_of_tehsils(manager)}
    assert (of_tehsils[here.pk].households, of_tehsils[here.pk].poor_or_near) == (1, 1)


def test_today_leaves_it_out(emptied, clerk):
    shown = today.today(actor=clerk, day=timezone.localdate())
    assert (shown.households, shown.poor, shown.unserved) == (1, 1, 1)


def test_lists_of_households_and_of_the_unserved_leave_it_out(emptied, clerk):
    for rows in (queries.household_list(actor=clerk), unserved_list(actor=clerk, day=timezone.localdate())):
        assert emptied.pk not in rows.values_list("household", flat=True)
        assert rows.count() == 1


def test_the_lake_leaves_it_out(emptied):
    assert emptied.pk not in rows_in_lake(HOUSEHOLDS) | rows_in_lake(SCORES)
    assert rows_in_lake(HOUSEHOLDS) == {household_of("A-2").pk}


def test_rules_are_not_previewed_on_it(emptied, here):
    assert emptied.pk not in judging.households()
    assert (judging.how_many(here.path), len(judging.households(here.path))) == (1, 1)


# pages


def opened(page, actor, household, **asked):
    response = page(actor).get(reverse("registry:household", args=[household.pk]), **asked)
    assert response.status_code == 200
    return response.content.decode()


def test_its_page_says_that_nobody_lives_there_and_where_its_people_went(page, clerk, emptied):
    text = opened(page, clerk, emptied)
    assert "Nobody lives in this household any more" in text
    assert reverse("registry:household", args=[household_of("A-2").pk]) in text
    assert "1 member lives here now" in text
    assert "Of 4 former members nothing tells where they live." in text
    assert "No source has listed the members" not in text
    correct = reverse("registry:correct", args=[emptied.pk])
    assert correct not in text, "answers that count nowhere are not corrected"
    assert "What was known of it stays below." in text
    lived_in = opened(page, clerk, household_of("A-2"))
    assert "Nobody lives in this household any more" not in lived_in
    assert reverse("registry:correct", args=[household_of("A-2").pk]) in lived_in


def test_its_page_in_urdu(page, clerk, emptied):
    client = page(clerk)
    client.cookies["saiban_language"] = "ur"
    text = client.get(reverse("registry:household", args=[emptied.pk])).content.decode()
    assert "اس گھرانے میں اب کوئی نہیں رہتا" in text


def test_its_page_names_the_household_that_it_was_joined_into(page, clerk, joined):
    text = opened(page, clerk, Household.objects.get(pk=joined.household_id))
    assert reverse("registry:household", args=[joined.other_id]) in text
    assert "It is counted as this household now." in text
    assert "what was known of it went there" in text
    assert "now nothing is known" in text
    assert "What was known of it went with its people." in text
    assert "These answers are missing" not in text
    assert "now —" not in text


def test_where_a_duty_does_not_see_its_page_says_how_many_live_elsewhere(page, clerk, emptied, two):
    attock = tehsils("Attock")[0]
    Household.objects.filter(pk=two[1].pk).update(area=attock, area_path=attock.path)
    text = opened(page, clerk, emptied)
    assert reverse("registry:household", args=[two[1].pk]) not in text
    assert "1 member lives outside the area of your duty." in text


def test_it_is_found_by_its_code_and_marked(page, clerk, emptied):
    found = queries.search(actor=clerk, text=emptied.code)
    assert [(hit.household.pk, hit.emptied) for hit in found.hits] == [(emptied.pk, True)]
    lived_in = queries.search(actor=clerk, text=household_of("A-2").code)
    assert [hit.emptied for hit in lived_in.hits] == [False]
    text = page(clerk).post(reverse("desk:search"), {"q": emptied.code}).content.decode()
    assert "nobody lives here any more" in text


def test_what_is_scored_anew_does_not_call_it_poor(emptied):
    """Figures of a batch tell of households in which somebody lives."""
    with transaction.atomic():
        done = publish([ScoreOf(emptied.pk, None, "poor"), ScoreOf(household_of("A-2").pk, None, "poor")])
    assert done.poor == 1
