"""Departments' lists: places are taken from them, and follow the people whom they name."""

from __future__ import annotations

from saiban.core import audit
from saiban.core.models import Actor, ChangeSet
from saiban.core.services import service
from saiban.intake import services as intake
from saiban.intake.models import Batch
from saiban.programmes import taking
from saiban.programmes.models import Scheme
from saiban.programmes.services.overlaps import find_overlaps
from saiban.programmes.taking import Moved, Taken

SUBJECTS, OF_BATCH = "intake.subject", "intake.batch"


@service("programmes.list.take")
def take_list(*, actor: Actor, batch_id: int) -> Taken:
    """Bring the places of a scheme to what a list says, find overlaps of those touched, tell the batch.

    Taking a list twice changes nothing the second time, and keeps what the batch was told the first time.
    """
    taking.wait_for_others()
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    taken, moved = taking.take(scheme=Scheme.objects.get(code=batch.scheme), batch_id=batch_id)
    audit.note(subject=batch, new=taken.new, changed=taken.changed, missing=taken.missing)
    is_told = "enrolments" in batch.outcome
    if not is_told:
        intake.note_outcome(actor=actor, batch_id=batch_id, step="enrolments", counts=taken.counts())
    if moved or not is_told:
        _find(actor, moved, batch_id=batch_id)
    return taken


@service("programmes.enrolment.attach")
def attach_enrolments(*, actor: Actor, change_set_id: int) -> Moved:
    """Let places follow the people of a change set: of subjects whose number means someone else, or of
    households. The batch that made it is told of their overlaps.
    """
    made = ChangeSet.objects.get(pk=change_set_id)
    moved = taking.follow(change_set_id=change_set_id, of_subjects=made.kind == SUBJECTS)
    audit.note(subject=made, persons=len(moved.person_ids), households=len(moved.household_ids))
    if moved:
        batch_id = made.source_id if made.source_kind == OF_BATCH else None
        _find(actor, moved, batch_id=batch_id, of=f"change_set:{made.pk}")
    return moved


def _find(actor: Actor, moved: Moved, *, batch_id: int | None, of: str = "") -> None:
    find_overlaps(
        actor=actor,
        household_ids=moved.household_ids,
        person_ids=moved.person_ids,
        batch_id=batch_id,
        of=of,
    )
