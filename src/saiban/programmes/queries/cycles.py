"""Cycles of schemes that are run here, their candidates, and one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from saiban.core import audit
from saiban.core.models import Actor, Audit, Progress
from saiban.core.services import get_visible, look
from saiban.programmes import approving
from saiban.programmes.models import Candidate, Cycle, Enrolment, Scheme
from saiban.programmes.querysets import covers
from saiban.programmes.transitions import CycleState
from saiban.registry.queries.seen import note_whose

MOST_STEPS = 50


def cycle(*, actor: Actor, cycle_id: int) -> Cycle:
    """One cycle with scheme, rule, area and who did what. Raises: NotVisible (404)."""
    found: Cycle = get_visible(_cycles(), actor=actor, pk=cycle_id)
    return found


def cycles_of(*, actor: Actor, scheme: Scheme) -> list[Cycle]:
    """The cycles of a scheme, the latest first (1 query)."""
    return list(_cycles().visible_to(actor).filter(scheme=scheme).order_by("-number"))


def _cycles() -> Any:
    return Cycle.objects.select_related(
        "scheme__agency", "rule", "area", "prepared_by", "proposed_by", "approved_by"
    )


def latest_progress(shown: Cycle) -> Progress | None:
    """How far the making of a list is, if it was begun."""
    rows = Progress.objects.filter(subject_kind="programmes.cycle", subject_id=shown.pk)
    return rows.order_by("-updated_at").first()


@transaction.atomic
def to_fall(shown: Cycle) -> int:
    """How many of a proposed list would fall off it if it were approved now."""
    return len(approving.changed_since(shown))


def waiting_for_approval(actor: Actor) -> list[Cycle]:
    """Proposed cycles that the actor may approve, and had no part in (1 query)."""
    if not actor.may("programmes.cycle.approve"):
        return []
    rows = _cycles().visible_to(actor).filter(state=CycleState.PROPOSED)
    others = rows.exclude(prepared_by=actor).exclude(proposed_by=actor)
    return [row for row in others if covers(actor, row.area.path)]


def candidates(*, actor: Actor, shown: Cycle) -> QuerySet[Candidate]:
    """The candidates of a cycle in the actor's area, for a table. Keep the look by ``keep_candidates``."""
    rows = Candidate.objects.visible_to(actor).filter(cycle=shown)
    return rows.select_related("household__area", "person", "enrolment").order_by("rank", "outcome", "pk")


@look("programmes.enrolment.view")
def keep_candidates(*, actor: Actor, cycle_id: int, household_ids: Sequence[int], query: str) -> None:
    """Keep who saw which households among the candidates of a cycle."""
    audit.note_set("registry.household", household_ids, cycle=cycle_id, query=query)


@dataclass(frozen=True)
class EnrolmentPage:
    """A place with its candidate (None: of a list), what it was due, and what was done to it."""

    enrolment: Enrolment
    candidate: Candidate | None
    entitlements: Sequence[Any]
    steps: Sequence[Audit]


@look("programmes.enrolment.view")
def enrolment_page(*, actor: Actor, enrolment_id: int) -> EnrolmentPage:
    """One place as far as the duty shows it. Raises: NotVisible (404)."""
    rows = Enrolment.objects.select_related(
        "scheme__agency", "household__area", "person", "cycle__rule", "batch__source"
    )
    found = get_visible(rows, actor=actor, pk=enrolment_id)
    audit.note(subject=found, household=found.household_id, person=found.person_id)
    note_whose(household_id=found.household_id, person_id=found.person_id)
    steps = Audit.objects.about("programmes.enrolment", found.pk).filter(kind=Audit.Kind.WRITE)
    return EnrolmentPage(
        enrolment=found,
        candidate=Candidate.objects.filter(enrolment=found).first(),
        entitlements=list(found.entitlements.select_related("cycle").order_by("-period_from")),
        steps=list(steps.select_related("actor").order_by("-pk")[:MOST_STEPS]),
    )
