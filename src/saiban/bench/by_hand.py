"""The baselines: scoring SQL as an expert would write it for DuckDB, once in integers and once in doubles.

It shares nothing with the expression of ``calc.scorecard`` but the numbers of the scorecard: its own
divisions (``//`` of integers), its own look-ups (lists), its own sum.
"""

from collections.abc import Sequence
from itertools import pairwise

from saiban.calc.bands import BandLimits
from saiban.calc.scorecard.model import Answers, Indicator, Linear, LogTable, Scorecard
from saiban.data.dictionary import fields


def integer_sql(scorecard: Scorecard, source: str, *, bands: BandLimits) -> str:
    """Integer arithmetic with the exact result: household_id, prediction, score, band, missing."""
    assert scorecard.percentiles is not None, "the bench scores a regression"  # noqa: S101
    edges = scorecard.percentiles.edges
    total = " + ".join(
        [str(scorecard.constant * 1000), *(_integer_term(each) for each in scorecard.indicators)]
    )
    widths = [after - before for before, after in pairwise(edges)] + [1]
    above = f"(p - {_item(edges, 'r')}) * 10000"
    between = f"r * 10000 + {_half_even(above, _item(widths, 'r'))}"
    return f"""
        WITH summed AS (SELECT *, {total} AS total FROM {source}),
        cut AS (SELECT *, {_half_even("total + 100000000000000", "100000")} - 1000000000 AS p FROM summed),
        ranked AS (SELECT *, {_tree("p", edges, range(100))} AS r FROM cut),
        placed AS (SELECT *, CASE WHEN p IS NULL THEN NULL WHEN p < {edges[0]} THEN 0 WHEN p > {
        edges[-1]
    } THEN 1000000
                             ELSE {between} END AS s FROM ranked)
        SELECT household_id, CAST(p / 10000.0::DOUBLE AS DECIMAL(9,4)) AS prediction,
               CAST(s / 10000.0::DOUBLE AS DECIMAL(9,4)) AS score, {
        _bands("s", bands.poor_up_to, bands.near_up_to)
    }, {_missing("total", scorecard)}
        FROM placed"""  # noqa: S608 numbers of the scorecard and our own names


def float_sql(scorecard: Scorecard, source: str, *, bands: BandLimits) -> str:
    """The same columns in doubles with double literals: quick to write, and off in the last digit here and
    there.
    """
    assert scorecard.percentiles is not None, "the bench scores a regression"  # noqa: S101
    edges = [edge / 10_000 for edge in scorecard.percentiles.edges]
    constant = f"{scorecard.constant / 1e6!r}::DOUBLE"
    total = " + ".join([constant, *(_float_term(each) for each in scorecard.indicators)])
    widths = [after - before for before, after in pairwise(edges)] + [1.0]
    between = f"r + (p - {_item(edges, 'r', 'DOUBLE')}) / {_item(widths, 'r', 'DOUBLE')}"
    low, high = f"{edges[0]!r}::DOUBLE", f"{edges[-1]!r}::DOUBLE"
    cuts = [f"{edge!r}::DOUBLE" for edge in edges]
    return f"""
        WITH cut AS (SELECT *, round({total}, 4) AS p FROM {source}),
        ranked AS (SELECT *, {_tree("p", cuts, range(100))} AS r FROM cut),
        placed AS (SELECT *, CASE WHEN p IS NULL THEN NULL WHEN p < {low} THEN 0::DOUBLE
                             WHEN p > {high} THEN 100::DOUBLE
                             ELSE round({between}, 4) END AS s FROM ranked)
        SELECT household_id, p AS prediction, s AS score,
               {_bands("s", f"{bands.cutoff}::DOUBLE", f"{bands.cutoff + bands.near_width}::DOUBLE")},
               {_missing("p", scorecard)}
        FROM placed"""  # noqa: S608


