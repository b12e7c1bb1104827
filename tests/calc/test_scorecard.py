"""The scorecard over a table and of one household agree, and both agree with exact fractions."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import ibis
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from saiban.calc import rounding
from saiban.calc.bands import BandLimits, band_limits
from saiban.calc.policy import UnconfirmedValue
from saiban.calc.scorecard import (
    Scorecard,
    compare,
    load_scorecard,
    parse_scorecard,
    score_one,
    score_sql,
    scored,
    shipped_codes,
    shipped_scorecard,
)
from saiban.data.dictionary import fields
from saiban.data.errors import BadInput
from tests.calc.strategies import households

BANDS = BandLimits(Decimal(30), Decimal(5))
ARROW = {"int": pa.int64(), "bool": pa.bool_(), "string": pa.string(), "decimal": pa.decimal128(12, 3)}
PMT, CARD = shipped_scorecard("punjab-pmt-2016"), shipped_scorecard("schreiner-pk-2009")
SMALL = """
code: small
version: 1
label: {en: small, ur: چھوٹا}
kind: regression
population: nobody at all
surveyed: never
made_on: 2026-01-01
reference: made for this test
terms: none at all
constant: %(constant)s
indicators:
  - {kind: linear, field: head_age, coefficient: %(coefficient)s}
