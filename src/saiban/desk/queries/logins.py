"""Who can log in, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from saiban.core.models import Actor, ActorKind, Duty


def open_duties(actor: Actor) -> list[Duty]:
    """Return the actor's own duties that hold today."""
    return list(
        Duty.objects.open_on(timezone.localdate()).filter(actor=actor).select_related("area", "agency")
    )


def people(*, actor: Actor) -> QuerySet[Actor]:
    """Return the people whom the actor sees, each with its duties of today as ``held``."""
    held = Duty.objects.open_on(timezone.localdate()).select_related("area")
    return (
        Actor.objects.visible_to(actor)
        .filter(kind=ActorKind.PERSON)
        .prefetch_related(Prefetch("duties", queryset=held, to_attr="held"))
    )


@dataclass(frozen=True)
class DutyLine:
    """A duty as its person's page lists it."""

    duty: Duty
    state: str  # to_come, in_force or over


def duties_of(person: Actor) -> list[DutyLine]:
    """Return all duties that a person has, had, or will have, latest first."""
    today = timezone.localdate()
    rows = Duty.objects.filter(actor=person).select_related("area", "agency").order_by("-starts_on", "-pk")
    return [DutyLine(duty, _state(duty, today)) for duty in rows]


def _state(duty: Duty, today: date) -> str:
    if duty.ends_on is not None and duty.ends_on <= today:
        return "over"
    return "in_force" if duty.starts_on <= today else "to_come"
