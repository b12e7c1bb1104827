"""Eligibility follows the profile as a proposal; nothing happens by itself, and it comes to rest."""

from decimal import Decimal

import pytest

from saiban.core import changes
from saiban.core.errors import IllegalMove, NotAllowed, ReasonMissing
from saiban.intake import foundation as intake
from saiban.partners import foundation as partners
from saiban.programmes import foundation
from saiban.programmes.errors import WaitsForACycle
from saiban.programmes.models import Enrolment, Proposal
from saiban.programmes.services.cycles import approve_cycle, open_cycle, propose_cycle
from saiban.programmes.services.proposals import decide_proposal, review_eligibility
from saiban.programmes.transitions import PROPOSAL_MOVES
from saiban.registry.models import Household, Profile
from tests.programmes import elders, places
from tests.programmes.test_cycles import NEXT

pytestmark = pytest.mark.django_db
WHY = "the score was checked at home"


@pytest.fixture
def scheme(foundations, analyst, programme_manager):
    foundation.lay()
    return elders.set_up(programme_manager, elders.rule(analyst))


@pytest.fixture
def running(scheme, programme_manager, approver):
    """One is enrolled (A), one is above the line (B)."""
    elders.elder("A", "11.0")
    elders.elder("B", "40.0")
    approve_cycle(actor=approver, cycle_id=elders.proposed(programme_manager, scheme).pk)
    return scheme


@pytest.fixture
def moved(system):
    """Move scores, and review whom it touched."""

    def move(**scores):
        for code, score in scores.items():
            Profile.objects.filter(household__code=code).update(score=Decimal(score))
        ids = Household.objects.filter(code__in=scores).values_list("pk", flat=True)
        made = changes.change_set(actor=system, kind="registry.household", reason="tests", ids=ids)
        return review_eligibility(actor=system, change_set_id=made.pk)

    return move


def proposals():
    return list(Proposal.objects.order_by("pk").values_list("household__code", "kind", "state"))


def test_who_became_eligible_is_proposed_to_enter_and_is_not_enrolled(running, moved):
    done = moved(B="20.0")
    assert (done.newly_eligible, done.no_longer_eligible) == (1, 0)
    assert proposals() == [("B", "enter", "open")]
    assert Enrolment.objects.filter(household__code="B").count() == 0


def test_who_stood_in_line_when_the_budget_ended_is_no_news(scheme, moved, programme_manager, approver):
    elders.elder("A", "11.0")
    elders.elder("C", "12.0")
    cycle = elders.proposed(programme_manager, scheme, places=1)
    approve_cycle(actor=approver, cycle_id=cycle.pk)
    assert cycle.candidates.filter(outcome="no_budget").count() == 1
    assert moved(C="12.5").newly_eligible == 0
    assert proposals() == []


def test_who_is_no_longer_eligible_is_proposed_to_leave_and_keeps_the_place(running, moved):
    moved(A="45.0")
    assert proposals() == [("A", "leave", "open")]
    proposal = Proposal.objects.get()
    assert proposal.enrolment.state == "approved"
    assert proposal.because["clauses"] == [True, False, True]


def test_facts_that_move_back_let_the_proposal_lapse(running, moved):
    moved(A="45.0", B="20.0")
    done = moved(A="11.0", B="40.0")
    assert (done.lapsed, proposals()) == (2, [("A", "leave", "lapsed"), ("B", "enter", "lapsed")])


def test_what_is_not_known_is_no_reason_to_leave(running, moved):
    Profile.objects.filter(household__code="A").update(values={})
    moved(A="11.0")
    assert proposals() == []


def test_it_comes_to_rest(running, moved):
    moved(A="45.0", B="20.0")
    before = proposals()
    for _round in range(3):
        assert moved(A="45.0", B="20.0").newly_eligible == 0
    assert proposals() == before


