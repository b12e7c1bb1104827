"""The list to pay: complete, sealed by its digest, and given out for a reason only."""

import csv
from datetime import date
from io import StringIO

import pytest

from saiban.core.errors import IllegalMove, NotVisible, ReasonMissing
from saiban.core.models import Audit
from saiban.programmes import foundation
from saiban.programmes.errors import ListChanged
from saiban.programmes.models import Cycle
from saiban.programmes.queries.paylist import periods_to_pay
from saiban.programmes.services.cycles import approve_cycle
from saiban.programmes.services.enrolments import suspend_enrolment
from saiban.programmes.services.paylist import download_paylist
from tests.access.world import number_of
from tests.programmes import elders

pytestmark = pytest.mark.django_db
CNIC, WHY = "9420108912318", "to the bank, for July"


@pytest.fixture
def scheme(foundations, analyst, programme_manager):
    foundation.lay()
    return elders.set_up(programme_manager, elders.rule(analyst))


@pytest.fixture
def people(foundations):
    first, second = elders.elder("A", "11.0"), elders.elder("B", "12.0")
    number_of(first, CNIC)
    return first, second


@pytest.fixture
def cycle(people, scheme, programme_manager, approver):
    return approve_cycle(actor=approver, cycle_id=elders.proposed(programme_manager, scheme).pk)


def rows_of(given):
    return list(csv.reader(StringIO(given.text)))


def test_every_entitlement_stands_in_it_with_payee_number_and_amount(cycle, approver):
    given = download_paylist(actor=approver, cycle_id=cycle.pk, reason=WHY)
    heading, *lines, end = rows_of(given)
    assert (given.name, given.lines, len(lines)) == ("PSPA-BHB-1.csv", 6, 6)
    first = dict(zip(heading, lines[0], strict=True))
    assert (first["household"], first["cnic"], first["amount_rupees"]) == ("A", CNIC, "2000.00")
    assert (first["payee_name_en"], first["payee_name_ur"]) == ("Sakina Bibi", "سکینہ بی بی")
    assert (first["from"], first["until"], first["district"]) == ("2026-07-01", "2026-08-01", "Rajanpur")
    assert (first["pay"], first["note"]) == ("yes", "")
    assert end == ["sha256", cycle.digest]


def test_a_payee_without_number_is_named_with_the_reason(cycle, approver):
    heading, *lines, _end = rows_of(download_paylist(actor=approver, cycle_id=cycle.pk, reason=WHY))
    found = [dict(zip(heading, line, strict=True)) for line in lines]
    assert {(row["household"], row["pay"], row["note"]) for row in found} == {
        ("A", "yes", ""),
        ("B", "no", "no_number"),
    }


def test_a_suspended_place_is_held_back_and_the_digest_stays(cycle, people, programme_manager, approver):
    place = elders.place_of(people[0])
    suspend_enrolment(actor=programme_manager, enrolment_id=place.pk, reason="moved away")
    heading, *lines, end = rows_of(download_paylist(actor=approver, cycle_id=cycle.pk, reason=WHY))
    assert {line[heading.index("note")] for line in lines} == {"suspended", "no_number"}
    assert end == ["sha256", cycle.digest]
    assert [one.held for one in periods_to_pay(cycle)] == [1, 1, 1]


def test_the_dead_are_not_paid(cycle, people, approver):
    people[0].died_on = date(2026, 7, 20)
    people[0].save()
    _heading, *lines, _end = rows_of(download_paylist(actor=approver, cycle_id=cycle.pk, reason=WHY))
    assert {(line[3], *line[-2:]) for line in lines} == {("A", "no", "payee_died"), ("B", "no", "no_number")}


def test_one_period_can_be_taken_alone(cycle, approver):
    given = download_paylist(actor=approver, cycle_id=cycle.pk, reason=WHY, period_from=elders.STARTS)
    assert (given.name, given.lines) == ("PSPA-BHB-1-2026-07-01.csv", 2)


def test_a_list_that_is_not_the_approved_one_is_not_given_out(cycle, approver):
    Cycle.objects.filter(pk=cycle.pk).update(digest="0" * 64)
    with pytest.raises(ListChanged):
        download_paylist(actor=approver, cycle_id=cycle.pk, reason=WHY)


def test_it_is_on_record_who_took_it_and_whose_numbers_it_holds(cycle, people, approver):
    download_paylist(actor=approver, cycle_id=cycle.pk, reason=WHY)
    kept = Audit.objects.get(action="programmes.paylist.download")
    assert (kept.reason, kept.detail["digest"]) == (WHY, cycle.digest)
    homes = {person.memberships.get().household_id for person in people}
    assert set(kept.id_set.ids) == homes


def test_without_a_reason_nothing_leaves(cycle, approver):
    with pytest.raises(ReasonMissing):
        download_paylist(actor=approver, cycle_id=cycle.pk, reason=" x ")


def test_a_list_that_is_not_approved_is_not_paid_by(scheme, people, programme_manager):
    proposed = elders.proposed(programme_manager, scheme)
    with pytest.raises(IllegalMove):
        download_paylist(actor=programme_manager, cycle_id=proposed.pk, reason=WHY)


def test_another_department_does_not_see_it(cycle, zakat_manager):
    with pytest.raises(NotVisible):
        download_paylist(actor=zakat_manager, cycle_id=cycle.pk, reason=WHY)
