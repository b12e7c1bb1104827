"""Parquet: DuckDB reads it as it is; every cell becomes text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from saiban.calc.quoting import text
from saiban.intake.mapping import Mapping
from saiban.intake.reading.headings import wanted_columns, whole_heading
from saiban.intake.reading.sql import make, quoted, trimmed
from saiban.intake.reasons import FileRefused

if TYPE_CHECKING:
    import duckdb


def read_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping
) -> tuple[int, list[str]]:
    """Make ``given``; return its rows and the heading. Raises: FileRefused."""
    import duckdb

    source = f"read_parquet({text(str(path))}, file_row_number = true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608
    except duckdb.Error:
        raise FileRefused("broken", name, named="Parquet") from None
    heading = whole_heading([row[0] for row in described if row[0] != "file_row_number"], name)
    wanted = wanted_columns(heading, mapping, name)
    cells = ", ".join(f"{trimmed(column)} AS {quoted(column)}" for column in wanted)
    query = f"SELECT file_row_number + 2 AS row_no, {cells} FROM {source}"  # noqa: S608
    return make(connection, query, name, "Parquet"), heading