def test_what_was_dismissed_is_not_asked_again_on_the_same_facts_but_on_new_ones(
    running, moved, programme_manager
):
    moved(A="45.0")
    decide_proposal(
        actor=programme_manager, proposal_id=Proposal.objects.get().pk, decision="dismiss", reason=WHY
    )
    moved(A="45.0")
    assert proposals() == [("A", "leave", "dismissed")]
    moved(A="46.0")
    assert proposals() == [("A", "leave", "dismissed"), ("A", "leave", "open")]


def test_a_proposal_to_leave_is_taken_up_on_the_place(running, moved, programme_manager):
    moved(A="45.0")
    proposal = Proposal.objects.get()
    decided = decide_proposal(
        actor=programme_manager, proposal_id=proposal.pk, decision="suspend", reason=WHY
    )
    assert (decided.state, decided.reason, decided.decided_by) == ("taken", WHY, programme_manager)
    assert Enrolment.objects.get(pk=proposal.enrolment_id).state == "suspended"
    moved(A="45.0")
    assert proposals() == [("A", "leave", "taken")]


def test_who_became_eligible_waits_for_the_next_cycle_which_takes_it_up(
    running, moved, programme_manager, approver
):
    moved(B="20.0")
    proposal = Proposal.objects.get()
    with pytest.raises(WaitsForACycle):
        decide_proposal(actor=programme_manager, proposal_id=proposal.pk, decision="close", reason=WHY)
    cycle = elders.open_cycle(programme_manager, running, **NEXT)
    propose_cycle(actor=programme_manager, cycle_id=cycle.pk)
    approve_cycle(actor=approver, cycle_id=cycle.pk)
    assert proposals() == [("B", "enter", "lapsed")]
    moved(B="20.0")
    assert proposals() == [("B", "enter", "lapsed")]


def test_a_decision_has_a_reason_and_is_made_once(running, moved, programme_manager):
    moved(A="45.0")
    pk = Proposal.objects.get().pk
    with pytest.raises(ReasonMissing):
        decide_proposal(actor=programme_manager, proposal_id=pk, decision="dismiss", reason="")
    decide_proposal(actor=programme_manager, proposal_id=pk, decision="dismiss", reason=WHY)
    with pytest.raises(IllegalMove):
        decide_proposal(actor=programme_manager, proposal_id=pk, decision="close", reason=WHY)


def test_an_officer_may_dismiss_but_not_close(running, moved, officer):
    moved(A="45.0")
    pk = Proposal.objects.get().pk
    with pytest.raises(NotAllowed):
        decide_proposal(actor=officer, proposal_id=pk, decision="close", reason=WHY)
    assert Proposal.objects.get().state == "open"
    decide_proposal(actor=officer, proposal_id=pk, decision="dismiss", reason=WHY)


def test_a_scheme_that_has_not_enrolled_yet_proposes_nobody(scheme, moved, programme_manager):
    elders.elder("B", "40.0")
    open_cycle(
        actor=programme_manager,
        scheme_id=scheme.pk,
        starts_on=elders.STARTS,
        ends_on=elders.ENDS,
        budget_paisa=elders.COST,
    )
    moved(B="20.0")
    assert proposals() == []


def test_the_batch_that_moved_it_is_told(running, system, manager):
    partners.lay(system)
    intake.lay(system)
    batch = places.batch(manager)
    Profile.objects.filter(household__code="B").update(score=Decimal("20.0"))
    made = changes.change_set(
        actor=system,
        kind="registry.household",
        reason="tests",
        ids=Household.objects.values_list("pk", flat=True),
        source_kind="intake.batch",
        source_id=batch.pk,
    )
    for _round in range(2):
        review_eligibility(actor=system, change_set_id=made.pk)
    batch.refresh_from_db()
    assert batch.outcome["eligibility"] == {
        "households": 2, "newly_eligible": 1, "no_longer_eligible": 0, "lapsed": 0,
    }  # fmt: skip


@pytest.mark.parametrize("pair", PROPOSAL_MOVES.unlisted())
def test_an_unlisted_step_of_a_proposal_does_not_exist(pair, programme_manager):
    with pytest.raises(IllegalMove):
        PROPOSAL_MOVES.move(Proposal(state=pair[0]), to=pair[1], actor=programme_manager, reason=WHY)
