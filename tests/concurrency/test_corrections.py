"""Two people at one correction, or at one answer, at once: one step is taken, the other is told so."""

import pytest

from saiban.core.errors import IllegalMove
from saiban.intake.models import Observation
from saiban.registry.correcting import services
from saiban.registry.correcting.errors import AlreadyProposed
from saiban.registry.models import Correction, Profile
from tests.concurrency.together import at_once
from tests.registry.conftest import home, people, rajanpur, scorecards, send, sources, take_in, uploads
from tests.registry.test_corrections import propose

__all__ = ["home", "people", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = pytest.mark.django_db(transaction=True)


def approve(actor, row):
    return lambda: services.approve_correction(actor=actor, correction_id=row.pk)


def test_of_two_who_approve_at_once_one_does(home, clerk, officer, manager):
    row, before = propose(clerk, home), Observation.objects.count()
    outcomes = at_once(approve(officer, row), approve(manager, row))
    assert sorted(type(one).__name__ for one in outcomes) == ["Correction", "IllegalMove"]
    row.refresh_from_db()
    assert row.decided_by in (officer, manager)
    assert Observation.objects.count() == before + 1
    assert Profile.objects.get(household=home).values["rooms"] == 5


def test_of_an_approval_and_a_withdrawal_at_once_one_is_done(home, clerk, officer):
    row = propose(clerk, home)

    def withdraw():
        return services.withdraw_correction(actor=clerk, correction_id=row.pk)

    outcomes = at_once(approve(officer, row), withdraw)
    assert sum(isinstance(one, IllegalMove) for one in outcomes) == 1
    holds = Profile.objects.get(household=home).values["rooms"] == 5
    assert holds == (Correction.objects.get().state == "approved")


def test_of_two_proposals_of_one_answer_at_once_one_waits(home, clerk, officer):
    outcomes = at_once(lambda: propose(clerk, home), lambda: propose(officer, home, value=4))
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadyProposed", "Correction"]
    assert [type(one) for one in outcomes].count(AlreadyProposed) == 1
    assert Correction.objects.count() == 1


def test_a_newer_one_approved_while_the_former_is_lifted(home, clerk, officer, manager):
    former = services.approve_correction(actor=officer, correction_id=propose(clerk, home).pk)
    newer = propose(clerk, home, value=7)

    def lift():
        return services.lift_correction(actor=manager, correction_id=former.pk, reason="not so")

    at_once(approve(officer, newer), lift)
    former.refresh_from_db()
    assert former.ending in ("lifted", "replaced")
    assert Profile.objects.get(household=home).values["rooms"] == 7
