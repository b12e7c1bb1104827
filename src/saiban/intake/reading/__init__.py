"""A delivered file becomes the table ``given`` of a DuckDB: every cell as trimmed text, each row with its
number.

Before that the file has to be what its name says, whole, in UTF-8, with the columns that the mapping
names. Rows are numbered as a spreadsheet counts them: the heading is row 1.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saiban.intake.mapping import Mapping
from saiban.intake.reading.headings import MENDING, strange_columns
from saiban.intake.reading.kinds import check_beginning, ending_of
from saiban.intake.reading.sql import quoted
from saiban.intake.reading.unpacking import unpacked
from saiban.intake.reasons import FileRefused

if TYPE_CHECKING:
    import duckdb

__all__ = ["MENDING", "Read", "ending_of", "free", "quoted", "read"]
MOST_NAMED = 20


@dataclass(frozen=True)
class Read:
    """How many rows a file has, and what is to be noted of it (see ``reasons.OF_NOTES``)."""

    rows: int
    notes: list[dict[str, Any]] = field(default_factory=list)


def read(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping, *, folder: Path
) -> Read:
    """Make the table ``given`` (row_no and the mapping's columns).

    ``folder`` takes what has to be unpacked on the way; the caller deletes it. Raises: FileRefused.
    """
    ending = ending_of(name)
    if path.stat().st_size == 0:
        raise FileRefused("empty", name)
    if ending.endswith(".gz"):
        path, ending = unpacked(path, name, folder), ending.removesuffix(".gz")
    check_beginning(path, name, ending)
    rows, heading, notes = _read(connection, path, name, mapping, folder, ending)
    if not rows:
        raise FileRefused("no_rows", name)
    strangers = strange_columns(heading, mapping)
    if strangers:
        shown = [column[:60] for column in strangers[:MOST_NAMED]]
        columns = ", ".join(shown) + (" …" if len(strangers) > MOST_NAMED else "")
        notes = [*notes, {"code": "strange_columns", "details": {"columns": columns}}]
    return Read(rows, notes)


def _read(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    mapping: Mapping,
    folder: Path,
    ending: str,
) -> tuple[int, list[str], list[dict[str, Any]]]:
    if ending == ".xlsx":
        from saiban.intake.reading.books import read_book

        return read_book(connection, path, name, mapping, folder)
    if ending == ".parquet":
        from saiban.intake.reading.parquets import read_parquet

        return *read_parquet(connection, path, name, mapping), []
    from saiban.intake.reading.texts import read_csv

    return *read_csv(connection, path, name, mapping, folder), []


def free(folder: Path) -> None:
    """Delete the folder of what was unpacked."""
    shutil.rmtree(folder, ignore_errors=True)
