"""Targeting errors and R squared against a model that walks through the households one by one."""

import math
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saiban.calc.metrics import errors_at_cutoff, errors_at_quota, r_squared

HOUSEHOLD = st.tuples(st.one_of(st.none(), st.integers(0, 20)), st.integers(1, 40), st.integers(1, 5))
Rows = list[tuple[int | None, int, int]]


def judged(rows: Rows):
    return ibis.memtable(
        pa.table(
            {
                "household_id": pa.array(range(len(rows)), pa.int64()),
                "score": pa.array(
                    [None if row[0] is None else Decimal(row[0]) for row in rows], pa.decimal128(9, 4)
                ),
                "consumption": pa.array([row[1] for row in rows], pa.int64()),
                "weight": pa.array([row[2] for row in rows], pa.int64()),
            }
        )
    )


def first(rows: Rows, order: list[int], quota: float) -> set[int]:
    total, taken, chosen = sum(row[2] for row in rows), 0, set()
    for number in order:
        if taken >= total * quota:
            break
        chosen.add(number)
        taken += rows[number][2]
    return chosen


def shares(rows: Rows, poor: set[int], chosen: set[int]) -> tuple[float, float]:
    def weight(who: set[int]) -> int:
        return sum(rows[number][2] for number in who)

    return (
        weight(poor - chosen) / weight(poor) if poor else 0.0,
        weight(chosen - poor) / weight(chosen) if chosen else 0.0,
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(HOUSEHOLD, min_size=1, max_size=40), st.sampled_from(["0.2", "0.3", "0.4"]))
def test_errors_are_those_of_walking_down_the_lists(rows: Rows, quota: str) -> None:
    numbers = range(len(rows))
    poor = first(rows, sorted(numbers, key=lambda n: (rows[n][1], n)), float(quota))
    ranked = sorted((n for n in numbers if rows[n][0] is not None), key=lambda n: (rows[n][0], n))
    by_quota = errors_at_quota(judged(rows), quota=Decimal(quota))
    assert (by_quota.exclusion, by_quota.inclusion) == pytest.approx(
        shares(rows, poor, first(rows, ranked, float(quota)))
    )
    below = {n for n in numbers if rows[n][0] is not None and rows[n][0] <= 7}
    by_cutoff = errors_at_cutoff(judged(rows), cutoff=Decimal(7), poor_share=Decimal(quota))
    assert (by_cutoff.exclusion, by_cutoff.inclusion) == pytest.approx(shares(rows, poor, below))


def test_a_perfect_score_has_no_errors_and_a_reversed_one_has_all() -> None:
    perfect = [(n, n + 1, 1) for n in range(20)]
    assert errors_at_quota(judged(perfect), quota=Decimal("0.3")).exclusion == 0
    reverse = [(20 - n, n + 1, 1) for n in range(20)]
    found = errors_at_quota(judged(reverse), quota=Decimal("0.3"))
    assert (found.exclusion, found.inclusion, found.chosen_share) == (1, 1, 0.3)


def test_a_poor_household_without_a_score_is_left_out() -> None:
    found = errors_at_cutoff(
        judged([(None, 1, 1), (5, 2, 1), (9, 3, 2)]), cutoff=Decimal(6), poor_share=Decimal("0.5")
    )
    assert (found.exclusion, found.inclusion, found.chosen_share) == (0.5, 0, 0.25)


def test_a_quota_lies_between_nobody_and_everybody() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        errors_at_quota(judged([(1, 1, 1)]), quota=Decimal(1))
    with pytest.raises(ValueError, match="no households"):
        errors_at_quota(judged([]), quota=Decimal("0.3"))


def test_r_squared_is_one_minus_the_residual_share() -> None:
    consumption, predicted, weight = [1000, 2000, 4000, 9000], [7.0, 7.5, 8.5, None], [1, 2, 1, 5]
    table = ibis.memtable(
        {"consumption": consumption, "prediction": predicted, "weight": weight},
        schema={"consumption": "int64", "prediction": "float64", "weight": "int64"},
    )
    truth = [math.log(value) for value in consumption[:3]]
    mean = sum(t * w for t, w in zip(truth, weight, strict=False)) / 4
    residual = sum(
        w * (t - p) ** 2 for t, p, w in zip(truth, predicted, weight, strict=False) if p is not None
    )
    total = sum(w * (t - mean) ** 2 for t, w in zip(truth, weight, strict=False))
    assert r_squared(table) == pytest.approx(1 - residual / total)
    with pytest.raises(ValueError, match="differ"):
        r_squared(table.filter(table.consumption == 1000))
