"""The same scorecard for one household, in plain Python integers, with the points that explain it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from saiban.calc.bands import Band, BandLimits, band_of
from saiban.calc.derived import thousandths
from saiban.calc.rounding import half_even
from saiban.calc.scorecard.expression import CUT, OUTSIDE, PERCENT
from saiban.calc.scorecard.model import Answers, Bins, Indicator, Linear, LogTable, Scorecard
from saiban.data.dictionary import fields


@dataclass(frozen=True)
class PointsLine:
    """One indicator of one score: the value that was weighed (a ratio in thousandths), and what it added."""

    code: str
    field: str
    value: object
    points: Decimal | None  # nine places, in units of the prediction; None where it cannot be told


@dataclass(frozen=True)
class ScoredHousehold:
    """A score with its reasons; prediction and score have four places and are None while anything is
    missing.
    """

    prediction: Decimal | None
    score: Decimal | None
    band: Band
    missing: tuple[str, ...]
    constant: Decimal
    points: tuple[PointsLine, ...]


def score_one(values: Mapping[str, object], scorecard: Scorecard, *, bands: BandLimits) -> ScoredHousehold:
    """Score one household from its values by field code; None or absent means unknown.

    Values are int, bool, str and Decimal (or its text), within the limits of the dictionary.
    Raises:  ValueError for a value that is not of the field's type.
    """
    terms = {indicator.code: _term(values, indicator, scorecard.unit) for indicator in scorecard.indicators}
    constant = 1000 * scorecard.constant * scorecard.unit
    known = [term for term in terms.values() if term is not None]
    is_whole = len(known) == len(terms)
    prediction = half_even(constant + sum(known), CUT) if is_whole else None
    score = _score(prediction, scorecard) if prediction is not None else None
    return ScoredHousehold(
        prediction=_four_places(prediction),
        score=_four_places(score),
        band=band_of(score, bands),
        missing=() if is_whole else _missing(values, terms, scorecard),
        constant=_nine_places(constant),
        points=tuple(_line(values, indicator, terms[indicator.code]) for indicator in scorecard.indicators),
    )


def _term(values: Mapping[str, object], indicator: Indicator, unit: int) -> int | None:
    if isinstance(indicator, Linear):
        value = thousandths(values, indicator.field)
        return None if value is None else value * indicator.coefficient * unit
    if isinstance(indicator, Answers):
        points = indicator.points.get(str(values.get(indicator.field)))
        return None if points is None else 1000 * points * unit
    number = thousandths(values, indicator.field)
    return None if number is None else _stepped(number // 1000, indicator, unit)


def _stepped(number: int, indicator: Bins | LogTable, unit: int) -> int | None:
    if isinstance(indicator, Bins):
        return 1000 * indicator.bins[bisect_right(indicator.cuts, number)].points * unit
    if not indicator.first <= number <= indicator.last:
        return None
    return indicator.billionths[number - indicator.first] * unit


def _score(prediction: int, scorecard: Scorecard) -> int:
    if scorecard.percentiles is None:
        return prediction
    edges = scorecard.percentiles.edges
    if prediction < edges[0] or prediction > edges[-1]:
        return 0 if prediction < edges[0] else 100 * PERCENT
    rank = bisect_right(edges, prediction)
    width = edges[rank] - edges[rank - 1] if rank < len(edges) else 1
    return rank * PERCENT + half_even((prediction - edges[rank - 1]) * PERCENT, width)


def _missing(
    values: Mapping[str, object], terms: Mapping[str, int | None], scorecard: Scorecard
) -> tuple[str, ...]:
    untold = [indicator for indicator in scorecard.indicators if terms[indicator.code] is None]
    names = [
        code
        for code in scorecard.inputs
        if values.get(code) is None and any(code in indicator.inputs for indicator in untold)
    ]
    outside = [
        indicator.code + OUTSIDE
        for indicator in untold
        if all(values.get(code) is not None for code in indicator.inputs)
    ]
    return (*names, *outside)


def _line(values: Mapping[str, object], indicator: Indicator, term: int | None) -> PointsLine:
    is_derived = fields("household")[indicator.field].derived is not None
    value = thousandths(values, indicator.field) if is_derived else values.get(indicator.field)
    return PointsLine(indicator.code, indicator.field, value, None if term is None else _nine_places(term))


def _four_places(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-4)


def _nine_places(value: int) -> Decimal:
    return Decimal(value).scaleb(-9)
