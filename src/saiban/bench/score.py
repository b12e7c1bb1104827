"""Bench ``score``: a scorecard over millions of households, Parquet to Parquet."""

import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

import duckdb

from saiban.bench.by_hand import float_sql, integer_sql
from saiban.bench.households import write_households
from saiban.bench.measure import Measured, peak_mb, ratio, written_in_turn
from saiban.calc import engine
from saiban.calc.bands import band_limits
from saiban.calc.scorecard import Scorecard, score_sql, shipped_scorecard

SCORECARD = "punjab-pmt-2016"


def score(size: int, *, rounds: int = 5) -> Measured:
    """Score random households by the Ibis expression, by integer SQL and by float SQL, and compare what came
    out.
    """
    with tempfile.TemporaryDirectory(prefix="saiban-bench-") as folder:
        return _measured(Path(folder), size, rounds)


def _measured(folder: Path, size: int, rounds: int) -> Measured:
    scorecard, bands = shipped_scorecard(SCORECARD), band_limits(date(2026, 7, 1), allow_unconfirmed=True)
    connection = _with_households(folder, scorecard, size)
    columns = engine.over(connection).table("households").schema()
    started = time.perf_counter()
    ours = score_sql(scorecard, columns, relation="households", bands=bands)
    compiled = time.perf_counter() - started
    queries = {
        "saiban": ours,
        "integer": integer_sql(scorecard, "households", bands=bands),
        "float": float_sql(scorecard, "households", bands=bands),
    }
    seconds, files = written_in_turn(connection, queries, folder, rounds=rounds)
    return Measured(
        name="score",
        size=size,
        seconds=round(median(seconds["saiban"]), 3),
        baseline="hand-written integer SQL",
        baseline_seconds=round(median(seconds["integer"]), 3),
        ratio=ratio(seconds["saiban"], seconds["integer"]),
        peak_mb=peak_mb(),
        equal=differing(connection, files["saiban"], files["integer"]) == 0,
        extra={"compile_seconds": round(compiled, 3), **_beside_float(connection, files, seconds)},
    )


def _with_households(folder: Path, scorecard: Scorecard, size: int) -> duckdb.DuckDBPyConnection:
    write_households(folder / "households.parquet", scorecard, size=size)
    connection = engine.connect(spill=folder)
    engine.read(connection, folder / "households.parquet", name="households")
    return connection


def _beside_float(
    connection: duckdb.DuckDBPyConnection, files: dict[str, Path], seconds: dict[str, list[float]]
) -> dict[str, float | int | str]:
    """The float plan: its seconds, our ratio to it, and in how many households it is off."""
    return {
        "float_seconds": round(median(seconds["float"]), 3),
        "float_ratio": ratio(seconds["saiban"], seconds["float"]),
        "float_differs": differing(connection, files["saiban"], files["float"]),
    }


def differing(connection: duckdb.DuckDBPyConnection, left: Path, right: Path) -> int:
    """Households whose score or band differ, or that only one file has."""
    found = connection.execute(f"""
        SELECT count(*) FROM '{left}' a FULL JOIN '{right}' b USING (household_id)
        WHERE a.score IS DISTINCT FROM b.score OR a.band IS DISTINCT FROM b.band""").fetchone()  # noqa: S608
    return int(found[0]) if found else -1
