"""What programmes does when others announce something."""

from __future__ import annotations

from saiban.core import foundation, lake
from saiban.core.background import task
from saiban.core.models import Actor, Duty
from saiban.intake.models import Batch
from saiban.programmes import erasing
from saiban.programmes.lake import CYCLE, ENROLMENT, LIST
from saiban.programmes.models import Cycle, Enrolment
from saiban.programmes.services import cycles, lists, overlaps, proposals
from saiban.programmes.transitions import CycleState
from saiban.registry.refreshing import change_set_ids


def take_list(batch_id: int) -> None:
    """Hear ``intake.batch.applied``: places are taken from a list of beneficiaries; other batches pass by."""
    if Batch.objects.exclude(scheme="").filter(pk=batch_id).exists():
        lists.take_list(actor=foundation.system_actor(), batch_id=batch_id)


def attach_enrolments(change_set_id: int) -> None:
    """Hear ``registry.link.moved`` and ``registry.profile.changed``: places follow their people."""
    lists.attach_enrolments(actor=foundation.system_actor(), change_set_id=change_set_id)


def review_eligibility(change_set_id: int) -> None:
    """Hear ``scoring.score.published``: what moved is judged by the rules of the schemes run here."""
    proposals.review_eligibility(actor=foundation.system_actor(), change_set_id=change_set_id)


def review_eligibility_of_cycle(cycle_id: int) -> None:
    """Hear ``programmes.cycle.approved``: profiles may have moved since its list was made."""
    proposals.review_enrolled(actor=foundation.system_actor(), cycle_id=cycle_id)


def find_overlaps_of(enrolment_id: int) -> None:
    """Hear ``programmes.enrolment.moved``: what overlapped with that place may be gone, or be there again."""
    row = Enrolment.objects.get(pk=enrolment_id)
    overlaps.find_overlaps(
        actor=foundation.system_actor(),
        household_ids=[row.household_id] if row.household_id else [],
        person_ids=[row.person_id] if row.person_id else [],
    )


@task
def propose_cycle(cycle_id: int, actor_id: int, duty_id: int) -> None:
    """Make the list of a cycle for who asked for it; one that is made already is left alone."""
    if Cycle.objects.filter(pk=cycle_id, state=CycleState.OPEN).exists():
        duty = Duty.objects.select_related("area", "agency").get(pk=duty_id)
        cycles.propose_cycle(actor=Actor.objects.get(pk=actor_id).under(duty), cycle_id=cycle_id)


def find_overlaps_of_cycle(cycle_id: int) -> None:
    """Hear ``programmes.cycle.approved``: its places run from now on."""
    places = list(Enrolment.objects.filter(cycle=cycle_id).values_list("household_id", "person_id"))
    overlaps.find_overlaps(
        actor=foundation.system_actor(),
        household_ids=[household_id for household_id, _ in places if household_id],
        person_ids=[person_id for _, person_id in places if person_id],
    )


def find_all_overlaps() -> None:
    """Find all overlaps anew, once a day: places begin and end by the calendar, too."""
    overlaps.find_overlaps(actor=foundation.system_actor())


def note_list(batch_id: int) -> None:
    """Hear ``intake.batch.applied``: the lake is to hold the places of a list."""
    lake.note(LIST, batch_id)


def note_cycle(cycle_id: int) -> None:
    """Hear ``programmes.cycle.approved``: the lake is to hold its places."""
    lake.note(CYCLE, cycle_id)


def note_enrolment(enrolment_id: int) -> None:
    """Hear ``programmes.enrolment.moved``: the lake is to hold what it is now."""
    lake.note(ENROLMENT, enrolment_id)


def let_proposals_lapse(change_set_id: int) -> None:
    """Hear ``registry.erasure.carried_out``: nothing need be decided any more about who was erased."""
    erasing.let_proposals_lapse(change_set_ids(change_set_id))
