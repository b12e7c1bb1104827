"""Tables of the Delta format, as the lake holds them: which files a version is made of, for DuckDB to read.

Only read here; the lake is written by ``core.lake.store``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from saiban.calc.quoting import text

if TYPE_CHECKING:
    import duckdb
    from deltalake import DeltaTable

PLAIN = 1  # version of readers that take files as they are: no rows to leave out, no renamed columns


def is_table(folder: Path) -> bool:
    """Say whether a table of the Delta format lies in a folder."""
    from deltalake import DeltaTable

    return DeltaTable.is_deltatable(str(folder))


def read(connection: duckdb.DuckDBPyConnection, folder: Path, *, name: str) -> None:
    """Make a view ``name`` over the newest version of a table; columns that it is divided by are text.

    The files are those of one commit: a later write does not touch them. Raises: OSError for a table that
    cannot be read, or that asks its readers for more than to take its files as they are.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        table = DeltaTable(folder)
        if table.protocol().min_reader_version > PLAIN:
            raise OSError(f"it takes readers of version {table.protocol().min_reader_version}")
        _over_files(connection, folder, table, name)
    except DeltaError as error:
        raise OSError(str(error)) from error


def _over_files(connection: duckdb.DuckDBPyConnection, folder: Path, table: DeltaTable, name: str) -> None:
    import pyarrow as pa

    if files := pa.table(table.get_add_actions()).column("path").to_pylist():
        listed = ", ".join(text(str(folder / unquote(path))) for path in files)
        divided = ", ".join(f"{text(each)}: VARCHAR" for each in table.metadata().partition_columns)
        by = f", hive_partitioning = true, hive_types = {{{divided}}}" if divided else ""
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{listed}]{by})')  # noqa: S608 quoted
    else:
        connection.register(name, pa.schema(table.schema().to_arrow()).empty_table())
