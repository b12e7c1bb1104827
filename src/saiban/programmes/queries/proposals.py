"""The work list of proposals that followed from profiles that moved."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from saiban.core import audit
from saiban.core.models import Actor, ChangeSet
from saiban.core.services import get_visible, look, require
from saiban.programmes.models import Proposal
from saiban.programmes.transitions import ProposalState
from saiban.registry.models import ProfileChange
from saiban.registry.queries.seen import note_whose

EXAMPLES, FIELDS = 5, 3


def proposals(*, actor: Actor) -> QuerySet[Proposal]:
    """Proposals in the actor's sight, for a table. Keep the look by ``keep_list``."""
    rows = Proposal.objects.visible_to(actor)
    return rows.select_related("scheme", "household__area", "person", "enrolment", "decided_by")


@look("programmes.proposal.list")
def keep_list(*, actor: Actor, household_ids: Sequence[int], query: str) -> None:
    """Keep who saw which households in the list of proposals."""
    audit.note_set("registry.household", household_ids, query=query)


@look("programmes.enrolment.view")
def proposal(*, actor: Actor, proposal_id: int) -> Proposal:
    """One proposal. Raises: NotVisible (404)."""
    require(actor, "programmes.proposal.list")
    found = get_visible(proposals(actor=actor), actor=actor, pk=proposal_id)
    audit.note(subject=found, household=found.household_id, person=found.person_id)
    note_whose(household_id=found.household_id, person_id=found.person_id)
    return found


@look("programmes.proposal.list")
def made_by_batch(*, actor: Actor, batch_id: int) -> list[Proposal]:
    """The newest proposals in the actor's sight that follow from a batch and wait, at most five (1 query).

    Each with ``changes``, the values that moved, as far as the duty shows them.
    """
    sets = ChangeSet.objects.filter(source_kind="intake.batch", source_id=batch_id)
    changes = ProfileChange.objects.visible_to(actor).moved_with(FIELDS)
    rows = Proposal.objects.visible_to(actor).filter(change_set__in=sets, state=ProposalState.OPEN)
    rows = rows.select_related("scheme", "household__area").annotate(changes=changes)
    found = list(rows.order_by("-pk")[:EXAMPLES])
    if found:
        audit.note_set("registry.household", [one.household_id for one in found])
    return found


def waiting(actor: Actor) -> int:
    """How many proposals to leave wait for the actor ; those to enter wait for a cycle. Asked once per
    request, for the navigation and for Today."""
    if not actor.may("programmes.proposal.decide"):
        return 0
    known = vars(actor)
    if "waiting_proposals" not in known:
        rows = Proposal.objects.visible_to(actor).filter(state=ProposalState.OPEN, kind=Proposal.Kind.LEAVE)
        known["waiting_proposals"] = rows.count()
    count: int = known["waiting_proposals"]
    return count
