"""Bench ``overlaps``: who is twice, in excluded pairs, or above a cap, Parquet to Parquet."""

import tempfile
from pathlib import Path
from statistics import median

import duckdb

from saiban.bench.enrolments import GROUP, ON, SCHEMES, bench_policy, write_enrolments
from saiban.bench.measure import Measured, peak_mb, ratio, written_in_turn
from saiban.calc import engine
from saiban.calc.overlap import overlaps_sql, pairs

# The plainest fast way by hand: a self-join by person, filtered by the table of pairs. It shares nothing with
# the expression but the numbers of the policy.
BY_HAND = f"""
    WITH open AS MATERIALIZED (
        SELECT * REPLACE (CASE WHEN household_id IS NULL THEN 'person' ELSE unit END AS unit) FROM enrolments
        WHERE starts_on <= DATE '{ON}' AND (ends_on IS NULL OR ends_on > DATE '{ON}')),
    first AS (
        SELECT unit, CASE unit WHEN 'person' THEN person_id ELSE household_id END AS whose, scheme,
               min(enrolment_id) AS id
        FROM open WHERE whose IS NOT NULL GROUP BY ALL HAVING count(*) > 1),
    together AS (
        SELECT a.person_id, coalesce(a.household_id, b.household_id) AS household_id, p.policy,
               a.enrolment_id AS left_id, b.enrolment_id AS right_id, a.scheme AS left_scheme,
               b.scheme AS right_scheme, greatest(a.starts_on, b.starts_on) AS from_on,
               least(a.yearly_paisa, b.yearly_paisa) AS yearly_paisa, 'person' AS level
        FROM open a JOIN open b ON a.person_id = b.person_id AND a.enrolment_id < b.enrolment_id
        JOIN pairs p ON p.level = 'person' AND p.a = a.scheme AND p.b = b.scheme
        UNION ALL
        SELECT NULL, a.household_id, p.policy, a.enrolment_id, b.enrolment_id, a.scheme, b.scheme,
               greatest(a.starts_on, b.starts_on), least(a.yearly_paisa, b.yearly_paisa), 'household'
        FROM open a JOIN open b ON a.household_id = b.household_id AND a.enrolment_id < b.enrolment_id
        JOIN pairs p ON p.level = 'household' AND p.a = a.scheme AND p.b = b.scheme)
    SELECT 'twice' AS kind, a.unit AS level, '' AS policy,
           CASE a.unit WHEN 'person' THEN a.person_id END AS person_id,
           coalesce(a.household_id, b.household_id) AS household_id,
           a.enrolment_id AS left_id, b.enrolment_id AS right_id,
           a.scheme AS left_scheme, b.scheme AS right_scheme, greatest(a.starts_on, b.starts_on) AS from_on,
           least(a.yearly_paisa, b.yearly_paisa) AS yearly_paisa,
           NULL::BIGINT AS total_paisa, NULL::BIGINT AS enrolments
    FROM first JOIN open a ON a.enrolment_id = first.id
    JOIN open b ON b.unit = first.unit AND b.scheme = first.scheme AND b.enrolment_id <> first.id
         AND CASE b.unit WHEN 'person' THEN b.person_id ELSE b.household_id END = first.whose
    UNION ALL
    SELECT 'exclusive', level, policy, person_id, household_id, left_id, right_id, left_scheme, right_scheme,
           from_on, yearly_paisa, NULL, NULL FROM together
    UNION ALL
    SELECT 'cap', 'household', 'most', NULL, household_id, min(enrolment_id), NULL,
           arg_min(scheme, enrolment_id), '', max(starts_on), sum(yearly_paisa)::BIGINT - 20000000,
           sum(yearly_paisa)::BIGINT, count(*)
    FROM open WHERE household_id IS NOT NULL GROUP BY household_id HAVING sum(yearly_paisa) > 20000000"""  # noqa: S608


def overlaps(size: int, *, rounds: int = 3) -> Measured:
    """Find the overlaps of random enrolments by the expression and by hand, and compare all rows."""
    with tempfile.TemporaryDirectory(prefix="saiban-bench-") as folder:
        return _measured(Path(folder), size, rounds)


def _measured(folder: Path, size: int, rounds: int) -> Measured:
    write_enrolments(folder / "enrolments.parquet", size=size)
    connection = _with_enrolments(folder)
    columns = engine.over(connection).table("enrolments").schema()
    queries = {
        "saiban": overlaps_sql(bench_policy(), columns, relation="enrolments", on=ON, schemes=SCHEMES),
        "by hand": BY_HAND,
    }
    seconds, files = written_in_turn(connection, queries, folder, rounds=rounds)
    return Measured(
        name="overlaps",
        size=size,
        seconds=round(median(seconds["saiban"]), 3),
        baseline="hand-written SQL self-join",
        baseline_seconds=round(median(seconds["by hand"]), 3),
        ratio=ratio(seconds["saiban"], seconds["by hand"]),
        peak_mb=peak_mb(),
        equal=differing(connection, files["saiban"], files["by hand"]) == 0,
        extra={**_found(connection, files["saiban"]), "schemes": len(SCHEMES), "rounds": rounds},
    )


def _with_enrolments(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = engine.connect(memory="4GB", spill=folder)
    engine.read(connection, folder / "enrolments.parquet", name="enrolments")
    rows = [
        (pair.level, pair.policy, *both)
        for pair in pairs(bench_policy(), on=ON, schemes=SCHEMES)
        for both in ((pair.left, pair.right), (pair.right, pair.left))
    ]
    connection.execute("CREATE TABLE pairs (level VARCHAR, policy VARCHAR, a VARCHAR, b VARCHAR)")
    connection.executemany("INSERT INTO pairs VALUES (?, ?, ?, ?)", rows)
    return connection


def differing(connection: duckdb.DuckDBPyConnection, left: Path, right: Path) -> int:
    """Rows that only one of two files has, whole rows compared."""
    found = connection.execute(f"""
        SELECT (SELECT count(*) FROM (FROM '{left}' EXCEPT ALL FROM '{right}'))
             + (SELECT count(*) FROM (FROM '{right}' EXCEPT ALL FROM '{left}'))""").fetchone()  # noqa: S608
    return int(found[0]) if found else -1


def _found(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, float | int | str]:
    """How many of each kind, and how many pairs of schemes persons may not have together."""
    counts = connection.execute(f"SELECT kind, count(*) FROM '{path}' GROUP BY kind").fetchall()  # noqa: S608
    return {**dict(sorted(counts)), "exclusive_pairs": len(GROUP) * (len(GROUP) - 1) // 2}
