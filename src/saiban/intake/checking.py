"""Which rows of ``given`` are taken: the tables ``typed`` and ``faults``, and the households that are
whole.

The household is the unit of acceptance: a fault in one row rejects all rows of its household. A feed has
no households; there each row stands for itself.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from saiban.calc.quoting import text
from saiban.core.numbers import PARSERS
from saiban.data.errors import BadInput
from saiban.intake import cells, lists, members
from saiban.intake.cells import Cell, Test, cell_of, parsed_name
from saiban.intake.mapping import Fact, Mapping
from saiban.intake.noting import notes_on
from saiban.intake.reading.sql import quoted, true_somewhere
from saiban.intake.reasons import FileRefused

if TYPE_CHECKING:
    import duckdb

MONTH = re.compile(r"(?<!\d)(20\d{2})-(0[1-9]|1[0-2])(?!\d)")
LONGEST_NAME = 80


@dataclass(frozen=True)
class AreaRow:
    """An area as the check needs it: ``covered`` by the agreement."""

    code: str
    level: str
    path: str
    covered: bool


@dataclass(frozen=True)
class Checked:
    """What the check found."""

    rows: int
    left_out: int
    rejected: int
    notes: list[dict[str, Any]] = field(default_factory=list)


def check(
    connection: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    *,
    file_name: str,
    areas: list[AreaRow],
    agreed_area: str,
    today: date,
    scheme: str = "",
) -> Checked:
    """Find every fault of ``given`` and mark what is taken; ``scheme`` is that of a list of beneficiaries.

    Out: ``typed`` (row_no, group_key, name, observed_on, area, line, the cells by column and the values
        as ``f_<field>``,
         of all rows that ``only`` leaves),
         ``faults`` (row_no, group_key, field, value, reason, expected), ``refused`` (group_key).
    Raises: FileRefused where no row is of those that the source takes, the file's name lacks its month, or
        rows of a list are of another scheme.
    """
    _register(connection, areas)
    rows = _count(connection, "given")
    left_out = _leave_out(connection, mapping, file_name)
    _type(connection, mapping, file_name, today)
    if mapping.is_list:
        lists.check_scheme_of_rows(connection, file_name, scheme)
    _find_faults(connection, mapping, agreed_area, today)
    connection.execute("CREATE TABLE refused AS SELECT DISTINCT group_key FROM faults")
    rejected = _count(connection, "typed SEMI JOIN refused USING (group_key)")
    _name_the_innocent(connection)
    return Checked(rows, left_out, rejected, notes_on(connection, mapping))


def _count(connection: duckdb.DuckDBPyConnection, what: str) -> int:
    counted = connection.execute(f"SELECT count(*) FROM {what}").fetchone()  # noqa: S608
    return int(counted[0]) if counted else 0


def _register(connection: duckdb.DuckDBPyConnection, areas: list[AreaRow]) -> None:
    """Hand over the areas and the parsers of numbers."""
    from duckdb.func import FunctionNullHandling

    connection.execute("CREATE TABLE areas (code VARCHAR, level VARCHAR, path VARCHAR, covered BOOLEAN)")
    rows = ", ".join(f"('{area.code}', '{area.level}', '{area.path}', {area.covered})" for area in areas)
    connection.execute(f"INSERT INTO areas VALUES {rows}")  # noqa: S608 our own codes
    for kind in PARSERS:
        connection.create_function(
            f"parse_{kind}", _reader(kind), ["VARCHAR"], "VARCHAR", null_handling=FunctionNullHandling.SPECIAL
        )


def _reader(kind: str):  # type: ignore[no-untyped-def]  # DuckDB reads the annotations of what it is given
    parse = PARSERS[kind]

    @lru_cache(maxsize=50_000)
    def parsed(text):  # type: ignore[no-untyped-def]
        if text is None:
            return None
        try:
            return parse(text)
        except BadInput:
            return None

    return parsed


def _leave_out(connection: duckdb.DuckDBPyConnection, mapping: Mapping, file_name: str) -> int:
    if mapping.only is None:
        return 0
    column, before = quoted(mapping.only.column), _count(connection, "given")
    connection.execute(f"DELETE FROM given WHERE {column} IS DISTINCT FROM ?", [mapping.only.value])  # noqa: S608
    left = _count(connection, "given")
    if not left:
        raise FileRefused("none_of_these", file_name, column=mapping.only.column, value=mapping.only.value)
    return before - left


# --- the typed table


def _type(connection: duckdb.DuckDBPyConnection, mapping: Mapping, file_name: str, today: date) -> None:
    name = quoted(mapping.subject.column)
    parsed = f"parse_{mapping.subject.namespace}({name})" if mapping.subject.is_number else name
    # a row without a name, and each row of a feed, is a unit by itself
    group_key = f"coalesce({name}, '#' || row_no)" if mapping.subject.kind == "household" else "'#' || row_no"
    line = quoted(mapping.members.line) if mapping.members else "NULL"
    numbers = "".join(
        f", parse_{fact.field}({quoted(fact.columns[0])}) AS {parsed_name(fact.field)}"
        for fact in numbers_of(mapping)
    )
    dated = f"""SELECT *, {group_key} AS group_key, {parsed} AS name, {_area(mapping)} AS area{numbers},
                       {_observed_on(mapping, file_name, today)} AS observed_on,
                       TRY_CAST({cells.latin(line)} AS INTEGER) AS line FROM given"""  # noqa: S608
    facts = ", ".join(f"{cell.value} AS {cells.value_name(cell.field)}" for cell in all_cells(mapping))
    connection.execute(f"CREATE TABLE typed AS SELECT *, {facts} FROM ({dated})")  # noqa: S608
    connection.execute("DROP TABLE given")


def all_cells(mapping: Mapping) -> list[Cell]:
    """The SQL of all facts, of the subject and of the members."""
    return [cell_of(fact) for fact in (*mapping.facts, *mapping.member_facts)]


def numbers_of(mapping: Mapping) -> list[Fact]:
    """Facts that are numbers which somebody issued."""
    return [fact for fact in (*mapping.facts, *mapping.member_facts) if fact.field in PARSERS]


def _area(mapping: Mapping) -> str:
    if mapping.area is None:
        return "NULL"
    return f"upper({quoted(mapping.area.column)})" if mapping.area.column else f"'{mapping.area.code}'"


def _observed_on(mapping: Mapping, file_name: str, today: date) -> str:
    how = mapping.observed_on
    if how.day:
        return f"DATE '{how.day}'"
    if how.month_in_file_name:
        return f"DATE '{month_in_name(file_name, today, source=mapping.source)}'"
    if how.last_day_of_month:
        return f"last_day(TRY_CAST({cells.latin(quoted(str(how.column)))} || '-01' AS DATE))"
    return cells.day_value(quoted(str(how.column)))


def month_in_name(file_name: str, today: date, *, source: str = "vehicles") -> date:
    """Return the last day of the month in a file's name. Raises: FileRefused.

    >>> month_in_name("vehicles-2026-10.csv", date(2026, 11, 23))
    datetime.date(2026, 10, 31)
    """
    found = MONTH.search(file_name)
    if not found:
        raise FileRefused("no_month", file_name, example=f"{source}-2026-10.csv")
    year, month = int(found[1]), int(found[2])
    last = date(year, month, calendar.monthrange(year, month)[1])
    if last > today:
        raise FileRefused("month_in_future", file_name, expected=today.strftime("%Y-%m"))
    return last


# --- faults


def _find_faults(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, agreed_area: str, today: date
) -> None:
    connection.execute(
        """CREATE TABLE faults
           (row_no BIGINT, group_key VARCHAR, field VARCHAR, value VARCHAR, reason VARCHAR,
            expected VARCHAR)"""
    )
    all_tests = list(_tests(mapping, agreed_area, today))
    wrong = (" OR ".join(f"({test.wrong})" for test in tests) for _column, tests in all_tests)
    for column, tests in true_somewhere(connection, all_tests, wrong, "typed"):
        _apply(connection, column, tests)
    for column in mapping.unique:
        _find_repeated(connection, column)
    if mapping.members:
        members.check_members(connection, mapping)


def _tests(mapping: Mapping, agreed_area: str, today: date) -> Iterator[tuple[str, tuple[Test, ...]]]:
    """Every column with its tests."""
    yield mapping.subject.column, _tests_of_name(mapping)
    if mapping.observed_on.column:
        yield mapping.observed_on.column, _tests_of_day(mapping, today)
    if mapping.area and mapping.area.column:
        yield mapping.area.column, _tests_of_area(mapping, agreed_area)
    if mapping.members:
        line = quoted(mapping.members.line)
        yield (
            mapping.members.line,
            (
                Test(f"{line} IS NULL", "missing"),
                Test(f"line IS NULL AND {line} IS NOT NULL", "not_whole"),
                Test("coalesce(line NOT BETWEEN 1 AND 99, false)", "out_of_range", "'1–99'"),
            ),
        )
    for cell in all_cells(mapping):
        yield cell.column, cell.tests
    if mapping.is_list:
        yield from lists.tests_of(mapping, today)


def _tests_of_name(mapping: Mapping) -> tuple[Test, ...]:
    column = quoted(mapping.subject.column)
    missing = Test(f"{column} IS NULL", "missing")
    if mapping.subject.is_number:
        return missing, Test(f"{column} IS NOT NULL AND name IS NULL", f"not_{mapping.subject.namespace}")
    return missing, Test(
        f"coalesce(length({column}) > {LONGEST_NAME}, false)", "too_long", f"'{LONGEST_NAME}'"
    )


def _tests_of_day(mapping: Mapping, today: date) -> tuple[Test, ...]:
    column = quoted(str(mapping.observed_on.column))
    if mapping.observed_on.last_day_of_month:
        is_month = cells.is_like(cells.latin(column), "20[0-9]{2}-(0[1-9]|1[0-2])")
        by_itself: tuple[Test, ...] = (
            Test(
                f"{column} IS NOT NULL AND NOT {is_month}",
                "not_a_month",
            ),
        )
    else:
        by_itself = cells.day_tests(column, "observed_on")
    early = Test("coalesce(observed_on < DATE '2000-01-01', false)", "too_long_ago", "'2000-01-01'")
    late = Test(f"coalesce(observed_on > DATE '{today}', false)", "in_future", f"'{today}'")
    return Test(f"{column} IS NULL", "missing"), *by_itself, early, late


def _tests_of_area(mapping: Mapping, agreed_area: str) -> tuple[Test, ...]:
    area = mapping.area
    column = quoted(str(area.column)) if area else ""
    level = area.level if area else ""
    known = f"area IN (SELECT code FROM areas WHERE level = '{level}')"  # noqa: S608 levels are ours
    tests = [
        Test(f"{column} IS NULL", "missing"),
        Test(
            f"area IS NOT NULL AND NOT ({known})",
            "unknown_area",
            f"(SELECT min(code) FROM areas WHERE level = '{level}')",  # noqa: S608
        ),
        Test(
            f"{known} AND area IN (SELECT code FROM areas WHERE NOT covered)",  # noqa: S608
            "not_agreed_area",
            f"'{agreed_area}'",
        ),
    ]
    if area and area.within:
        larger = f"upper({quoted(area.within.column)})"
        above = "(SELECT string_split(path, '.') FROM areas a WHERE a.code = area)"
        lies = f"list_contains({above}, coalesce({larger}, ''))"
        tests.append(
            Test(f"{known} AND NOT coalesce({lies}, false)", "area_outside", f"coalesce({larger}, '')")
        )
    return tuple(tests)


def _apply(connection: duckdb.DuckDBPyConnection, column: str, tests: tuple[Test, ...]) -> None:
    """Note the first test that each cell of a column fails."""
    reasons = " ".join(f"WHEN {test.wrong} THEN '{test.reason}'" for test in tests)
    expected = " ".join(f"WHEN '{test.reason}' THEN {test.expected}" for test in tests)
    connection.execute(
        f"""INSERT INTO faults
            SELECT row_no, group_key, {text(column)}, {quoted(column)}, reason, CASE reason {expected} END
            FROM (SELECT *, CASE {reasons} END AS reason FROM typed) WHERE reason IS NOT NULL"""  # noqa: S608
    )


def _find_repeated(connection: duckdb.DuckDBPyConnection, column: str) -> None:
    cell = quoted(column)
    connection.execute(
        f"""INSERT INTO faults
            SELECT row_no, group_key, {text(column)}, {cell}, 'repeated_in_file',
                   array_to_string(rows[:5], ', ')
            FROM typed JOIN (
              SELECT {cell}, list(row_no ORDER BY row_no) AS rows FROM typed WHERE {cell} IS NOT NULL
              GROUP BY 1 HAVING count(*) > 1) repeated USING ({cell})"""  # noqa: S608
    )


def _name_the_innocent(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows without a fault of their own fall with their household: say because of which row."""
    connection.execute(
        """INSERT INTO faults
           SELECT t.row_no, t.group_key, '', NULL, 'household_rejected', CAST(f.first_row AS VARCHAR)
           FROM typed t JOIN (SELECT group_key, min(row_no) AS first_row FROM faults GROUP BY 1) f
             USING (group_key)
           WHERE t.row_no NOT IN (SELECT row_no FROM faults)"""
    )
