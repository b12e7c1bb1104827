"""Bench ``rule``: a rule of ten clauses over millions of households, Parquet to Parquet."""

import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

import duckdb

from saiban.bench.households import write_inputs
from saiban.bench.measure import Measured, peak_mb, ratio, written_in_turn
from saiban.calc import engine
from saiban.calc.rules import CheckedRule, answer_one, answers_sql, check, known_fields, policy_numbers

ON = date(2026, 7, 1)
RULE = """score.pmt <= policy.pmt.cutoff
  && !(has_car || has_tractor)
  && members_under_5 + members_5_17 >= 1
  && land_acres < 12.5
  && !(toilet == "sewer" && water_source == "piped")
  && rooms * 2 <= household_size + 3
  && (head_female || workers_paid == 0 || electricity_units < 300)
  && province in ["punjab", "sindh", "kp"]
  && !has_air_conditioner
  && (workers == 0 || household_size / workers >= 2 || score.pmt < 40)"""
# The same by hand, as an expert would write it for DuckDB: SQL's own three values, a divisor of 0 unknown.
CLAUSES = (
    "score_pmt <= 30",
    "NOT (has_car OR has_tractor)",
    "members_under_5 + members_5_17 >= 1",
    "land_acres < 12.5",
    "NOT (toilet = 'sewer' AND water_source = 'piped')",
    "rooms * 2 <= household_size + 3",
    "(head_female OR workers_paid = 0 OR electricity_units < 300)",
    "province IN ('punjab', 'sindh', 'kp')",
    "NOT has_air_conditioner",
    "(workers = 0 OR household_size // nullif(workers, 0) >= 2 OR score_pmt < 40)",
)
WHOLE = " AND ".join(CLAUSES)
ANSWER = """CASE WHEN {whole} THEN 'eligible' WHEN ({whole}) IS NULL THEN 'unknown'
            ELSE 'not_eligible' END AS answer"""
PLAIN = f"SELECT household_id, {ANSWER.format(whole=WHOLE)} FROM households"  # noqa: S608 our own constants
# what makes each clause unknown, written down by hand: the input, and when
CAUSES = {
    "electricity_units": "clause_7 IS NULL AND electricity_units IS NULL",
    "has_air_conditioner": "clause_9 IS NULL",
    "has_car": "clause_2 IS NULL AND has_car IS NULL",
    "has_tractor": "clause_2 IS NULL AND has_tractor IS NULL",
    "head_female": "clause_7 IS NULL AND head_female IS NULL",
    "household_size": "household_size IS NULL AND (clause_6 IS NULL OR clause_10 IS NULL)",
    "land_acres": "clause_4 IS NULL",
    "members_5_17": "members_5_17 IS NULL",
    "members_under_5": "members_under_5 IS NULL",
    "province": "clause_8 IS NULL",
    "rooms": "rooms IS NULL",
    "score_pmt": "score_pmt IS NULL AND (clause_1 IS NULL OR clause_10 IS NULL)",
    "toilet": "clause_5 IS NULL AND toilet IS NULL",
    "water_source": "clause_5 IS NULL AND water_source IS NULL",
    "workers": "clause_10 IS NULL AND (workers IS NULL OR workers = 0)",
    "workers_paid": "clause_7 IS NULL AND workers_paid IS NULL",
}
NAMES = [f"clause_{number}" for number in range(1, len(CLAUSES) + 1)]
EXPLAINED = f"""
    WITH held AS (SELECT *, {", ".join(f"{sql} AS {name}" for sql, name in zip(CLAUSES, NAMES, strict=True))}
                  FROM households),
    joined AS (SELECT *, {" AND ".join(NAMES)} AS whole FROM held)
    SELECT household_id, {ANSWER.format(whole="whole")}, {", ".join(NAMES)},
           CASE WHEN whole IS NULL THEN concat_ws(',', {
    ", ".join(f"CASE WHEN {when} THEN '{name}' END" for name, when in CAUSES.items())
}) ELSE '' END AS because
    FROM joined"""  # noqa: S608


