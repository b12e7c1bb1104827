"""The scorecard over a table of households: one Ibis expression of integers, for DuckDB and Spark alike."""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from operator import or_

import ibis
import ibis.expr.types as ir

from saiban.calc.bands import BandLimits, band_column
from saiban.calc.derived import weighed, with_derived
from saiban.calc.rounding import looked_up, staircase, with_half_even, with_rank
from saiban.calc.scorecard.model import (
    Answers,
    Bins,
    Indicator,
    Linear,
    LogTable,
    Scorecard,
)
from saiban.data.dictionary import fields
from saiban.data.errors import BadInput

CUT = 100_000  # billionths in one ten-thousandth: the one rounding of a prediction
LIFT = (
    10**9
)  # ten-thousandths added before the cut and taken off after it, so that only positive numbers are divided
PERCENT = 10_000  # ten-thousandths in one point of the score
OUTSIDE = ":outside"


def scored(table: ir.Table, scorecard: Scorecard, *, bands: BandLimits, explain: bool = False) -> ir.Table:
    """Score every household of a table.

    In:      table  one row per household; a column for each of ``scorecard.inputs`` in the type of the
             dictionary (int as int64, decimal, bool as boolean, string). Values are within the limits of the
             dictionary.
    Units:   bands in points of the score; coefficients in the unit of the scorecard.
    Out:     same rows, any order. Columns of the table that are not household fields are kept (the id), and
             then prediction decimal(9,4)  the total, cut once, half to even; null where something is missing
             score decimal(9,4)       0 to 100, higher = better off (docs/algorithms/scorecard.md); null
             likewise band string              poor | near | above | unscored; never null
             missing string           what keeps it unscored, by commas: a field, or ``indicator:outside`` for
             a value
                                      that the scorecard does not know; "" where scored
             points_<indicator>       with explain: decimal(18,9), adding up to the total with
             points_constant.
    Raises:  BadInput for a column that is not there. Source: docs/algorithms/scorecard.md.
    """
    _refuse_absent_columns(table, scorecard)
    kept = [name for name in table.columns if name not in fields("household")]
    whole = with_derived(table, [indicator.field for indicator in scorecard.indicators])
    placed = _with_score(_with_prediction(whole, scorecard), scorecard)
    return placed.select(
        *kept,
        prediction=_decimal(placed.prediction_),
        score=_decimal(placed.score_),
        band=band_column(placed.score_, bands),
        missing=_missing(placed, scorecard),
        **(_points(placed, scorecard) if explain else {}),
    )


def _refuse_absent_columns(table: ir.Table, scorecard: Scorecard) -> None:
    absent = [code for code in scorecard.inputs if code not in table.columns]
    if absent:
        raise BadInput(
            f"columns are missing: {', '.join(absent)}.",
            expected=f"a column for every field of {scorecard.code}, by its code in the dictionary",
        )


def _term(table: ir.Table, indicator: Indicator, unit: int) -> ir.IntegerValue:
    """What one indicator adds, in billionths; null where it cannot be told."""
    match indicator:
        case Linear():
            return weighed(table, indicator.field, indicator.coefficient * unit)
        case Answers():
            field = table[indicator.field]
            return ibis.cases(
                *((field == answer, 1000 * points * unit) for answer, points in indicator.points.items())
            )
        case Bins():
            steps = [ibis.literal(1000 * entry.points * unit, "int64") for entry in indicator.bins]
            return _stepped(table[indicator.field], indicator.cuts, steps)
        case LogTable():
            field = table[indicator.field]
            terms = looked_up([term * unit for term in indicator.billionths], field - indicator.first)
            return ibis.ifelse(field.between(indicator.first, indicator.last), terms, ibis.null("int64"))


def _stepped(field: ir.IntegerValue, cuts: list[int], steps: list[ir.Value]) -> ir.IntegerValue:
    return ibis.ifelse(field.notnull(), staircase(field, cuts, steps), ibis.null("int64"))


def _with_prediction(table: ir.Table, scorecard: Scorecard) -> ir.Table:
    """Add ``lifted_``, the total in billionths and LIFT, and ``prediction_`` in ten-thousandths."""
    terms = [_term(table, indicator, scorecard.unit) for indicator in scorecard.indicators]
    totals = table.mutate(lifted_=_sum([_constant(scorecard) + LIFT * CUT, *terms]))
    cut = with_half_even(totals, "prediction_", totals.lifted_, CUT)
    return cut.mutate(prediction_=cut.prediction_ - LIFT)


