"""Proposals that follow from profiles that moved: made for a set, decided one by one."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone

from saiban.core import audit
from saiban.core.models import Actor, ChangeSet
from saiban.core.services import get_visible, service
from saiban.intake import services as intake
from saiban.intake.queries import has_reported
from saiban.programmes import reviewing
from saiban.programmes.errors import WaitsForACycle
from saiban.programmes.models import Cycle, Enrolment, Proposal
from saiban.programmes.reviewing import Reviewed
from saiban.programmes.services.enrolments import close_enrolment, suspend_enrolment
from saiban.programmes.services.schemes import ask_agency
from saiban.programmes.transitions import PROPOSAL_MOVES, ProposalState
from saiban.registry.queries.seen import note_whose
from saiban.registry.refreshing import change_set_ids

OF_BATCH, STEP = "intake.batch", "eligibility"


@service("programmes.eligibility.review")
def review_eligibility(*, actor: Actor, change_set_id: int) -> Reviewed:
    """Judge those whose profile moved by the rules of the schemes that are run here, and propose.

    No enrolment changes. Doing it again changes nothing.
    """
    change_set = ChangeSet.objects.get(pk=change_set_id)
    ids = list(change_set_ids(change_set_id))
    done = Reviewed()
    for scheme in reviewing.schemes_to_review():
        one = reviewing.review(scheme, ids, change_set_id=change_set_id)
        done = Reviewed(
            done.newly_eligible + one.newly_eligible,
            done.no_longer_eligible + one.no_longer_eligible,
            done.lapsed + one.lapsed,
        )
    audit.note(subject=change_set, **asdict(done))
    if change_set.source_kind == OF_BATCH and change_set.source_id is not None:
        _tell_batch(actor, change_set, done, households=len(ids))
    return done


@service("programmes.eligibility.review")
def review_enrolled(*, actor: Actor, cycle_id: int) -> Reviewed:
    """Judge whom a cycle has enrolled as they are now: between its list and its approval they may have moved.

    Who is no longer eligible is proposed to leave. Doing it again changes nothing.
    """
    cycle = Cycle.objects.select_related("scheme__rule").get(pk=cycle_id)
    households = Enrolment.objects.filter(cycle=cycle, household__isnull=False).order_by("household_id")
    ids = list(households.values_list("household_id", flat=True).distinct())
    done = reviewing.review(cycle.scheme, ids, change_set_id=None, kinds=[Proposal.Kind.LEAVE])
    audit.note(subject=cycle, **asdict(done))
    return done


def _tell_batch(actor: Actor, change_set: ChangeSet, done: Reviewed, *, households: int) -> None:
    """Keep on the batch what followed, and of how many; a repetition that found nothing new does not write
    over it."""
    batch_id, of = int(change_set.source_id or 0), f"change_set:{change_set.pk}"
    if done != Reviewed() or not has_reported(batch_id=batch_id, step=STEP, of=of):
        counts = {"households": households, **asdict(done)}
        intake.note_outcome(actor=actor, batch_id=batch_id, step=STEP, counts=counts, of=of)


@service("programmes.proposal.decide")
def decide_proposal(*, actor: Actor, proposal_id: int, decision: str, reason: str) -> Proposal:
    """Decide a proposal: ``close`` or ``suspend`` takes it up on the place, ``dismiss`` leaves all as it is.

    Raises: NotVisible (404), OtherAgency, NotAllowed (403), ReasonMissing (422), IllegalMove, WaitsForACycle
    (409).
    """
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("scheme")
    proposal = get_visible(rows, actor=actor, pk=proposal_id)
    ask_agency(actor, proposal.scheme)
    takes = decision in ("close", "suspend")
    to = ProposalState.TAKEN if takes else ProposalState.DISMISSED
    PROPOSAL_MOVES.move(proposal, to=to, actor=actor, reason=reason)
    if takes:
        _take_up(actor, proposal, decision, reason)
    proposal.reason, proposal.decided_by, proposal.decided_at = reason.strip(), actor, timezone.now()
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    audit.note(subject=proposal, reason=proposal.reason, decision=decision)
    note_whose(household_id=proposal.household_id, person_id=proposal.person_id)
    return proposal


def _take_up(actor: Actor, proposal: Proposal, decision: str, reason: str) -> None:
    if proposal.enrolment_id is None:
        raise WaitsForACycle
    step = close_enrolment if decision == "close" else suspend_enrolment
    step(actor=actor, enrolment_id=proposal.enrolment_id, reason=reason)