def rule(size: int, *, rounds: int = 5) -> Measured:
    """Ask a rule of random households, plain and explained, by expression and by hand; compare all rows."""
    with tempfile.TemporaryDirectory(prefix="saiban-bench-") as folder:
        return _measured(Path(folder), size, rounds)


def _measured(folder: Path, size: int, rounds: int) -> Measured:
    asked = check(RULE, unit="household")
    policy = policy_numbers(asked, on=ON, allow_unconfirmed=True)
    connection = _with_households(folder, asked, size)
    queries = {**_ours(connection, asked, policy), "by_hand": PLAIN, "by_hand_explained": EXPLAINED}
    seconds, files = written_in_turn(connection, queries, folder, rounds=rounds)
    return Measured(
        name="rule",
        size=size,
        seconds=round(median(seconds["saiban"]), 3),
        baseline="hand-written SQL of three values",
        baseline_seconds=round(median(seconds["by_hand"]), 3),
        ratio=ratio(seconds["saiban"], seconds["by_hand"]),
        peak_mb=peak_mb(),
        equal=differing(connection, files["saiban"], files["by_hand"]) == 0
        and differing(connection, files["explained"], files["by_hand_explained"]) == 0,
        extra={
            "explained_seconds": round(median(seconds["explained"]), 3),
            "explained_ratio_to_plain_by_hand": ratio(seconds["explained"], seconds["by_hand"]),
            "explained_ratio_to_explained_by_hand": ratio(seconds["explained"], seconds["by_hand_explained"]),
            "single_case_ms": _single_case(asked, policy),
            **_counts(connection, files["saiban"]),
        },
    )


def _with_households(folder: Path, asked: CheckedRule, size: int) -> duckdb.DuckDBPyConnection:
    known = known_fields("household")
    write_inputs(folder / "households.parquet", [known[name] for name in asked.inputs], size=size)
    connection = engine.connect(memory="4GB", spill=folder)
    engine.read(connection, folder / "households.parquet", name="households")
    return connection


def _ours(
    connection: duckdb.DuckDBPyConnection, asked: CheckedRule, policy: dict[str, Decimal]
) -> dict[str, str]:
    columns = engine.over(connection).table("households").schema()
    return {
        name: answers_sql(
            asked, columns, relation="households", policy=policy, key="household_id", explain=explain
        )
        for name, explain in (("saiban", False), ("explained", True))
    }


def differing(connection: duckdb.DuckDBPyConnection, left: Path, right: Path) -> int:
    """Rows that only one of two files has, all columns compared."""
    found = connection.execute(f"""
        SELECT (SELECT count(*) FROM (FROM '{left}' EXCEPT ALL FROM '{right}'))
             + (SELECT count(*) FROM (FROM '{right}' EXCEPT ALL FROM '{left}'))""").fetchone()  # noqa: S608
    return int(found[0]) if found else -1


def _single_case(asked: CheckedRule, policy: dict[str, Decimal], *, times: int = 200) -> float:
    """Milliseconds of one household, warm, one that does not know whether it has a car."""
    values: dict[str, object] = dict.fromkeys(asked.inputs, 1) | {
        "score_pmt": Decimal("21.5"), "land_acres": Decimal("2.5"), "toilet": "none", "province": "punjab",
        "water_source": "piped", "has_car": None, "has_tractor": False, "head_female": True,
        "has_air_conditioner": False,
    }  # fmt: skip
    answer_one(asked, values, policy=policy)
    started = time.perf_counter()
    for _ in range(times):
        answer_one(asked, values, policy=policy)
    return round((time.perf_counter() - started) * 1000 / times, 3)


def _counts(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, float | int | str]:
    found = connection.execute(f"SELECT answer, count(*) FROM '{file}' GROUP BY answer").fetchall()  # noqa: S608
    return dict(found)
