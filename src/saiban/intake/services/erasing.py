"""Subjects are erased: what said who they are is destroyed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from saiban.core import audit, locks, rotation
from saiban.core.models import Actor
from saiban.core.services import service
from saiban.intake import erasing


@dataclass(frozen=True)
class Erased:
    """How many names (source keys), salts, and faults of rejected rows went."""

    names: int
    salts: int
    rejected: int


@service("intake.subject.erase")
def erase_subjects(*, actor: Actor, subject_ids: Sequence[int], numbers: Collection[str] = ()) -> Erased:
    """Destroy names and salts of subjects, and blank rejected rows that carry a name or one of ``numbers``.

    Waits for what is being loaded or recorded; whoever comes after finds these names unknown. What was loaded
    before, but not applied yet, is left out by ``observations_of_part``.
    """
    rotation.hold()
    rejected = {*erasing.rows_with_numbers(numbers)}  # takes longest: nobody has to wait for it
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [locks.ERASURE])
    names = erasing.drop_names(subject_ids)
    erased = Erased(
        names=len(names),
        salts=erasing.destroy_salts(subject_ids),
        rejected=erasing.blank_rejected({*rejected, *erasing.rows_of_households(names)}),
    )
    audit.note_set("intake.subject", subject_ids, names=erased.names, rejected=erased.rejected)
    return erased