percentiles: {population: nobody at all, made_on: 2026-01-01, edges: %(edges)s}
"""
TYPICAL: dict[str, object] = {
    code: {"int": 2, "bool": True, "decimal": Decimal("1.5")}.get(fields("household")[code].type)
    or fields("household")[code].answers[0]
    for code in {**dict.fromkeys(PMT.inputs), **dict.fromkeys(CARD.inputs)}
}


def small(*, constant: int = 0, coefficient: int = 10, edges: list[int] | None = None) -> Scorecard:
    values = {"constant": constant, "coefficient": coefficient, "edges": edges or list(range(1, 100))}
    return parse_scorecard(SMALL % values)


def as_table(rows: list[Mapping[str, object]], codes: tuple[str, ...]) -> pa.Table:
    columns = {"id": pa.array(range(len(rows)), pa.int64())}
    for code in codes:
        columns[code] = pa.array([row.get(code) for row in rows], ARROW[fields("household")[code].type])
    return pa.table(columns)


def over_a_table(
    rows: list[Mapping[str, object]], scorecard: Scorecard, *, explain: bool = False
) -> list[dict]:
    table = ibis.memtable(as_table(rows, scorecard.inputs))
    return scored(table, scorecard, bands=BANDS, explain=explain).order_by("id").to_pyarrow().to_pylist()


def assert_same(rows: list[Mapping[str, object]], scorecard: Scorecard) -> None:
    for row, found in zip(rows, over_a_table(rows, scorecard, explain=True), strict=True):
        one = score_one(row, scorecard, bands=BANDS)
        assert (one.prediction, one.score, one.band) == (found["prediction"], found["score"], found["band"])
        assert set(one.missing) == {name for name in found["missing"].split(",") if name}
        assert {line.code: line.points for line in one.points} == {
            line.code: found[f"points_{line.code}"] for line in one.points
        }
        assert found["points_constant"] == one.constant


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(rows=st.lists(households(PMT.inputs), min_size=20, max_size=60))
def test_the_regression_is_the_same_over_a_table_and_for_one(rows: list[dict[str, object]]) -> None:
    assert_same(rows, PMT)


@settings(max_examples=12, deadline=None)
@given(rows=st.lists(households(CARD.inputs), min_size=20, max_size=60))
def test_the_points_card_is_the_same_over_a_table_and_for_one(rows: list[dict[str, object]]) -> None:
    assert_same(rows, CARD)


@given(household=households(PMT.inputs))
def test_the_prediction_is_the_exact_sum_cut_once(household: dict[str, object]) -> None:
    """An oracle in fractions that shares no arithmetic with the code, for the terms that it can state by
    itself.
    """
    one = score_one(household, PMT, bands=BANDS)
    if one.prediction is None:
        return
    exact = Fraction(one.constant) + sum(
        Fraction(line.points) for line in one.points if line.points is not None
    )
    assert abs(Fraction(one.prediction) - exact) <= Fraction(1, 20_000)
    assert one.prediction == (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal("0.0001"), ROUND_HALF_EVEN
    )


@given(numerator=st.integers(-(10**13), 10**13), divisor=st.integers(1, 10**6))
@example(numerator=-50_000, divisor=100_000)
@example(numerator=-150_000, divisor=100_000)
def test_half_even_is_that_of_decimal(numerator: int, divisor: int) -> None:
    halves = Fraction(numerator, divisor)
    assert rounding.half_even(numerator, divisor) == round(
        halves
    )  # Python rounds fractions half to even, exactly


def test_columns_round_ties_negatives_and_near_ties_as_integers_do() -> None:
    totals = [
        sign * (k * 100_000 + rest)
        for k in (0, 1, 2, 7, 99_998)
        for rest in (0, 49_999, 50_000, 50_001)
        for sign in (1, -1)
    ]
    table = ibis.memtable({"n": totals})
    cut = rounding.with_half_even(table, "q", table.n + 10**14, 100_000).to_pyarrow()
    found = {n: q - 10**9 for n, q in zip(cut["n"].to_pylist(), cut["q"].to_pylist(), strict=True)}
    assert found == {n: rounding.half_even(n, 100_000) for n in totals}


@pytest.mark.parametrize("coefficient", [25, -25])
def test_exact_ties_and_negative_totals_round_to_even(coefficient: int) -> None:
    """head_age 14, 18 … times .000025 ends in exactly half a ten-thousandth."""
    scorecard = small(coefficient=coefficient)
    rows = [{"head_age": age} for age in range(12, 60)]
    assert_same(rows, scorecard)
    sign = 1 if coefficient > 0 else -1
    assert score_one({"head_age": 14}, scorecard, bands=BANDS).prediction == sign * Decimal(
        "0.0004"
    )  # .00035
    assert score_one({"head_age": 18}, scorecard, bands=BANDS).prediction == sign * Decimal(
        "0.0004"
    )  # .00045


def test_a_household_larger_than_the_table_is_unscored_with_the_reason() -> None:
    rows = [{**TYPICAL, "household_size": size} for size in (40, 41, 60)]
    assert_same(rows, PMT)
    within, beyond, _ = (score_one(row, PMT, bands=BANDS) for row in rows)
    assert within.missing == ()
    assert within.score is not None
    assert (beyond.score, beyond.band, beyond.missing) == (None, "unscored", ("log_household_size:outside",))


def test_an_answer_that_the_card_does_not_know_is_outside() -> None:
    rows = [{**TYPICAL, "water_source": "rain"}]
    assert_same(rows, PMT)
    assert score_one(rows[0], PMT, bands=BANDS).missing == ("water_source:outside",)


def test_everything_unknown_is_unscored_and_names_every_field() -> None:
    assert_same([{}], PMT)
    assert score_one({}, PMT, bands=BANDS).missing == PMT.inputs


def test_no_child_of_school_age_needs_no_answer_about_school() -> None:
    household = {**TYPICAL, "children_school_age": 0, "children_in_school": None}
    assert_same([household], PMT)
    line = next(line for line in score_one(household, PMT, bands=BANDS).points if line.code == "school_share")
    assert (line.value, line.points) == (-1000, Decimal("-0.042"))


@pytest.mark.parametrize(
    ("owned", "missing"),
    [((True, None, None), set()), ((False, None, False), {"has_car"}), ((False, False, False), set())],
)
def test_any_vehicle_is_enough_and_unknown_ones_are_named(
    owned: tuple[bool | None, ...], missing: set[str]
) -> None:
    household = {**TYPICAL, **dict(zip(("has_motorcycle", "has_car", "has_tractor"), owned, strict=True))}
    assert_same([household], CARD)
    assert set(score_one(household, CARD, bands=BANDS).missing) == missing


def test_a_score_of_k_marks_exactly_the_edge_of_the_poorest_k_percent() -> None:
    """A prediction at edge k scores k, and the next one above scores more."""
    edges = [100 * k + 7 for k in range(1, 100)]
    scorecard = small(coefficient=100, edges=edges)  # one year of age = one ten-thousandth
    shifted = [small(constant=100 * edge - 5000, coefficient=100, edges=edges) for edge in edges]
    for k, at_edge in enumerate(shifted, start=1):
        at, above = (score_one({"head_age": age}, at_edge, bands=BANDS).score for age in (50, 51))
        assert at == k
        assert above is not None
        assert above > k
    assert score_one({"head_age": 50}, scorecard, bands=BANDS).score == 0
    beyond = small(constant=100 * (edges[-1] - 49), coefficient=100, edges=edges)
    assert score_one({"head_age": 50}, beyond, bands=BANDS).score == 100
    for one in (shifted[0], shifted[29], shifted[98], beyond, scorecard):
        assert_same([{"head_age": age} for age in (12, 49, 50, 51, 120)], one)


@settings(max_examples=20, deadline=None)
@given(
    gaps=st.lists(st.integers(1, 3000), min_size=98, max_size=98),
    first=st.integers(-200_000, 200_000),
    coefficient=st.integers(-2_000_000, 2_000_000),
)
def test_any_table_of_edges_gives_the_same_score_both_ways(
    gaps: list[int], first: int, coefficient: int
) -> None:
    edges = [first]
    for gap in gaps:
        edges.append(edges[-1] + gap)
    scorecard = small(constant=100 * first, coefficient=coefficient, edges=edges)
    rows = [{"head_age": age} for age in range(12, 121)]
    assert_same(rows, scorecard)
    scores = [score_one(row, scorecard, bands=BANDS) for row in rows]
    ordered = sorted(scores, key=lambda one: one.prediction or 0)
    assert [one.score for one in ordered] == sorted(one.score for one in scores if one.score is not None)


def test_bands_are_cut_on_the_stored_score() -> None:
    edges = list(range(10_000, 10_000 + 99 * 10, 10))
    scorecard = small(coefficient=100, edges=edges, constant=100 * (edges[29] - 50))
    bands = [score_one({"head_age": age}, scorecard, bands=BANDS).band for age in (50, 51, 100, 101)]
    assert bands == ["poor", "near", "near", "above"]


def test_the_cut_off_is_refused_while_it_is_unconfirmed() -> None:
    with pytest.raises(UnconfirmedValue, match="unconfirmed"):
        band_limits(date(2026, 7, 1))
    assert band_limits(date(2026, 7, 1), allow_unconfirmed=True) == BANDS


def test_shipped_scorecards_know_every_answer_and_label() -> None:
    assert shipped_codes() == ("punjab-pmt-2016", "schreiner-pk-2009")
    assert (
        len(PMT.indicators) == 36
    )  # 41 survey variables, of which 9 dummies are 4 choices, and the logarithm
    assert CARD.extremes() == (0, 100 * 10**9)


def test_log_table_is_the_coefficient_times_the_logarithm() -> None:
    table = next(indicator for indicator in PMT.indicators if indicator.kind == "log_table")
    for number, term in enumerate(table.billionths, start=table.first):
        assert term == (Decimal("-0.3492") * Decimal(number).ln() * 10**9).to_integral_value()


def test_likelihood_is_the_published_one() -> None:
    assert (
        CARD.likelihood_of(32)["nl100"] == 395
    )  # 39.5 % of households with 30 to 34 points are below the line
    assert CARD.likelihood_of(100)["nl100"] == 0
    assert PMT.likelihood_of(32) == {}


def test_two_scores_are_compared_indicator_by_indicator() -> None:
    before = score_one(TYPICAL, PMT, bands=BANDS)
    after = score_one({**TYPICAL, "dwelling_rented": False, "rooms": 4}, PMT, bands=BANDS)
    moved = compare(before, after)
    assert [line.code for line in moved] == ["dwelling_rented", "rooms", "rooms_per_person"]
    assert (moved[0].before, moved[0].after, moved[0].difference) == (True, False, Decimal("-0.2042"))
    assert after.prediction is not None
    assert before.prediction is not None
    assert after.prediction - before.prediction == sum(line.difference for line in moved)
    assert compare(before, before) == ()


def test_two_scorecards_are_compared_too() -> None:
    moved = compare(score_one(TYPICAL, PMT, bands=BANDS), score_one(TYPICAL, CARD, bands=BANDS))
    province = next(line for line in moved if line.code == "province")
    assert (province.points_before, province.points_after) == (None, Decimal(12))


def test_a_missing_column_is_named() -> None:
    table = ibis.memtable(as_table([TYPICAL], PMT.inputs)).drop("rooms")
    with pytest.raises(BadInput, match="rooms"):
        scored(table, PMT, bands=BANDS)


def test_sql_is_written_once_per_scorecard_and_band() -> None:
    columns = ibis.memtable(as_table([TYPICAL], PMT.inputs)).schema()
    first = score_sql(PMT, columns, relation="households", bands=BANDS)
    assert score_sql(PMT.model_copy(), columns, relation="households", bands=BANDS) is first
    assert score_sql(PMT, columns, relation="households", bands=BandLimits(Decimal(31), Decimal(5))) != first


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("field: rooms,", "field: chambers,"), r"line \d+: .*Expected: .*chambers"),
        (("coefficient: 76100", "coefficient: many"), r"line 3\d: indicators.15.coefficient"),
        (("version: 1", "version: 1\nversion: 2"), r"line 6: the key version stands twice"),
        (("open: 0, ", ""), r"points for exactly the answers of drainage"),
        (("kind: regression", "kind: points"), r"percentiles for a regression"),
        (("indicators:", "indicators: ["), r"not YAML"),
        (("terms:", "termini:"), r"terms"),
    ],
)
def test_a_faulty_scorecard_is_refused_with_file_line_and_expectation(
    change: tuple[str, str], says: str, tmp_path
) -> None:
    from saiban.calc.scorecard.files import SHIPPED

    text = (SHIPPED / "punjab-pmt-2016.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "own.yaml"
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(BadInput, match=says) as caught:
        load_scorecard(path)
    assert "own.yaml" in str(caught.value)


def test_a_scorecard_that_is_nowhere_is_refused() -> None:
    with pytest.raises(BadInput, match="no such scorecard"):
        load_scorecard("nowhere.yaml")
