"""Faults that only the rows of one household together show: two lines or numbers alike, no head or two,
answers that differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from saiban.calc.quoting import text
from saiban.intake import cells
from saiban.intake.mapping import Mapping
from saiban.intake.reading.sql import quoted, true_somewhere

if TYPE_CHECKING:
    import duckdb


def check_members(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Note lines and numbers that a household repeats, missing and second heads, and rows that answer for
    their household otherwise than its first one; of ``typed`` into ``faults``."""
    line = mapping.members.line if mapping.members else ""
    _find_twice(connection, "CAST(line AS VARCHAR)", line, "line_repeated")
    numbers = [fact for fact in mapping.member_facts if fact.field in ("cnic", "bform")]
    for fact in numbers:
        _find_twice(connection, cells.value_name(fact.field), fact.columns[0], "repeated_in_household")
    relation = next((fact for fact in mapping.member_facts if fact.field == "relation"), None)
    if relation is not None:
        _check_heads(connection, relation.columns[0])
    for column in _differing(connection, list(_columns_of_households(mapping))):
        _find_differing(connection, column)


def _columns_of_households(mapping: Mapping) -> Iterator[str]:
    if mapping.observed_on.column:
        yield mapping.observed_on.column
    if mapping.area and mapping.area.column:
        yield mapping.area.column
    for fact in mapping.facts:
        yield from fact.columns


def _find_twice(connection: duckdb.DuckDBPyConnection, value: str, column: str, reason: str) -> None:
    """Note each member but the first that repeats a number of its household."""
    connection.execute(
        f"""INSERT INTO faults
            SELECT row_no, group_key, {text(column)}, value, '{reason}', first_row FROM (
              SELECT row_no, group_key, {value} AS value, CAST(min(row_no) OVER same AS VARCHAR) AS first_row,
                     row_number() OVER (same ORDER BY row_no) AS nth
              FROM typed WHERE {value} IS NOT NULL WINDOW same AS (PARTITION BY group_key, {value}))
            WHERE nth > 1"""  # noqa: S608
    )


def _check_heads(connection: duckdb.DuckDBPyConnection, column: str) -> None:
    name = text(column)
    connection.execute(
        f"""INSERT INTO faults
            SELECT min(row_no), group_key, {name}, NULL, 'no_head', '' FROM typed
            GROUP BY group_key HAVING count(*) FILTER (f_relation = 'head') = 0
              AND count(*) = count(f_relation) AND count(*) = count(name)
            UNION ALL
            SELECT row_no, group_key, {name}, 'head', 'two_heads', first_row FROM (
              SELECT row_no, group_key, CAST(min(row_no) OVER home AS VARCHAR) AS first_row,
                     row_number() OVER (home ORDER BY row_no) AS nth
              FROM typed WHERE f_relation = 'head' WINDOW home AS (PARTITION BY group_key))
            WHERE nth > 1"""  # noqa: S608
    )


def _differing(connection: duckdb.DuckDBPyConnection, columns: list[str]) -> list[str]:
    """Return the columns in which the rows of some household do not say the same."""
    ends = ", ".join(
        f"min(coalesce({quoted(column)}, '')) AS least_{no}, max(coalesce({quoted(column)}, '')) AS most_{no}"
        for no, column in enumerate(columns)
    )
    differ = (f"least_{no} <> most_{no}" for no in range(len(columns)))
    return true_somewhere(connection, columns, differ, f"(SELECT {ends} FROM typed GROUP BY group_key)")  # noqa: S608


def _find_differing(connection: duckdb.DuckDBPyConnection, column: str) -> None:
    """Note rows that answer for the household otherwise than its first row does."""
    cell = quoted(column)
    connection.execute(
        f"""INSERT INTO faults
            SELECT row_no, group_key, {text(column)}, {cell}, 'answers_differ', CAST(first_row AS VARCHAR)
            FROM (
              SELECT row_no, group_key, {cell}, first_value({cell}) OVER household AS said,
                     min(row_no) OVER household AS first_row
              FROM typed WHERE group_key IN (
                SELECT group_key FROM typed GROUP BY 1 HAVING count(DISTINCT coalesce({cell}, '')) > 1)
              WINDOW household AS (PARTITION BY group_key ORDER BY row_no))
            WHERE {cell} IS DISTINCT FROM said"""  # noqa: S608
    )
