"""What is noted of a file that is taken: answers that are unlikely, but may be true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from saiban.intake.cells import latin, value_name
from saiban.intake.mapping import Mapping
from saiban.intake.reading.sql import columns_of, quoted

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 5
TAKEN = "typed ANTI JOIN refused USING (group_key)"


def notes_on(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> list[dict[str, Any]]:
    """Note what stands in the households of ``typed`` that are not ``refused``; see ``reasons.OF_NOTES``."""
    return list(_notes(connection, mapping))


def _notes(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> Iterator[dict[str, Any]]:
    known = {fact.field for fact in mapping.member_facts}
    if {"relation", "birth_date"} <= known:
        yield from _noted(connection, "child_before_head", CHILD_BEFORE_HEAD)
    if age := _age_column(connection, mapping):
        yield from _noted(connection, "age_not_as_born", AGE_NOT_AS_BORN.format(age=latin(age), taken=TAKEN))
    for kind in sorted({"cnic", "bform"} & known):
        query = IN_TWO_HOUSEHOLDS.format(number=value_name(kind), taken=TAKEN)
        yield from _noted(connection, "in_two_households", query)


# a stepchild may be older than the second spouse of its parent
CHILD_BEFORE_HEAD = f"""
SELECT group_key AS thing, row_no FROM (
  SELECT row_no, group_key, f_relation, f_birth_date,
         min(f_birth_date) FILTER (f_relation = 'head') OVER (PARTITION BY group_key) AS head_born
  FROM {TAKEN})
WHERE f_relation = 'child' AND f_birth_date < head_born
"""  # noqa: S608
# people round their age, and few know the day: one year more or less says nothing
AGE_NOT_AS_BORN = """
SELECT row_no AS thing, row_no FROM {taken}
WHERE abs(TRY_CAST({age} AS INTEGER) - date_sub('year', f_birth_date, observed_on)) > 1
"""
# somebody moved or married between two visits: whose member the person is, the registry asks
IN_TWO_HOUSEHOLDS = """
SELECT {number} AS thing, row_no FROM {taken}
WHERE {number} IN (
  SELECT {number} FROM {taken} WHERE {number} IS NOT NULL GROUP BY 1 HAVING count(DISTINCT group_key) > 1)
"""


def _age_column(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> str:
    """The column of ages that were written down, where this file has it, for SQL; else ""."""
    age = mapping.members.age if mapping.members else ""
    return quoted(age) if age and age in columns_of(connection, "typed") else ""


def _noted(connection: duckdb.DuckDBPyConnection, code: str, query: str) -> Iterator[dict[str, Any]]:
    found = connection.execute(
        f"""SELECT count(DISTINCT thing), array_to_string(list(row_no ORDER BY row_no)[:{MOST_ROWS}], ', ')
            FROM ({query})"""  # noqa: S608
    ).fetchone()
    count, rows = found or (0, "")
    if count:
        yield {"code": code, "details": {"count": count, "rows": rows}}
