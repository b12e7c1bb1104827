"""Notes of what moved, in the transaction that moved it; the worker writes what is noted to the lake."""

from __future__ import annotations

from saiban.core.lake.tables import CHANGE_SET
from saiban.core.models import LakeNote


def note(kind: str, subject_id: int) -> None:
    """Note that something moved; ``LakeTable.touched`` says by its kind which rows that are."""
    LakeNote.objects.create(kind=kind, subject_id=subject_id)


def note_change_set(change_set_id: int) -> None:
    """Hear ``registry.profile.changed`` and ``scoring.score.published``."""
    note(CHANGE_SET, change_set_id)