def _sum(terms: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    """The sum by halves: a null passes few additions, and engines are faster where there is none."""
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return _sum(terms[:middle]) + _sum(terms[middle:])


def _constant(scorecard: Scorecard) -> ir.IntegerScalar:
    return ibis.literal(1000 * scorecard.constant * scorecard.unit, "int64")


def _missing(table: ir.Table, scorecard: Scorecard) -> ir.StringValue:
    """Names of what is missing; worked out for unscored rows only, so it costs the others nothing."""
    nothing = ibis.null("string")
    names = [ibis.ifelse(_keeps_unscored(table, code, scorecard), code, nothing) for code in scorecard.inputs]
    names += [
        ibis.ifelse(outside, indicator.code + OUTSIDE, nothing)
        for indicator in scorecard.indicators
        if (outside := _is_outside(table, indicator)) is not None
    ]
    return ibis.ifelse(table.lifted_.isnull(), ibis.literal(",").join(names), "")


def _keeps_unscored(table: ir.Table, code: str, scorecard: Scorecard) -> ir.BooleanValue:
    """True where the field is null and an indicator that needs it could not be told for that."""
    needing = [indicator for indicator in scorecard.indicators if code in indicator.inputs]
    if any(indicator.field == code for indicator in needing):
        return table[code].isnull()
    untold = [table[indicator.field].isnull() for indicator in needing]
    return table[code].isnull() & reduce(or_, untold)


def _is_outside(table: ir.Table, indicator: Indicator) -> ir.BooleanValue | None:
    """True where all inputs are known and the scorecard has no points for them; None where that cannot be."""
    if isinstance(indicator, LogTable):
        field = table[indicator.field]
        return (field < indicator.first) | (field > indicator.last)
    if isinstance(indicator, Answers):
        return table[indicator.field].notin(list(indicator.points))
    derived = fields("household")[indicator.field].derived
    if derived and derived.ratio and derived.when_zero is None:
        above, below = (table[code] for code in derived.ratio)
        return above.notnull() & (below == 0)
    return None


def _with_score(table: ir.Table, scorecard: Scorecard) -> ir.Table:
    """Add ``score_`` in ten-thousandths: the points themselves, or the rank in the stored percentile
    table and the way to the next.
    """
    if scorecard.percentiles is None:
        return table.mutate(score_=table.prediction_)
    edges = scorecard.percentiles.edges
    # all below the least edge is taken as one step below (score 0), all above the greatest as one above (100)
    least, greatest = edges[0] - 1, edges[-1] + 1
    starts = [least, *edges]
    widths = [after - before for before, after in pairwise([*starts, greatest])]
    inside = ibis.cases(
        (table.prediction_ < least, least), (table.prediction_ > greatest, greatest), else_=table.prediction_
    )
    ranked = with_rank(table.mutate(inside_=inside), "rank_", "inside_", edges)
    above = (ranked.inside_ - looked_up(starts, ranked.rank_)) * PERCENT
    between = with_half_even(ranked, "between_", above, looked_up(widths, ranked.rank_))
    return between.mutate(score_=between.rank_ * PERCENT + between.between_)


def _decimal(value: ir.IntegerValue) -> ir.DecimalValue:
    """Ten-thousandths as decimal(9,4), without a float on the way."""
    return (value.cast("decimal(13,4)") * ibis.literal(Decimal("0.0001"), "decimal(5,4)")).cast(
        "decimal(9,4)"
    )


def _points(table: ir.Table, scorecard: Scorecard) -> dict[str, ir.DecimalValue]:
    terms = {each.code: _term(table, each, scorecard.unit) for each in scorecard.indicators}
    return {
        f"points_{code}": _nine_places(term)
        for code, term in {"constant": _constant(scorecard), **terms}.items()
    }


def _nine_places(billionths: ir.IntegerValue) -> ir.DecimalValue:
    exact = billionths.cast("decimal(24,9)") * ibis.literal(Decimal("1e-9"), "decimal(10,9)")
    return exact.cast("decimal(18,9)")
