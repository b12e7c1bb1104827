"""Where a score falls around the cut-off: poor, near, above; or unscored."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import ibis
import ibis.expr.types as ir

from saiban.calc import policy

Band = Literal["poor", "near", "above", "unscored"]
TEN_THOUSANDTHS = 10_000


@dataclass(frozen=True)
class BandLimits:
    """The cut-off, and the width above it that is reviewed by hand; both in points of the score, four
    places.
    """

    cutoff: Decimal
    near_width: Decimal

    def __post_init__(self) -> None:
        """Refuse a negative width, and limits finer than the score."""
        if self.near_width < 0:
            raise ValueError(f"near_width must be 0 or more points, got {self.near_width}")
        for limit in (self.cutoff, self.near_width):
            if limit * TEN_THOUSANDTHS != int(limit * TEN_THOUSANDTHS):
                raise ValueError(f"a band limit has at most four places, got {limit}")

    @property
    def poor_up_to(self) -> int:
        """The greatest score that is poor, in ten-thousandths."""
        return int(self.cutoff * TEN_THOUSANDTHS)

    @property
    def near_up_to(self) -> int:
        """The greatest score that is near, in ten-thousandths."""
        return int((self.cutoff + self.near_width) * TEN_THOUSANDTHS)


def band_limits(on: date, *, allow_unconfirmed: bool = False) -> BandLimits:
    """The limits in force on a day: policy ``pmt.cutoff`` and ``pmt.near_width``.

    Raises:  policy.UnconfirmedValue unless allowed; policy.NoValue for a day before the first value.
    """
    cutoff = policy.value("pmt.cutoff", on=on, allow_unconfirmed=allow_unconfirmed)
    near_width = policy.value("pmt.near_width", on=on, allow_unconfirmed=allow_unconfirmed)
    return BandLimits(cutoff, near_width)


def band_of(score: int | None, limits: BandLimits) -> Band:
    """The band of one score in ten-thousandths; None = not scored.

    >>> [band_of(s, BandLimits(Decimal(30), Decimal(5))) for s in (300000, 300001, 350001, None)]
    ['poor', 'near', 'above', 'unscored']
    """
    if score is None:
        return "unscored"
    if score <= limits.poor_up_to:
        return "poor"
    return "near" if score <= limits.near_up_to else "above"


def band_column(score: ir.IntegerValue, limits: BandLimits) -> ir.StringValue:
    """The same of a column in ten-thousandths. Never null."""
    return ibis.cases(
        (score.isnull(), "unscored"),
        (score <= limits.poor_up_to, "poor"),
        (score <= limits.near_up_to, "near"),
        else_="above",
    )
