"""Names and cells in SQL, and the table ``given`` with what may go wrong while it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, TypeVar

from saiban.intake.reasons import FileRefused
from saiban.intake.room import is_no_room

if TYPE_CHECKING:
    import duckdb

Item = TypeVar("Item")
LONGEST_CELL = 32_767  # what a cell of a spreadsheet holds: a longer one could not be sent back for mending
BLANKS = " \t\r\n\u00a0\ufeff\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
BLANKS += "\u200b\u2028\u2029\u202f\u205f\u3000"


def quoted(name: str) -> str:
    """Quote the name of a column."""
    return '"' + name.replace('"', '""') + '"'


def true_somewhere(
    connection: duckdb.DuckDBPyConnection, items: Sequence[Item], conditions: Iterable[str], relation: str
) -> list[Item]:
    """Return the items whose condition is true of some row: one walk over all, where most come to nothing."""
    if not items:
        return []
    anywhere = ", ".join(f"coalesce(bool_or({condition}), false)" for condition in conditions)
    found = connection.execute(f"SELECT {anywhere} FROM {relation}").fetchone() or ()  # noqa: S608 our own
    return list(compress(items, found))


def trimmed(column: str) -> str:
    """The cell as text without blanks of any kind around it; null where nothing stands.

    Most cells begin and end with a visible character of ASCII: to look at both is quicker than to look for
    blanks.
    """
    cell = f"CAST({quoted(column)} AS VARCHAR)"
    is_bare = f"ascii({cell}) BETWEEN 33 AND 126 AND ascii(right({cell}, 1)) BETWEEN 33 AND 126"
    return f"CASE WHEN {is_bare} THEN {cell} ELSE nullif(trim({cell}, '{BLANKS}'), '') END"


def make(connection: duckdb.DuckDBPyConnection, query: str, name: str, named: str) -> int:
    """Make ``given`` and return its rows. Raises: FileRefused; a lack of room is not the file's fault and
    stays what it is.
    """
    import duckdb

    try:
        connection.execute(f"CREATE TABLE given AS {query}")
    except duckdb.Error as error:
        if is_no_room(error):
            raise
        raise _refused(error, name, named) from None
    columns = [column for column in columns_of(connection, "given") if column != "row_no"]
    _check_cells(connection, columns, name)
    counted = connection.execute("SELECT count(*) FROM given").fetchone()
    return int(counted[0]) if counted else 0


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The names of a table's columns."""
    return [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]


def _check_cells(connection: duckdb.DuckDBPyConnection, columns: Iterable[str], name: str) -> None:
    """Refuse a cell that is longer than any answer, or that holds a NUL byte, which no database keeps."""
    for column in columns:
        cell = quoted(column)
        found = connection.execute(
            f"""SELECT min(row_no) FILTER (length({cell}) > {LONGEST_CELL}),
                       min(row_no) FILTER (contains({cell}, chr(0))) FROM given"""  # noqa: S608
        ).fetchone()
        for row_no, code in zip(found or (), ("cell_too_long", "nul_byte"), strict=False):
            if row_no is not None:
                raise FileRefused(code, f"{name}, row {row_no}, column {column}", limit=f"{LONGEST_CELL:,}")


def _refused(error: Exception, name: str, named: str) -> FileRefused:
    """Read row and kind of fault out of DuckDB's words."""
    said = str(error)
    counts = re.search(r"Line: (\d+).*?Expected Number of Columns: (\d+) Found: (\d+)", said, re.DOTALL)
    if counts:
        return FileRefused("ragged", f"{name}, row {counts[1]}", expected=counts[2], found=counts[3])
    line = re.search(r"CSV Error on Line: (\d+)", said)
    place = f"{name}, row {line[1]}" if line else name
    if "Maximum line size" in said:
        return FileRefused("line_too_long", place, limit="4 MB")
    if "unterminated quote" in said:
        return FileRefused("quotes", place)
    return FileRefused("broken", place, named=named)
