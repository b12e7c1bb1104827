"""Who looked at a person: at the person, and at each household while the person lived there."""

from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from saiban.core import audit
from saiban.core.models import Audit
from saiban.registry import queries
from saiban.registry.models import Membership
from saiban.registry.queries.seen import note_whose
from tests.access import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(system):
    return world.household(world.tehsil(), "HH-31204-0047712")


@pytest.fixture
def other(system):
    return world.household(world.tehsil(), "HH-31204-0047713")


def see(actor, *homes, kind="look"):
    with audit.act(kind, "tests.look", actor):
        audit.note_set("registry.household", [one.pk for one in homes])
    return Audit.objects.latest("pk")


def moves(person, to, day):
    Membership.objects.filter(person=person).update(during=(None, day))
    Membership.objects.create(person=person, household=to, relation="other", during=(day, None))


def test_a_look_at_the_household_is_one_at_each_member(clerk, home, other):
    person = home.memberships.get().person
    alone, among_others, elsewhere = see(clerk, home), see(clerk, other, home), see(clerk, other)
    assert list(queries.looks_at_person(person.pk)) == [among_others, alone]
    assert elsewhere not in queries.looks_at_person(person.pk)


def test_the_households_count_for_the_days_on_which_the_person_lived_there(clerk, home, other):
    person, today = home.memberships.get().person, timezone.localdate()
    moves(person, other, today)
    old, new = see(clerk, home), see(clerk, other)
    assert list(queries.looks_at_person(person.pk)) == [new]
    moves_tomorrow = today + timedelta(days=1)
    Membership.objects.filter(household=other, person=person).update(during=(moves_tomorrow, None))
    Membership.objects.filter(household=home, person=person).update(during=(None, moves_tomorrow))
    assert list(queries.looks_at_person(person.pk)) == [old]


def test_what_was_never_true_of_a_person_does_not_count(clerk, home):
    person = home.memberships.get().person
    see(clerk, home)
    Membership.objects.filter(person=person).update(cancelled=True)
    assert not queries.looks_at_person(person.pk).exists()


def test_writes_are_about_a_person_but_are_no_looks(clerk, home):
    person = home.memberships.get().person
    written = see(clerk, home, kind="write")
    assert not queries.looks_at_person(person.pk).exists()
    assert list(queries.about_person(Audit.objects.all(), person.pk)) == [written]


def test_who_lived_there_on_a_day_that_is_looked_back_to_was_seen(manager, home, other):
    person, today = home.memberships.get().person, timezone.localdate()
    moves(person, other, today)
    queries.household_past(actor=manager, household_id=home.pk, on=today - timedelta(days=1))
    assert [row.subject_id for row in queries.looks_at_person(person.pk)] == [home.pk]


@pytest.mark.parametrize(("of_home", "found"), [(True, "registry.household"), (False, "registry.person")])
def test_a_place_is_found_by_whose_it_is_and_stays_what_the_act_was_on(clerk, home, of_home, found):
    person = home.memberships.get().person
    with audit.act("look", "tests.look", clerk):
        audit.note(subject=clerk.duty)
        note_whose(household_id=home.pk if of_home else None, person_id=person.pk)
    row = queries.looks_at_person(person.pk).get()
    assert (row.subject_kind, row.subject_id, row.id_set.kind) == ("core.duty", clerk.duty.pk, found)


@pytest.mark.django_db(transaction=True)
def test_who_saw_a_person_is_found_by_indexes_alone(clerk, home, other):
    person = home.memberships.get().person
    moves(person, other, timezone.localdate())
    with transaction.atomic():
        last = see(clerk, other)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into core_auditidset (kind, blocks, ends, offsets) "
            "select 'registry.household', array[n + 1000], '{1}', '\\x07' from generate_series(1, 5000) n"
        )
        cursor.execute(
            "insert into core_audit (actor_id, kind, action, subject_kind, count, id_set_id) "
            "select %s, 'look', 'tests.act', 'registry.household', 1, id from core_auditidset "
            "where blocks[1] > 1000",
            [clerk.pk],
        )
        cursor.execute("vacuum analyze core_auditidset, core_audit")
    asked = queries.looks_at_person(person.pk)
    assert list(asked) == [last]
    plan = asked.explain()
    assert "core_auditidset_blocks" in plan
    assert "Seq Scan on core_audit" not in plan, plan
