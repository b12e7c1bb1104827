"""Bench ``resolve``: what ten sources said of each household, put in order, beside a window query by hand."""

import tempfile
from datetime import date
from pathlib import Path
from statistics import median

import duckdb

from saiban.bench.measure import Measured, peak_mb, ratio, written_in_turn
from saiban.calc import engine
from saiban.calc.precedence import months_before, shipped_precedence
from saiban.calc.resolve import resolved
from saiban.data.dictionary import fields

ON = date(2026, 7, 1)
SOURCES = 10
WORDS_OF_A_SOURCE = 2
# Of each household ten sources said twice whether it is so: two questions, by turns, on days of three years.
# Neither has a window. Those without a rank are heard last; one is a self-report, which may raise need.
OBSERVATIONS = """
    SELECT h AS subject_id,
           CASE WHEN (h + s) % 2 = 0 THEN 'has_gas' ELSE 'toilet' END AS field,
           CASE WHEN (h + s) % 2 = 0 THEN (CASE WHEN hash(h, s, w) % 3 = 0 THEN 'false' ELSE 'true' END)
                ELSE (CASE WHEN hash(h, s, w) % 3 = 0 THEN '"none"' ELSE '"sewer"' END) END AS value,
           names[s + 1] AS source, names[s + 1] = 'household' AS self_report,
           DATE '2023-07-01' + CAST(hash(w, h, s) % 1100 AS INTEGER) AS observed_on,
           TIMESTAMP '2026-06-30 00:00:00' AS received_at,
           (h * {sources} + s) * {words} + w AS observation_id
    FROM range({size}) a(h), range({sources}) b(s), range({words}) c(w), (SELECT {names} AS names)"""
BY_HAND = """
    WITH newest AS (
      SELECT o.*, coalesce(p.rank, 1000) AS rank_, coalesce(o.observed_on < l.oldest_on, false) AS too_old
      FROM (SELECT * FROM observations WHERE observed_on <= DATE '{on}' QUALIFY row_number() OVER (
              PARTITION BY subject_id, field, source
              ORDER BY observed_on DESC, received_at DESC, observation_id DESC) = 1) o
      LEFT JOIN precedence p USING (field, source)
      LEFT JOIN (VALUES {oldest}) l(field, oldest_on) USING (field)
    ), checked AS (
      SELECT *,
        max(CASE WHEN turn = 1 AND NOT self_report AND NOT too_old THEN value END) OVER s AS check_value,
        max(CASE WHEN turn = 1 AND NOT self_report AND NOT too_old THEN observed_on END) OVER s AS check_on
      FROM (SELECT *, row_number() OVER (PARTITION BY subject_id, field, self_report
              ORDER BY too_old, rank_, observed_on DESC, received_at DESC, observation_id DESC) AS turn
            FROM newest)
      WINDOW s AS (PARTITION BY subject_id, field)
    ), placed AS (
      SELECT *, row_number() OVER (PARTITION BY subject_id, field
        ORDER BY too_old, CASE
            WHEN NOT self_report OR too_old OR field <> 'has_gas' OR check_value IS NULL
              OR value = check_value THEN 1
            WHEN value = 'true' THEN 2 WHEN observed_on >= check_on THEN 0 ELSE 1 END,
          rank_, observed_on DESC, received_at DESC, observation_id DESC) AS place
      FROM checked
    )
    SELECT subject_id, field, value, source, observation_id, place, too_old, CASE WHEN place = 1
        THEN bool_or(NOT too_old AND value <> held) OVER (PARTITION BY subject_id, field)
        ELSE NOT too_old AND value <> held END AS disagrees
    FROM (SELECT *, max(CASE WHEN place = 1 THEN value END) OVER (PARTITION BY subject_id, field) AS held
          FROM placed)"""


def resolve(size: int, *, rounds: int = 3) -> Measured:
    """Resolve the words about ``size`` households by the expression and by hand, and compare every row."""
    with tempfile.TemporaryDirectory(prefix="saiban-bench-") as folder:
        return _measured(Path(folder), size, rounds)


def _measured(folder: Path, size: int, rounds: int) -> Measured:
    connection = _with_observations(folder, size)
    queries = {"saiban": _ours(connection), "by_hand": _by_hand()}
    seconds, files = written_in_turn(connection, queries, folder, rounds=rounds)
    return Measured(
        name="resolve",
        size=size,
        seconds=round(median(seconds["saiban"]), 3),
        baseline="a window query by hand",
        baseline_seconds=round(median(seconds["by_hand"]), 3),
        ratio=ratio(seconds["saiban"], seconds["by_hand"]),
        peak_mb=peak_mb(),
        equal=_differing(connection, files["saiban"], files["by_hand"]) == 0,
        extra={"observations": size * SOURCES * WORDS_OF_A_SOURCE, "rounds": rounds},
    )


def _with_observations(folder: Path, size: int) -> duckdb.DuckDBPyConnection:
    connection = engine.connect(memory="4GB", spill=folder)
    known = [*shipped_precedence().sources]
    names = [*known, *(f"source-{number}" for number in range(SOURCES - len(known)))][:SOURCES]
    query = OBSERVATIONS.format(size=size, sources=SOURCES, words=WORDS_OF_A_SOURCE, names=names)
    engine.write(connection, query, folder / "observations.parquet")
    engine.read(connection, folder / "observations.parquet", name="observations")
    connection.register("precedence", shipped_precedence().table(on=ON))
    return connection


def _ours(connection: duckdb.DuckDBPyConnection) -> str:
    backend = engine.over(connection)
    windows = shipped_precedence().windows
    words = resolved(backend.table("observations"), backend.table("precedence"), on=ON, windows=windows)
    columns = ("subject_id", "field", "value", "source", "observation_id", "place", "too_old", "disagrees")
    return str(backend.compile(words.select(*columns)))


def _by_hand() -> str:
    ages = {code: fields("household")[code].max_age or 0 for code in ("has_gas", "toilet")}
    oldest = ", ".join(f"('{code}', DATE '{months_before(ON, age)}')" for code, age in ages.items())
    return BY_HAND.format(on=ON, oldest=oldest)


def _differing(connection: duckdb.DuckDBPyConnection, left: Path, right: Path) -> int:
    """Rows that only one of the files has."""
    found = connection.execute(f"""
        SELECT count(*) FROM (FROM '{left}' EXCEPT ALL FROM '{right}')
        UNION ALL SELECT count(*) FROM (FROM '{right}' EXCEPT ALL FROM '{left}')""").fetchall()  # noqa: S608
    return sum(int(count) for (count,) in found)
