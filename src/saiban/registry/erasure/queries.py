"""Erasures as a work list, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, look
from saiban.registry.erasure import forgetting, holds
from saiban.registry.models import Erasure
from saiban.registry.transitions import OPEN, ErasureState
from saiban.ui.components import Words

NAMES = ("name_en", "name_ur", "father_name_en", "father_name_ur", "birth_date")


@dataclass(frozen=True)
class ErasurePage:
    """An erasure, how many persons it means, and what stands against it while it is not carried out."""

    erasure: Erasure
    persons: int
    holds: Sequence[Words]


def erasures(*, actor: Actor) -> QuerySet[Erasure]:
    """Erasures in the actor's sight, for a table; names only where the duty shows them. Keep the look by
    ``keep_list``."""
    rows = Erasure.objects.visible_to(actor).select_related(
        "household__area", "person", "requested_by", "decided_by"
    )
    places = ("village", "address", "latitude", "longitude")
    hidden = [f"household__{name}" for name in places]
    return rows.defer(*hidden, *(() if actor.sees("personal") else [f"person__{name}" for name in NAMES]))


@look("registry.erasure.view")
def keep_list(*, actor: Actor, rows: Sequence[Erasure], query: str) -> None:
    """Keep who saw erasures of which households in the list."""
    audit.note_set("registry.household", [row.household_id for row in rows], query=query)


@look("registry.erasure.view")
def keep_asked(*, actor: Actor, wanted: Erasure) -> None:
    """Keep who saw the page on which the erasure of somebody is asked for."""
    audit.note_set("registry.household", [wanted.household_id])


@look("registry.erasure.view")
def erasure_page(*, actor: Actor, erasure_id: int) -> ErasurePage:
    """One erasure. Raises: NotVisible (404)."""
    found = get_visible(erasures(actor=actor), actor=actor, pk=erasure_id)
    audit.note(subject=found)
    audit.note_set("registry.household", [found.household_id])
    if found.state not in OPEN:
        return ErasurePage(found, found.counts.get("persons", 0), [])
    whom = forgetting.meant(found)
    return ErasurePage(found, whom.people, holds.against(whom.households, whom.persons))


def to_decide(actor: Actor) -> QuerySet[Erasure]:
    """What waits for the actor to decide: not what it asked for itself. The longest waiting first."""
    rows = erasures(actor=actor).filter(state=ErasureState.REQUESTED).exclude(requested_by=actor)
    return rows.order_by("pk") if actor.may("registry.erasure.decide") else rows.none()


def waiting(actor: Actor) -> int:
    """How many erasures wait for the actor; for the navigation."""
    return to_decide(actor).count() if actor.may("registry.erasure.decide") else 0
