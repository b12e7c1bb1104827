"""A household of which only the bare row is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, look
from saiban.registry.models import Household, Membership


@dataclass(frozen=True)
class ErasedPage:
    """What is left of a household: its row, and how many lived there from when until when."""

    household: Household
    memberships: Sequence[Membership]


@look("registry.household.view")
def household_erased(*, actor: Actor, household_id: int) -> ErasedPage:
    """One household that was erased. Raises: NotVisible (404)."""
    rows = Household.objects.filter(erased_at__isnull=False).select_related("area")
    household = get_visible(rows, actor=actor, pk=household_id)
    audit.note(subject=household)
    memberships = Membership.objects.filter(household=household, cancelled=False)
    return ErasedPage(household, list(memberships.order_by("line_no", "pk")))
