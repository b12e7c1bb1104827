"""Who was listed in two households that a clerk joined is one person: an erasure means every row of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from saiban.core import outbox
from saiban.core.models import Announcement
from saiban.intake.models import Subject
from saiban.registry import queries
from saiban.registry.erasure import forgetting, verifying
from saiban.registry.erasure.services import carry_out, decide_erasure, request_erasure
from saiban.registry.findings import services, twins
from saiban.registry.findings.services import ChangedSince
from saiban.registry.models import Erasure, Finding, Household, Membership, Person, Profile
from tests.registry.second_survey import FIRST, SECOND, family, household_of, living_in, tehsils
from tests.registry.test_erasure import REASON, erase

__all__ = ["erase"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def doubtful(take_in, scorecards):
    """A household of four under another number, elsewhere; birth dates were written down wrongly."""
    here, there = tehsils()[:2]
    take_in(family("A-1", [1, 2, 3, 4], area=here, on=FIRST, rooms=1))
    rows = family("B-1", [1, 2, 3, 21], area=there, on=SECOND, rooms=4)
    take_in([row | {"birth_date": "1999-01-01"} for row in rows])
    return Finding.objects.get()


@pytest.fixture
def pair(doubtful):
    """The rows of one person: the one who lives on, and the twin."""
    return tuple(
        Person.objects.get(memberships__household=home, name_en="Person 2")
        for home in (doubtful.other, doubtful.household)
    )


@pytest.fixture
def joined(clerk, doubtful):
    services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    outbox.drain()
    return doubtful


def is_erased(person):
    person.refresh_from_db()
    return person.erased_at is not None


def reopen(clerk, finding):
    services.reopen_finding(actor=clerk, finding_id=finding.pk, reason="it was the neighbour")
    outbox.drain()


def test_the_twin_goes_with_the_person(pair, joined, erase):
    one, twin = pair
    assert Profile.objects.filter(person=twin).exists()
    erasure = erase(person_id=one.pk)
    assert (is_erased(one), is_erased(twin)) == (True, True)
    assert (twin.name_en, twin.father_name_en, twin.birth_date) == ("", "", None)
    assert not Profile.objects.filter(person__in=pair).exists()
    assert not Person.objects.filter(name_en="Person 2").exists()
    assert not twin.identifiers.exists()
    assert Person.objects.filter(name_en="Person 1").count() == 2, "nobody else"
    assert erasure.counts["persons"] == 1, "one human being"
    assert list(verifying.left()) == []


def test_apart_again_the_erased_person_is_named_nowhere(pair, joined, erase, clerk, manager):
    one, twin = pair
    erase(person_id=one.pk)
    reopen(clerk, joined)
    assert living_in(joined.household) == {"Person 1", "", "Person 3", "Person 21"}
    page = queries.household_page(actor=manager, household_id=joined.household_id)
    assert sorted(member.name for member in page.members) == ["Person 1", "Person 21", "Person 3", "erased"]
    assert not Person.objects.filter(name_en="Person 2").exists()
    assert not twin.links.filter(undone_at=None).exists()
    assert not Profile.objects.filter(person__in=pair).exists()
    assert list(verifying.left()) == []


def test_once_apart_only_who_is_asked_for_goes(pair, joined, erase, clerk):
    one, twin = pair
    reopen(clerk, joined)
    erase(person_id=twin.pk)
    assert (is_erased(one), is_erased(twin)) == (False, True)
    assert list(verifying.left()) == []


def test_asked_for_as_the_twin_before_the_decision_both_go(pair, doubtful, clerk, manager, approver):
    one, twin = pair
    asked = request_erasure(actor=manager, basis="request", reason=REASON, person_id=twin.pk)
    assert forgetting.meant(asked).persons == [twin.pk]
    services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    whom = forgetting.meant(asked)
    assert (whom.persons, whom.home, whom.people) == (sorted([one.pk, twin.pk]), doubtful.other_id, 1)
    decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
    outbox.drain()
    assert (is_erased(one), is_erased(twin)) == (True, True)


def test_joined_between_the_approval_and_the_deed_both_go(pair, doubtful, clerk, manager, approver, system):
    one, twin = pair
    asked = request_erasure(actor=manager, basis="request", reason=REASON, person_id=one.pk)
    decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
    Announcement.objects.filter(name="registry.erasure.approved").update(
        not_before=timezone.now() + timedelta(1)
    )
    services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    carry_out(actor=system, erasure_id=asked.pk)
    assert (is_erased(one), is_erased(twin)) == (True, True)


def test_a_household_that_a_person_moved_to_takes_the_twin_along(pair, joined, erase, take_in):
    """And who stays behind in the joined households is not touched."""
    one, twin = pair
    take_in(family("C-1", [2], area=tehsils()[0], on="2026-11-01"))
    new_home = household_of("C-1")
    assert living_in(new_home) == {"Person 2"}
    erasure = erase(household_id=new_home.pk)
    assert (is_erased(one), is_erased(twin), erasure.counts["persons"]) == (True, True, 1)
    assert Person.objects.filter(name_en="Person 1", erased_at=None).count() == 2
    assert list(verifying.left()) == []


def test_a_household_that_a_person_has_left_takes_the_twin_but_not_the_person(pair, joined, erase, take_in):
    one, twin = pair
    take_in(family("C-1", [2], area=tehsils()[0], on="2026-11-01"))
    erase(household_id=joined.other_id)
    assert (is_erased(one), is_erased(twin)) == (False, True)
    assert list(verifying.left()) == []


def test_twins_of_twins_are_found_from_either_end(pair, joined, clerk):
    """A household that was joined is joined again: three rows of one person."""
    one, twin = pair
    third = Household.objects.create(
        code="HH-60101-99", area=joined.other.area, area_path=joined.other.area_path, seen_on="2026-12-01"
    )
    again = Person.objects.create(name_en="Person 2", sex=one.sex, birth_date=one.birth_date)
    Membership.objects.create(
        person=again, household=third, relation="head", head=True, during=("2026-12-01", None)
    )
    subject = Subject.objects.create(kind="person")
    again.links.create(subject=subject, how="roster", decided_by=clerk)
    later = Finding.objects.create(
        batch=joined.batch, household=third, other=joined.other, kind="doubtful", state="open",
        area_path=third.area_path, before_path=third.area_path,
    )  # fmt: skip
    services.join_households(actor=clerk, finding_id=later.pk, reason=REASON)
    everyone = {one.pk, twin.pk, again.pk}
    assert [twins.all_of(row) for row in sorted(everyone)] == [everyone] * 3
    assert twins.twins_of([one.pk]) == {twin.pk, again.pk}
    assert twins.twins_of([twin.pk]) == set()


def test_a_twin_that_was_left_is_found_and_not_named_again(pair, joined, clerk):
    """As erasures left them that were carried out before twins were known."""
    one, _twin = pair
    Person.objects.filter(pk=one.pk).update(erased_at=timezone.now(), name_en="", name_ur="")
    assert dict(verifying.left())["rows of persons listed twice"] == 1
    with pytest.raises(ChangedSince):
        services.reopen_finding(actor=clerk, finding_id=joined.pk, reason=REASON)


def test_the_page_speaks_of_one_person(pair, joined, manager):
    asked = request_erasure(actor=manager, basis="request", reason=REASON, person_id=pair[0].pk)
    assert queries.household_page(actor=manager, household_id=joined.other_id).members
    assert forgetting.meant(asked).people == 1
    of_all = forgetting.meant(Erasure(household=joined.other))
    assert (len(of_all.persons), of_all.people) == (8, 5)


def test_findings_are_read_by_an_index(pair, joined):
    """One erasure asks about the households of one person, not about all that surveys ever found."""
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {twins.ALL_OF}", {"persons": [pair[0].pk]})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on registry_finding " not in plan, plan
