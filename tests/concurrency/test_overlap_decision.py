"""Two people decide on one overlap at once: one decision stands, the other is told that it came late."""

import pytest

from saiban.core.errors import IllegalMove
from saiban.programmes import foundation
from saiban.programmes.models import Overlap, OverlapDecision
from saiban.programmes.services import overlaps as services
from saiban.programmes.transitions import OverlapState
from saiban.registry.models import Person
from tests.access import world
from tests.concurrency.together import at_once
from tests.programmes import places

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def overlap(system):
    foundation.lay()
    home = world.household(world.tehsil(), "HH-31204-0000001")
    head = Person.objects.get(memberships__household=home)
    for scheme in ("PSPA-HQ", "SWD-HIM"):
        places.of_list(scheme, home, head)
    services.find_overlaps(actor=system)
    return Overlap.objects.get()


def test_of_two_decisions_at_once_the_second_is_refused(overlap, officer, programme_manager):
    def keep():
        return services.decide_overlap(
            actor=officer, overlap_id=overlap.pk, to=OverlapState.KEPT, reason="both are needed"
        )

    def end():
        return services.decide_overlap(
            actor=programme_manager,
            overlap_id=overlap.pk,
            to=OverlapState.ENDING,
            reason="one is enough",
            ending_id=overlap.left_id,
        )

    outcomes = at_once(keep, end, refusals=IllegalMove)
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 1
    overlap.refresh_from_db()
    (decision,) = OverlapDecision.objects.all()
    assert (decision.state, decision.ending_id) == (overlap.state, overlap.ending_id)


def test_two_findings_at_once_find_each_overlap_once(overlap, system):
    Overlap.objects.all().delete()
    at_once(*[lambda: services.find_overlaps(actor=system)] * 3, refusals=IllegalMove)
    assert Overlap.objects.count() == 1


def test_a_decision_beside_a_finding_is_not_lost(overlap, officer, system):
    def keep():
        return services.decide_overlap(
            actor=officer, overlap_id=overlap.pk, to=OverlapState.KEPT, reason="both are needed"
        )

    at_once(keep, lambda: services.find_overlaps(actor=system), refusals=IllegalMove)
    overlap.refresh_from_db()
    assert overlap.state == "kept"
