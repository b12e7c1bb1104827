"""What a correction that waits for approval would do to the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from saiban.core.models import Actor
from saiban.registry.models import Correction
from saiban.registry.transitions import CorrectionState
from saiban.scoring import computing
from saiban.scoring.models import Scorecard
from saiban.scoring.queries.scorecards import exact

if TYPE_CHECKING:
    from saiban.calc.scorecard import ScoredHousehold


@dataclass(frozen=True)
class Foreseen:
    """The score by the deciding scorecard as it is, and as it would be."""

    before: ScoredHousehold
    after: ScoredHousehold


def foreseen(*, actor: Actor, correction_id: int) -> Foreseen | None:
    """Score the household of a proposed correction as it is known and as if the correction held (2 queries);
    None where none waits, or where the deciding scorecard does not weigh the answer.
    """
    from saiban.calc.scorecard import score_one

    rows = Correction.objects.visible_to(actor).select_related("household__profile")
    row = rows.filter(pk=correction_id, state=CorrectionState.PROPOSED).first()
    card = Scorecard.objects.filter(decides=True).first()
    if row is None or card is None or row.field not in computing.definition(card).inputs:
        return None
    known = {code: exact(code, value) for code, value in row.household.profile.values.items()}
    corrected = known | {row.field: exact(row.field, row.value)}
    card_read, bands = computing.definition(card), computing.limits(decides=False)
    return Foreseen(score_one(known, card_read, bands=bands), score_one(corrected, card_read, bands=bands))
