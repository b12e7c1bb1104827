"""Bench ``refresh``: a feed changes one household in a hundred; only those are resolved and scored again.

The feed is that of one of the five suppliers of electricity: what it changes lies in its own districts, a
fifth of the households, which are laid district by district. Beside it, the same number of changes scattered
over the whole province, as if all suppliers delivered at once.

Profiles, observations and scores are tables of DuckDB, as what is renewed in place has to be: read from
Parquet, whole columns would be unpacked for one row in a hundred.
"""

import tempfile
from datetime import date
from pathlib import Path
from statistics import median

import duckdb
import ibis

from saiban.bench.households import write_households
from saiban.bench.measure import Measured, in_turn, peak_mb, ratio
from saiban.calc import engine
from saiban.calc.bands import band_limits
from saiban.calc.precedence import shipped_precedence
from saiban.calc.resolve import resolved
from saiban.calc.scorecard import scored, shipped_scorecard

SCORECARD = "punjab-pmt-2016"
ON = date(2026, 7, 1)
FIELD, ONE_IN, SUPPLIERS = "has_electricity", 100, 5
# whom the feed speaks of, by what stands in for {size} households
OF_ONE_SUPPLIER = (
    f"household_id BETWEEN {{size}} // {SUPPLIERS} * 2 AND {{size}} // {SUPPLIERS} * 3 - 1 "
    f"AND hash(household_id) % {ONE_IN // SUPPLIERS} = 0"
)
SCATTERED = f"hash(household_id) % {ONE_IN} = 0"
# The survey said it of every household in spring; the feed of June says the opposite of those in it.
OBSERVATIONS = f"""
    SELECT household_id AS subject_id, '{FIELD}' AS field, CAST({FIELD} AS VARCHAR) AS value,
           'psc-survey' AS source, false AS self_report,
           DATE '2026-04-01' AS observed_on, TIMESTAMP '2026-04-02 00:00:00' AS
           received_at, household_id AS observation_id
    FROM households WHERE {FIELD} IS NOT NULL
    UNION ALL
    SELECT household_id, '{FIELD}', CASE WHEN {FIELD} THEN 'false' ELSE 'true' END, 'disco-electricity',
           false, DATE '2026-06-30', TIMESTAMP '2026-07-01 00:00:00', household_id + 1000000000
    FROM households WHERE {{spoken_of}}"""  # noqa: S608 our own constants
# Each of them is read out once, into memory: the expression names the observations four times. Tables in
# between, a statement each, took a quarter longer.
CHANGED = """
    WITH changed AS MATERIALIZED (
      SELECT DISTINCT subject_id FROM observations WHERE received_at >= TIMESTAMP '2026-07-01 00:00:00'
    ), changed_observations AS MATERIALIZED (
      SELECT * FROM observations SEMI JOIN changed USING (subject_id)
    ), changed_households AS MATERIALIZED (
      SELECT * FROM households SEMI JOIN changed ON changed.subject_id = households.household_id
    )"""
RENEWED = """
    UPDATE scores SET prediction = fresh.prediction, score = fresh.score, band = fresh.band,
      missing = fresh.missing
    FROM ({fresh}) fresh WHERE scores.household_id = fresh.household_id"""


def refresh(size: int, *, rounds: int = 3) -> Measured:
    """Refresh the scores of the changed households in place, recompute all of them, and compare."""
    with tempfile.TemporaryDirectory(prefix="saiban-bench-") as folder:
        return _measured(Path(folder), size, rounds)


def _measured(folder: Path, size: int, rounds: int) -> Measured:
    connection = _province(folder, size)
    seconds, moved, differing = _compared(connection, OF_ONE_SUPPLIER.format(size=size), rounds)
    scattered, _moved, also_differing = _compared(connection, SCATTERED, rounds)
    return Measured(
        name="refresh",
        size=size,
        seconds=round(median(seconds["delta"]), 3),
        baseline="resolving and scoring all households",
        baseline_seconds=round(median(seconds["all"]), 3),
        ratio=ratio(seconds["delta"], seconds["all"]),
        peak_mb=peak_mb(),
        equal=differing == 0 and also_differing == 0,
        extra={
            "moved": moved, "rounds": rounds, "scattered_seconds": round(median(scattered["delta"]), 3),
            "scattered_ratio": ratio(scattered["delta"], scattered["all"]),
        },
    )  # fmt: skip


def _compared(
    connection: duckdb.DuckDBPyConnection, spoken_of: str, rounds: int
) -> tuple[dict[str, list[float]], int, int]:
    """Take a feed in, by those whom it changed and by recomputing all: the seconds of each, how many scores
    moved, and how many came out otherwise than by the other way.
    """
    connection.execute(f"CREATE OR REPLACE TABLE observations AS {OBSERVATIONS.format(spoken_of=spoken_of)}")
    connection.execute("CREATE OR REPLACE TABLE scores AS SELECT * FROM before")
    all_of_them = _refreshed_sql(connection, "households", "observations")
    fresh = _refreshed_sql(connection, "changed_households", "changed_observations")
    renewed = RENEWED.format(fresh=f"{CHANGED} {fresh}")

    def recompute() -> None:
        connection.execute(f"CREATE OR REPLACE TABLE recomputed AS {all_of_them}")

    def merge() -> None:
        connection.execute(renewed)

    seconds = in_turn({"delta": merge, "all": recompute}, rounds=rounds)
    moved = connection.execute("SELECT count(*) FROM before b JOIN scores s USING (household_id) "
                               "WHERE b.score IS DISTINCT FROM s.score").fetchone()  # fmt: skip
    return seconds, int(moved[0]) if moved else 0, _differing(connection)


def _province(folder: Path, size: int) -> duckdb.DuckDBPyConnection:
    """Profiles as stored, and the scores of the day before the feed."""
    scorecard = shipped_scorecard(SCORECARD)
    write_households(folder / "households.parquet", scorecard, size=size)
    connection = engine.connect(memory="4GB", spill=folder)
    engine.read(connection, folder / "households.parquet", name="written")
    connection.execute("CREATE TABLE households AS FROM written")
    households = engine.over(connection).table("households")
    before = scored(households, scorecard, bands=band_limits(ON, allow_unconfirmed=True))
    connection.execute(f"CREATE TABLE before AS {engine.over(connection).compile(before)}")
    return connection


def _refreshed_sql(connection: duckdb.DuckDBPyConnection, households: str, observations: str) -> str:
    """Resolve the field, put what holds into the profile, score: the same for all and for the changed ones,
    by the names of what to read.
    """
    backend = engine.over(connection)
    profiles = ibis.table(backend.table("households").schema(), name=households)
    said = ibis.table(backend.table("observations").schema(), name=observations)
    backend.create_table("precedence", shipped_precedence().table(on=ON), overwrite=True)
    words = resolved(said, backend.table("precedence"), on=ON)
    holds = words.filter(words.place == 1).select("subject_id", new=words.value == "true")
    joined = profiles.left_join(holds, profiles.household_id == holds.subject_id)
    current = joined.mutate(**{FIELD: joined.new}).drop("subject_id", "new")
    bands = band_limits(ON, allow_unconfirmed=True)
    return str(backend.compile(scored(current, shipped_scorecard(SCORECARD), bands=bands)))


def _differing(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute("""
        SELECT count(*) FROM scores a FULL JOIN recomputed b USING (household_id)
        WHERE a.score IS DISTINCT FROM b.score OR a.band IS DISTINCT FROM b.band
           OR a.missing IS DISTINCT FROM b.missing""").fetchone()
    return int(found[0]) if found else -1
