"""Overlaps: found for all or for those touched, and decided by a person, with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from saiban.core import audit
from saiban.core.errors import NotVisible
from saiban.core.foundation import OWNER_AGENCY, own_agency
from saiban.core.models import Actor, Agency
from saiban.core.services import get_visible, require, service
from saiban.intake import services as intake
from saiban.programmes import finding
from saiban.programmes.errors import OtherAgency
from saiban.programmes.finding import Found
from saiban.programmes.models import Enrolment, Overlap, OverlapDecision
from saiban.programmes.queries.overlaps import enrolments_of
from saiban.programmes.services.enrolments import close_enrolment
from saiban.programmes.transitions import OVERLAP_MOVES, OverlapState
from saiban.registry.queries.seen import note_whose


@service("programmes.overlap.find")
def find_overlaps(
    *,
    actor: Actor,
    household_ids: Iterable[int] | None = None,
    person_ids: Iterable[int] | None = None,
    batch_id: int | None = None,
    of: str = "",
) -> Found:
    """Find overlaps anew: of these households and persons, or of all where neither is given.

    What is found again keeps its decision; what is no longer so is gone. ``batch_id``: the list that was just
    taken in, or what moved people by one change set (``of``); it is told the counts.
    """
    everyone = household_ids is None and person_ids is None
    whose = None if everyone else finding.touched(list(household_ids or ()), list(person_ids or ()))
    found = finding.find(day=timezone.localdate(), batch_id=batch_id, of=whose)
    counts: dict[str, Any] = {"new": found.new + found.again, "gone": found.gone, "present": found.present}
    audit.note(**counts)
    if batch_id is not None:
        intake.note_outcome(actor=actor, batch_id=batch_id, step="overlaps", counts=counts, of=of)
    return found


@service("programmes.overlap.decide")
def decide_overlap(
    *,
    actor: Actor,
    overlap_id: int,
    to: OverlapState,
    reason: str,
    ending_id: int | None = None,
    agency_id: int | None = None,
) -> Overlap:
    """Decide what becomes of an overlap: kept as it is, one enrolment ending (``ending_id``), or referred.

    One that is run here is closed at once; one of a department's list ends when its next list says so. A
    department decides on its own schemes' enrolments only.

    Raises: NotVisible (404) also for an enrolment or agency that is not of this overlap; OtherAgency (403);
    NotAllowed (403); ReasonMissing (422); IllegalMove (409) where another has decided meanwhile.
    """
    overlap = get_visible(Overlap.objects.select_for_update(of=("self",)), actor=actor, pk=overlap_id)
    before, enrolments = overlap.state, enrolments_of(overlap)
    OVERLAP_MOVES.move(overlap, to=to, actor=actor, reason=reason)
    if to == OverlapState.KEPT:
        _ask_of_all(actor, enrolments)
    overlap.ending = _ending(actor, enrolments, ending_id) if to == OverlapState.ENDING else None
    overlap.referred_to = _agency(actor, enrolments, agency_id) if to == OverlapState.REFERRED else None
    overlap.save(update_fields=["state", "ending", "referred_to"])
    OverlapDecision.objects.create(
        overlap=overlap,
        state=to,
        ending=overlap.ending,
        referred_to=overlap.referred_to,
        reason=reason.strip(),
        decided_by=actor,
    )
    audit.note(subject=overlap, reason=reason.strip(), before=before, after=str(to), ending=overlap.ending_id)
    note_whose(household_id=overlap.household_id, person_id=overlap.person_id)
    if overlap.ending is not None and overlap.ending.cycle_id is not None:
        close_enrolment(actor=actor, enrolment_id=overlap.ending.pk, reason=reason)
    return overlap


def may_keep(actor: Actor, enrolments: Iterable[Enrolment]) -> bool:
    """Whether the actor's agency answers for all these enrolments."""
    return own_agency(actor) is None or all(may_end(actor, enrolment) for enrolment in enrolments)


def may_end(actor: Actor, enrolment: Enrolment) -> bool:
    """Whether the actor may decide that this enrolment is to end, and close it where it is run here."""
    agency = own_agency(actor)
    of_own = agency is None or enrolment.scheme.agency_id == agency
    return of_own and (enrolment.cycle_id is None or actor.may("programmes.enrolment.close"))


def agencies_to_ask(actor: Actor, enrolments: Iterable[Enrolment]) -> list[Agency]:
    """To whom the overlap can be referred: the departments of its schemes and the owner of the registry, but
    not the actor's own."""
    codes = {enrolment.scheme.agency.code for enrolment in enrolments} | {OWNER_AGENCY}
    own = actor.duty.agency.code if actor.duty else ""
    return list(Agency.objects.filter(code__in=codes - {own}).order_by("code"))


def _ask_of_all(actor: Actor, enrolments: list[Enrolment]) -> None:
    if not may_keep(actor, enrolments):
        raise OtherAgency


def _ending(actor: Actor, enrolments: list[Enrolment], ending_id: int | None) -> Enrolment:
    enrolment = next((enrolment for enrolment in enrolments if enrolment.pk == ending_id), None)
    if enrolment is None:
        raise NotVisible
    if own_agency(actor) not in (None, enrolment.scheme.agency_id):
        raise OtherAgency
    if enrolment.cycle_id is not None:
        require(actor, "programmes.enrolment.close")
    return enrolment


def _agency(actor: Actor, enrolments: list[Enrolment], agency_id: int | None) -> Agency:
    found = next((one for one in agencies_to_ask(actor, enrolments) if one.pk == agency_id), None)
    if found is None:
        raise NotVisible
    return found
