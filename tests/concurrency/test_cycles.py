"""Cycles and places under several hands at once: one wins, the other is told, nothing is half-done."""

import pytest

from saiban.core.errors import IllegalMove, Refused
from saiban.core.models import Role
from saiban.programmes import foundation
from saiban.programmes.models import Candidate, Cycle, Enrolment, Entitlement
from saiban.programmes.services.cycles import approve_cycle, propose_cycle, withdraw_cycle
from saiban.programmes.services.enrolments import close_enrolment, suspend_enrolment
from tests.concurrency.together import at_once
from tests.programmes import elders

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "has moved to Karachi"


@pytest.fixture
def rule(foundations, analyst):
    foundation.lay()
    return elders.rule(analyst)


@pytest.fixture
def scheme(rule, programme_manager):
    for n in range(4):
        elders.elder(f"E{n}", f"{10 + n}.0")
    return elders.set_up(programme_manager, rule)


def refusals(found):
    return [type(one) for one in found if isinstance(one, Refused)]


def test_of_two_who_approve_at_once_one_does(scheme, programme_manager, approver, appoint):
    other = appoint("other_approver", Role.APPROVER)
    cycle = elders.proposed(programme_manager, scheme)
    found = at_once(
        lambda: approve_cycle(actor=approver, cycle_id=cycle.pk),
        lambda: approve_cycle(actor=other, cycle_id=cycle.pk),
    )
    assert refusals(found) == [IllegalMove]
    assert Entitlement.objects.filter(cycle=cycle).count() == 4 * 3


def test_a_list_that_two_make_at_once_is_made_once(scheme, programme_manager, appoint):
    other = appoint("other_manager", Role.PROGRAMME_MANAGER)
    cycle = elders.open_cycle(programme_manager, scheme)
    found = at_once(
        lambda: propose_cycle(actor=programme_manager, cycle_id=cycle.pk),
        lambda: propose_cycle(actor=other, cycle_id=cycle.pk),
    )
    assert refusals(found) == [IllegalMove]
    assert Candidate.objects.filter(cycle=cycle).count() == 4
    assert Enrolment.objects.filter(cycle=cycle).count() == 4


def test_two_schemes_that_exclude_each_other_do_not_choose_the_same_people(rule, scheme, programme_manager):
    second = elders.set_up(programme_manager, rule, scheme="SWD-HIM")
    cycles = [elders.open_cycle(programme_manager, one, places=4) for one in (scheme, second)]
    found = at_once(
        *(lambda pk=one.pk: propose_cycle(actor=programme_manager, cycle_id=pk) for one in cycles)
    )
    assert refusals(found) == []
    outcomes = Candidate.objects.values_list("outcome", flat=True)
    assert sorted(outcomes) == ["overlap"] * 4 + ["selected"] * 4
    assert Enrolment.objects.values("person").distinct().count() == Enrolment.objects.count() == 4


def test_a_list_is_withdrawn_or_approved_but_not_both(scheme, programme_manager, approver):
    cycle = elders.proposed(programme_manager, scheme)
    found = at_once(
        lambda: withdraw_cycle(actor=programme_manager, cycle_id=cycle.pk, reason="the budget was cut"),
        lambda: approve_cycle(actor=approver, cycle_id=cycle.pk),
    )
    assert refusals(found) == [IllegalMove]
    cycle = Cycle.objects.get(pk=cycle.pk)
    states = set(Enrolment.objects.values_list("state", flat=True))
    entitlements = Entitlement.objects.count()
    assert (cycle.state, states, entitlements) in [
        ("approved", {"approved"}, 12),
        ("withdrawn", {"refused"}, 0),
    ]


def test_a_place_is_closed_once_and_not_suspended_after(scheme, programme_manager, approver, appoint):
    other = appoint("other_manager", Role.PROGRAMME_MANAGER)
    cycle = elders.proposed(programme_manager, scheme)
    approve_cycle(actor=approver, cycle_id=cycle.pk)
    place = Enrolment.objects.filter(cycle=cycle).first()
    at_once(
        lambda: close_enrolment(actor=programme_manager, enrolment_id=place.pk, reason=WHY),
        lambda: suspend_enrolment(actor=other, enrolment_id=place.pk, reason=WHY),
    )
    place.refresh_from_db()
    # suspended first and closed then, or closed first and the suspension refused
    assert (place.state, place.reason) == ("closed", WHY)


def test_two_who_close_a_place_at_once_close_it_once(scheme, programme_manager, approver, appoint):
    other = appoint("other_manager", Role.PROGRAMME_MANAGER)
    cycle = elders.proposed(programme_manager, scheme)
    approve_cycle(actor=approver, cycle_id=cycle.pk)
    place = Enrolment.objects.filter(cycle=cycle).first()
    found = at_once(
        lambda: close_enrolment(actor=programme_manager, enrolment_id=place.pk, reason=WHY),
        lambda: close_enrolment(actor=other, enrolment_id=place.pk, reason=WHY),
    )
    assert refusals(found) == [IllegalMove]
