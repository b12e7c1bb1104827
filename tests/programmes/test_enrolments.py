"""What happens to a place after its approval."""

from datetime import timedelta

import pytest
from django.utils import timezone

from saiban.core.errors import IllegalMove, NotAllowed, NotVisible, ReasonMissing
from saiban.core.models import Audit
from saiban.programmes import foundation
from saiban.programmes.errors import OfAList
from saiban.programmes.models import Enrolment
from saiban.programmes.services.cycles import approve_cycle
from saiban.programmes.services.enrolments import close_enrolment, restore_enrolment, suspend_enrolment
from saiban.programmes.transitions import ENROLMENT_MOVES
from tests.programmes import elders, places

pytestmark = pytest.mark.django_db
WHY = "has moved to Karachi"


@pytest.fixture
def place(foundations, analyst, programme_manager, approver):
    foundation.lay()
    scheme = elders.set_up(programme_manager, elders.rule(analyst))
    person = elders.elder("A", "11.0")
    approve_cycle(actor=approver, cycle_id=elders.proposed(programme_manager, scheme).pk)
    return elders.place_of(person)


def test_a_place_is_suspended_and_restored_with_reasons_on_record(place, programme_manager):
    suspended = suspend_enrolment(actor=programme_manager, enrolment_id=place.pk, reason=WHY)
    assert (suspended.state, suspended.reason) == ("suspended", WHY)
    restored = restore_enrolment(actor=programme_manager, enrolment_id=place.pk, reason="she is back")
    assert (restored.state, restored.ends_on) == ("approved", None)
    kept = Audit.objects.about("programmes.enrolment", place.pk).order_by("pk")
    assert list(kept.values_list("action", "reason")) == [
        ("programmes.enrolment.suspend", WHY),
        ("programmes.enrolment.restore", "she is back"),
    ]


def test_a_place_that_runs_is_closed_today(place, programme_manager):
    Enrolment.objects.filter(pk=place.pk).update(starts_on=timezone.localdate() - timedelta(days=9))
    closed = close_enrolment(actor=programme_manager, enrolment_id=place.pk, reason=WHY)
    assert (closed.state, closed.ends_on) == ("closed", timezone.localdate())


def test_a_place_that_has_not_begun_is_closed_on_the_day_after_its_first(place, programme_manager):
    first = timezone.localdate() + timedelta(days=30)
    Enrolment.objects.filter(pk=place.pk).update(starts_on=first)
    closed = close_enrolment(actor=programme_manager, enrolment_id=place.pk, reason=WHY)
    assert closed.ends_on == first + timedelta(days=1)


@pytest.mark.parametrize("step", [suspend_enrolment, close_enrolment])
def test_a_step_without_reason_is_refused(place, programme_manager, step):
    with pytest.raises(ReasonMissing):
        step(actor=programme_manager, enrolment_id=place.pk, reason="  ")
    place.refresh_from_db()
    assert place.state == "approved"


def test_what_is_closed_stays_closed(place, programme_manager):
    close_enrolment(actor=programme_manager, enrolment_id=place.pk, reason=WHY)
    for step in (suspend_enrolment, restore_enrolment, close_enrolment):
        with pytest.raises(IllegalMove):
            step(actor=programme_manager, enrolment_id=place.pk, reason=WHY)


def test_a_place_of_a_departments_list_follows_the_list(place, programme_manager):
    listed = places.of_list("ZK-GA", place.household, place.person)
    with pytest.raises(OfAList):
        close_enrolment(actor=programme_manager, enrolment_id=listed.pk, reason=WHY)


def test_another_department_does_not_see_the_place(place, zakat_manager):
    with pytest.raises(NotVisible):
        close_enrolment(actor=zakat_manager, enrolment_id=place.pk, reason=WHY)


def test_who_approves_lists_does_not_close_places(place, approver):
    with pytest.raises(NotAllowed):
        close_enrolment(actor=approver, enrolment_id=place.pk, reason=WHY)


@pytest.mark.parametrize("pair", ENROLMENT_MOVES.unlisted())
def test_an_unlisted_step_of_a_place_does_not_exist(pair, programme_manager):
    with pytest.raises(IllegalMove):
        ENROLMENT_MOVES.move(Enrolment(state=pair[0]), to=pair[1], actor=programme_manager, reason=WHY)
