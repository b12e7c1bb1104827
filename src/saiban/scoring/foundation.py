"""The scorecards that come with the project, laid once: the one of Punjab decides where policy allows it."""

from __future__ import annotations

from importlib.resources import files

from saiban.core.models import Actor, ActorKind, Duty, Role
from saiban.scoring import services
from saiban.scoring.models import Scorecard

DECIDES, COMPARED = "punjab-pmt-2016", "schreiner-pk-2009"
APPROVER = "foundation"


def lay(actor: Actor) -> None:
    """Add and test the shipped scorecards as ``actor``; approve the deciding one as a second actor of the
    system.

    Outside a demo, a cut-off that nobody confirmed keeps it from deciding: it stays tested, for comparison.
    """
    for code in (DECIDES, COMPARED):
        if Scorecard.objects.filter(code=code).exists():
            continue
        text = (files("saiban.data") / "scorecards" / f"{code}.yaml").read_text(encoding="utf-8")
        row = services.add_scorecard(actor=actor, text=text)
        services.test_scorecard(actor=actor, scorecard_id=row.pk)
        if code == DECIDES:
            _approve(row, second_actor(actor))


def _approve(row: Scorecard, approver: Actor) -> None:
    try:
        services.approve_scorecard(actor=approver, scorecard_id=row.pk, decides=True)
    except services.PolicyUnconfirmed:
        return


def second_actor(first: Actor) -> Actor:
    """The system's second actor, for what the first may not approve itself: same duty, no log-in."""
    actor, _made = Actor.objects.get_or_create(
        username=APPROVER,
        defaults={
            "kind": ActorKind.SYSTEM,
            "name_en": "saiban foundation",
            "name_ur": "سائبان بنیاد",
            "password": "!",
        },
    )
    if first.duty is None:
        raise ValueError("the first actor works under no duty")
    duty, _made = Duty.objects.get_or_create(
        actor=actor,
        role=Role.SYSTEM,
        defaults={
            "area": first.duty.area,
            "agency": first.duty.agency,
            "purpose": first.duty.purpose,
            "starts_on": first.duty.starts_on,
        },
    )
    return actor.under(duty)
