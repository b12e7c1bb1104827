"""Reads of corrections: the work list, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, look
from saiban.registry.models import Correction, Profile
from saiban.registry.queries import hidden_places, note_whose
from saiban.registry.transitions import CorrectionState

LATE_AFTER = timedelta(days=7)  # a household should not wait longer than a week for a second person


@dataclass(frozen=True)
class CorrectionPage:
    """A correction beside what holds now (None: nothing is known)."""

    row: Correction
    now: Any
    now_source: str


def corrections(*, actor: Actor) -> QuerySet[Correction]:
    """Corrections in the actor's sight, for a table. Keep the look by ``keep_list``.

    Those that wait stand first, the oldest before the others; then those in force, the next to end first;
    then the rest, the latest first.
    """
    turn = Case(
        When(state=CorrectionState.PROPOSED, then=Value(0)),
        When(state=CorrectionState.APPROVED, then=Value(1)),
        default=Value(2),
    )
    waited = Case(When(state=CorrectionState.PROPOSED, then=F("proposed_at")))
    ends = Case(When(state=CorrectionState.APPROVED, then=F("ends_on")))
    return _rows(actor).order_by(turn, waited, ends, "-pk")


def _rows(actor: Actor) -> QuerySet[Correction]:
    rows = Correction.objects.visible_to(actor)
    rows = rows.select_related("household__area", "proposed_by", "decided_by", "ended_by")
    return rows.defer(*hidden_places("household__"))


@look("registry.correction.view")
def keep_list(*, actor: Actor, household_ids: Sequence[int], query: str) -> None:
    """Keep who saw corrections of which households in a list."""
    audit.note_set("registry.household", household_ids, query=query)


@look("registry.correction.view")
def correction(*, actor: Actor, correction_id: int) -> CorrectionPage:
    """One correction. Raises: NotVisible (404)."""
    row = get_visible(_rows(actor), actor=actor, pk=correction_id)
    audit.note(subject=row)
    note_whose(household_id=row.household_id, person_id=None)
    profile = Profile.objects.visible_to(actor).shown_to(actor).filter(household=row.household_id).first()
    if profile is None:
        return CorrectionPage(row, None, "")
    values, whence = profile.shown, profile.whence  # type: ignore[attr-defined]
    return CorrectionPage(row, values.get(row.field), whence.get(row.field, {}).get("source", ""))


def is_late(row: Correction) -> bool:
    """Whether a correction has waited too long for a second person."""
    return row.state == CorrectionState.PROPOSED and timezone.now() - row.proposed_at > LATE_AFTER