def _missing(result: str, scorecard: Scorecard) -> str:
    names = ", ".join(f"CASE WHEN {code} IS NULL THEN '{code}' END" for code in scorecard.inputs)
    outside = "CASE WHEN household_size > 40 THEN 'log_household_size:outside' END"
    return f"CASE WHEN {result} IS NULL THEN concat_ws(',', {names}, {outside}) ELSE '' END AS missing"


def _half_even(above: str, below: str) -> str:
    quotient = f"((2 * ({above}) + {below}) // (2 * {below}))"
    is_odd_tie = f"(2 * ({above}) + {below}) % (2 * {below}) = 0 AND {quotient} % 2 = 1"
    return f"({quotient} - CASE WHEN {is_odd_tie} THEN 1 ELSE 0 END)"


def _item(items: Sequence[float], index: str, kind: str = "BIGINT") -> str:
    return f"({list(items)}::{kind}[])[{index}]"


def _tree(value: str, cuts: Sequence[object], steps: Sequence[int]) -> str:
    if not cuts:
        return str(steps[0])
    middle = len(cuts) // 2
    below, above = (
        _tree(value, cuts[:middle], steps[: middle + 1]),
        _tree(value, cuts[middle + 1 :], steps[middle + 1 :]),
    )
    return f"CASE WHEN {value} < {cuts[middle]} THEN {below} ELSE {above} END"


def _bands(score: str, poor: object, near: object) -> str:
    return f"""CASE WHEN {score} IS NULL THEN 'unscored' WHEN {score} <= {poor} THEN 'poor'
               WHEN {score} <= {near} THEN 'near' ELSE 'above' END AS band"""


def _integer_term(indicator: Indicator) -> str:
    if isinstance(indicator, Answers):
        cases = " ".join(
            f"WHEN '{answer}' THEN {points * 1000}" for answer, points in indicator.points.items()
        )
        return f"CASE {indicator.field} {cases} END"
    if isinstance(indicator, LogTable):
        return f"({list(indicator.billionths)})[{indicator.field}]"
    assert isinstance(indicator, Linear), "a regression has no bins here"  # noqa: S101
    return f"{_thousandths(indicator.field)} * {indicator.coefficient}"


def _thousandths(code: str) -> str:
    field = fields("household")[code]
    if field.derived and field.derived.ratio:
        above, below = field.derived.ratio
        zero = "NULL" if field.derived.when_zero is None else field.derived.when_zero
        return f"CASE WHEN {below} = 0 THEN {zero} ELSE {_half_even(f'1000 * {above}', below)} END"
    return f"CAST({code} * 1000 AS BIGINT)" if field.type != "bool" else f"CAST({code} AS BIGINT) * 1000"


def _float_term(indicator: Indicator) -> str:
    if isinstance(indicator, Answers):
        cases = " ".join(
            f"WHEN '{answer}' THEN {points / 1e6!r}::DOUBLE" for answer, points in indicator.points.items()
        )
        return f"CASE {indicator.field} {cases} END"
    if isinstance(indicator, LogTable):
        per_log = indicator.billionths[1] / 693_147_181
        return (
            f"CASE WHEN {indicator.field} <= 40 THEN {per_log!r}::DOUBLE * ln({indicator.field}::DOUBLE) END"
        )
    assert isinstance(indicator, Linear), "a regression has no bins here"  # noqa: S101
    field = fields("household")[indicator.field]
    value = f"{indicator.field}::DOUBLE" if field.type != "bool" else f"{indicator.field}::INTEGER::DOUBLE"
    if field.derived and field.derived.ratio:
        above, below = field.derived.ratio
        zero = "NULL" if field.derived.when_zero is None else f"{field.derived.when_zero / 1000!r}::DOUBLE"
        value = f"CASE WHEN {below} = 0 THEN {zero} ELSE {above}::DOUBLE / {below}::DOUBLE END"
    return f"{indicator.coefficient / 1e6!r}::DOUBLE * {value}"
