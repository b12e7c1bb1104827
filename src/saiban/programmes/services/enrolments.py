"""What happens to a place after it was approved: suspended, restored, closed; each with its reason."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from saiban.core import audit, outbox
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.programmes.errors import OfAList
from saiban.programmes.models import Enrolment
from saiban.programmes.services.schemes import ask_agency
from saiban.programmes.transitions import ENROLMENT_MOVES, EnrolmentState, ProposalState
from saiban.registry.queries.seen import note_whose


@service("programmes.enrolment.suspend")
def suspend_enrolment(*, actor: Actor, enrolment_id: int, reason: str) -> Enrolment:
    """Suspend a place: it stays taken, and nothing is paid for it until it is restored.

    Raises: NotVisible (404), OtherAgency (403), ReasonMissing (422), IllegalMove, OfAList (409).
    """
    return _moved(actor, enrolment_id, EnrolmentState.SUSPENDED, reason)


@service("programmes.enrolment.restore")
def restore_enrolment(*, actor: Actor, enrolment_id: int, reason: str) -> Enrolment:
    """Let a suspended place go on. Raises: as ``suspend_enrolment``."""
    return _moved(actor, enrolment_id, EnrolmentState.APPROVED, reason)


@service("programmes.enrolment.close")
def close_enrolment(*, actor: Actor, enrolment_id: int, reason: str) -> Enrolment:
    """End a place today (one that has not begun, on the day after its first). Raises: as
    ``suspend_enrolment``."""
    return _moved(actor, enrolment_id, EnrolmentState.CLOSED, reason)


def _moved(actor: Actor, enrolment_id: int, to: EnrolmentState, reason: str) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("scheme")
    enrolment = get_visible(rows, actor=actor, pk=enrolment_id)
    if enrolment.cycle_id is None:
        raise OfAList
    ask_agency(actor, enrolment.scheme)
    former = enrolment.state
    ENROLMENT_MOVES.move(enrolment, to=to, actor=actor, reason=reason)
    enrolment.reason = reason.strip()
    if to == EnrolmentState.CLOSED:
        enrolment.ends_on = max(timezone.localdate(), enrolment.starts_on + timedelta(days=1))
    enrolment.save(update_fields=["state", "reason", "ends_on"])
    if to == EnrolmentState.CLOSED:  # whoever was to decide about it need not any more
        enrolment.proposals.filter(state=ProposalState.OPEN).update(state=ProposalState.LAPSED)
    audit.note(subject=enrolment, reason=enrolment.reason, before=former, after=str(to))
    note_whose(household_id=enrolment.household_id, person_id=enrolment.person_id)
    outbox.announce(
        "programmes.enrolment.moved",
        key=f"enrolment:{enrolment.pk}:{to}:{timezone.now().isoformat()}",
        enrolment_id=enrolment.pk,
    )
    return enrolment
