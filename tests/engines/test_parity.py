"""Every expression gives the same rows on Spark as on DuckDB, to the last digit: 20,000 rows each."""

import os
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saiban.bench import rule as bench_rule
from saiban.bench.enrolments import ON, SCHEMES, bench_policy, write_enrolments
from saiban.bench.households import write_households, write_inputs
from saiban.calc.bands import band_limits
from saiban.calc.composition import composition, with_age
from saiban.calc.derived import with_derived
from saiban.calc.metrics import errors_at_cutoff, errors_at_quota, r_squared
from saiban.calc.overlap import overlaps
from saiban.calc.precedence import shipped_precedence
from saiban.calc.resolve import lifted, resolved
from saiban.calc.rules import answers, check, known_fields, policy_numbers
from saiban.calc.scorecard import scored, shipped_codes, shipped_scorecard
from saiban.data.dictionary import fields

pytestmark = pytest.mark.spark
ROWS = int(os.environ.get("SAIBAN_PARITY_ROWS", "20000"))
DAY = date(2026, 7, 1)


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("code", shipped_codes())
def test_scores_bands_and_points(code, explain, both, tmp_path):
    scorecard = shipped_scorecard(code)
    write_households(tmp_path / "h.parquet", scorecard, size=ROWS)
    bands = band_limits(DAY, allow_unconfirmed=True)
    rows = pq.read_table(tmp_path / "h.parquet")
    both(lambda table: scored(table, scorecard, bands=bands, explain=explain), households=rows)


@pytest.mark.parametrize("explain", [False, True])
def test_answers_of_rules(explain, both, tmp_path):
    rule = check(bench_rule.RULE, unit="household")
    known, policy = known_fields("household"), policy_numbers(rule, on=DAY, allow_unconfirmed=True)
    write_inputs(tmp_path / "h.parquet", [known[name] for name in rule.inputs], size=ROWS)
    both(
        lambda table: answers(rule, table, policy=policy, key="household_id", explain=explain),
        asked=pq.read_table(tmp_path / "h.parquet"),
    )


def test_arithmetic_of_rules_below_zero(both):
    rng = np.random.default_rng(4)
    rule = check(
        "(rooms - household_size) / workers == -2 || (rooms - household_size) % workers == -1",
        unit="household",
    )
    rows = {name: pa.array(rng.integers(0, 9, ROWS), pa.int64()) for name in rule.inputs}
    table = pa.table({"household_id": pa.array(np.arange(ROWS), pa.int64()), **rows})
    both(lambda asked: answers(rule, asked, policy={}, key="household_id", explain=True), asked=table)


def test_derived_fields(both, tmp_path):
    derived = {code: field.derived for code, field in fields("household").items() if field.derived}
    inputs = sorted({code for each in derived.values() for code in each.inputs})
    write_inputs(tmp_path / "h.parquet", [fields("household")[code] for code in inputs], size=ROWS)
    both(
        lambda table: with_derived(table, derived).select("household_id", *derived),
        derived=pq.read_table(tmp_path / "h.parquet"),
    )


def test_composition_of_households(both):
    both(lambda members: composition(with_age(members, on=DAY)), members=_members())


def _members() -> pa.Table:
    rng, person = np.random.default_rng(2), fields("person")

    def some(values: list, kind: pa.DataType) -> pa.Array:
        unknown, places = rng.random(ROWS) < 0.02, rng.integers(0, len(values), ROWS)
        drawn = zip(unknown, places, strict=True)
        return pa.array([None if is_null else values[place] for is_null, place in drawn], kind)

    births = [date(1940, 2, 29) + timedelta(days=days) for days in range(0, 31_000, 13)]
    return pa.table({
        "household_id": pa.array(np.sort(rng.integers(0, ROWS // 6, ROWS)), pa.int64()),
        "birth_date": some(births, pa.date32()),
        "sex": some(list(person["sex"].answers), pa.string()),
        "relation": some(list(person["relation"].answers), pa.string()),
        "work_status": some(list(person["work_status"].answers), pa.string()),
        "schooling_years": some(list(range(20)), pa.int64()),
        "in_school": some([True, False], pa.bool_()),
        "unskilled_work": some([True, False], pa.bool_()),
    })  # fmt: skip


def _said(level: str, seed: int) -> pa.Table:
    """Words of all sources on some subjects; many on the same day, so that the order decides."""
    rng, precedence = np.random.default_rng(seed), shipped_precedence()
    sources = list(precedence.sources)
    codes = [c for c, f in fields("household").items() if f.max_age and f.type in ("bool", "int")][:8]
    codes = sorted({*codes, *precedence.windows})
    source = [sources[place] for place in rng.integers(0, len(sources), ROWS)]
    code = [codes[place] for place in rng.integers(0, len(codes), ROWS)]
    value = [
        str(n) if fields("household")[c].type == "int" else str(n % 2 == 0).lower()
        for c, n in zip(code, rng.integers(0, 5, ROWS).tolist(), strict=True)
    ]
    day = [DAY - timedelta(days=int(d)) for d in rng.integers(-3, 2000, ROWS) // 30 * 30]
    return pa.table({
        "subject_id": pa.array(rng.integers(0, ROWS // 20, ROWS), pa.int64()), "field": code, "value": value,
        "source": source, "self_report": [precedence.sources[each].self_report for each in source],
        "observed_on": pa.array(day, pa.date32()),
        "received_at": pa.array(day, pa.date32()).cast(pa.timestamp("us")),
        "observation_id": pa.array(np.arange(ROWS), pa.int64()),
    })  # fmt: skip


def test_what_holds_and_what_stands_behind_it(both):
    both(
        lambda said, precedence: resolved(said, precedence, on=DAY),
        said=_said("household", 5),
        precedence=shipped_precedence().table(on=DAY),
    )


def test_what_holds_of_bills_of_several_months(both):
    windows = shipped_precedence().windows
    assert "electricity_units" in windows
    both(
        lambda said, precedence: resolved(said, precedence, on=DAY, windows=windows),
        said=_said("household", 7),
        precedence=shipped_precedence().table(on=DAY),
    )


def test_errors_of_targeting_and_what_a_score_explains(both_figures):
    rng = np.random.default_rng(8)
    consumption = np.exp(rng.normal(8.3, 0.5, ROWS))
    rows = pa.table({
        "household_id": np.arange(ROWS), "consumption": consumption, "weight": rng.integers(1, 9, ROWS),
        "score": [None if n < 2 else float(n) for n in rng.integers(0, 100, ROWS)],
        "prediction": np.log(consumption) + rng.normal(0, 0.3, ROWS),
    })  # fmt: skip
    both_figures(lambda judged: asdict(errors_at_quota(judged, quota=Decimal("0.3"))), rows)
    cutoff, share = Decimal("31.5"), Decimal("0.3")
    both_figures(lambda judged: asdict(errors_at_cutoff(judged, cutoff=cutoff, poor_share=share)), rows)
    both_figures(lambda judged: {"r_squared": r_squared(judged)}, rows)


def test_what_is_said_of_members_for_their_household(both):
    people = np.arange(ROWS // 20)
    members = pa.table(
        {"person_id": pa.array(people, pa.int64()), "household_id": pa.array(people // 5, pa.int64())}
    )
    both(lifted, said_of_members=_said("household", 6), members_of=members)


def test_overlaps_of_enrolments(both, tmp_path):
    write_enrolments(tmp_path / "e.parquet", size=ROWS)
    both(
        lambda table: overlaps(table, bench_policy(), on=ON, schemes=SCHEMES),
        enrolments=pq.read_table(tmp_path / "e.parquet"),
    )
