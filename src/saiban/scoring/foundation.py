"""The scorecards that come with the project, laid once: the one of Punjab decides where policy allows it."""

from __future__ import annotations

from importlib.resources import files

from saiban.core.models import Actor
from saiban.partners.foundation import approver
from saiban.scoring import services
from saiban.scoring.models import Scorecard

DECIDES, COMPARED = "punjab-pmt-2016", "schreiner-pk-2009"


def lay(actor: Actor) -> None:
    """Add and test the shipped scorecards as ``actor``; approve the deciding one as the second actor
    of the system.

    Outside a demo, a cut-off that nobody confirmed keeps it from deciding: it stays tested, for comparison.
    """
    for code in (DECIDES, COMPARED):
        if Scorecard.objects.filter(code=code).exists():
            continue
        text = (files("saiban.data") / "scorecards" / f"{code}.yaml").read_text(encoding="utf-8")
        row = services.add_scorecard(actor=actor, text=text)
        services.test_scorecard(actor=actor, scorecard_id=row.pk)
        if code == DECIDES:
            _approve(row, approver())


def _approve(row: Scorecard, second: Actor) -> None:
    try:
        services.approve_scorecard(actor=second, scorecard_id=row.pk, decides=True)
    except services.PolicyUnconfirmed:
        return
