"""The engine of analysis: DuckDB in this process, and plain files in and out of it; or Spark, where it is
asked for (``chosen``). Files are read, checked and written by DuckDB either way.

CSV and spreadsheets are read as text, every column: a number with a leading zero stays what it was, and types
are given by the field dictionary (``calc/typed.py``), not guessed from the first rows.
"""

import gzip
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from saiban.calc.quoting import text
from saiban.data.errors import BadInput

if TYPE_CHECKING:
    import ibis.backends.duckdb
    import ibis.expr.types as ir

READABLE = (".csv", ".csv.gz", ".parquet", ".xlsx", ".xlsx.gz")
WRITABLE = (".csv", ".csv.gz", ".parquet", ".xlsx")
SHEET_ROWS = 1_048_575  # rows of a sheet below its heading
DUCKDB, SPARK = "duckdb", "spark"
HERE = "local[*]"  # Spark on all cores of this machine


def connect(
    *, threads: int | None = None, memory: str = "2GB", spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB in memory that reads and writes in no particular order, so that it need not hold a file
    whole.

    ``memory`` bounds what it keeps before it spills to ``spill`` (default: DuckDB's own temporary folder).
    """
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads or os.cpu_count() or 1}")
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute("SET preserve_insertion_order = false")
    if spill is not None:
        connection.execute("SET temp_directory = ?", [str(spill)])
    return connection


def over(connection: duckdb.DuckDBPyConnection) -> "ibis.backends.duckdb.Backend":
    """Ibis over a connection, for expressions on its tables and views."""
    import ibis

    return ibis.duckdb.from_connection(connection)


def chosen(named: str | None = None) -> str | None:
    """Return the master of the Spark that expressions run on; None for DuckDB.

    ``named`` is ``duckdb``, ``spark`` (on this machine) or a master such as ``spark://host:7077`` or
    ``local[4]``; without it the environment's ``ENGINE`` says so, else it is DuckDB.

    Raises:  BadInput for another word.
    """
    place, word = ("--engine", named) if named else ("ENGINE", os.environ.get("ENGINE", ""))
    if word in ("", DUCKDB):
        return None
    if word == SPARK:
        return HERE
    if word.startswith(("spark://", "local[")):
        return word
    expected = "duckdb, spark, or a master of Spark such as spark://host:7077"
    raise BadInput(f"“{word}” is no engine.", place=place, expected=expected)


def ask(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    expression: "Callable[[ir.Table], ir.Table]",
    out: Path,
    *,
    spark: str | None,
    place: str,
    order_by: str = "",
) -> int:
    """Ask an expression of a relation, on the engine that was ``chosen``, and write its rows to a file.

    Both engines write the same rows in the same types. Returns the number of rows.
    Raises: BadInput as ``write`` does, for a relation over a file that breaks off (it is at ``place``), and
    for a Spark that is not there.
    """
    import ibis

    table = ibis.table(over(connection).table(relation).schema(), name=relation)
    query = str(ibis.to_sql(expression(table), dialect="duckdb"))
    order = f" ORDER BY {order_by}" if order_by else ""
    try:
        if spark is None:
            return write(connection, query + order, out)
        return _asked_of_spark(connection, relation, expression, query, order, out, spark)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise BadInput(
            f"the file cannot be read whole ({reason}).", place=place, expected="a whole file"
        ) from None


def _asked_of_spark(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    expression: "Callable[[ir.Table], ir.Table]",
    query: str,
    order: str,
    out: Path,
    master: str,
) -> int:
    """By way of Parquet in a temporary folder; columns come back in the types that DuckDB's answer has."""
    from saiban.calc import spark

    _refuse_place(out)
    with TemporaryDirectory(prefix="saiban-spark-") as folder:
        given, found = Path(folder) / "given.parquet", Path(folder) / "found"
        write(connection, _readable(connection, relation), given)
        spark.answer(expression, given, found, relation=relation, master=master)
        types = connection.execute(f"DESCRIBE {query}").fetchall()
        columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind, *_ in types)
        source = f"read_parquet('{found}/*.parquet')"
        return write(connection, f"SELECT {columns} FROM {source}{order}", out)  # noqa: S608 our own names


def _readable(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """SQL of the rows as Spark can read them: it knows no UUID, whose text sorts alike."""
    types = connection.execute(f'DESCRIBE "{relation}"').fetchall()
    columns = (
        f'CAST("{name}" AS VARCHAR) AS "{name}"' if kind == "UUID" else f'"{name}"'
        for name, kind, *_ in types
    )
    return f'SELECT {", ".join(columns)} FROM "{relation}"'  # noqa: S608 our own names


def read(connection: duckdb.DuckDBPyConnection, path: Path, *, name: str) -> None:
    """Make a view ``name`` over a file: CSV (UTF-8, comma), Parquet or XLSX, the first and last also gzipped;
    or over the folder of a table of the lake.

    Raises:  BadInput for a file that is absent, empty, of another kind than its name says, or not UTF-8.
    """
    if path.is_dir():
        _read_table(connection, path, name)
        return
    kind = _kind(path, READABLE)
    if not path.is_file():
        raise BadInput("there is no such file.", place=str(path), expected="a file that can be read")
    if path.stat().st_size == 0:
        raise BadInput("the file is empty.", place=str(path), expected="a heading and at least one row")
    try:
        _read_as(connection, path, kind, name)
    except (duckdb.Error, OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(
            f"the file cannot be read as {kind.removeprefix('.')} ({reason}).",
            place=str(path),
            expected="a file that is what its name says",
        ) from error


def _read_table(connection: duckdb.DuckDBPyConnection, folder: Path, name: str) -> None:
    from saiban.calc import delta

    expected = "a file, or the folder of a table of the lake"
    if not delta.is_table(folder):
        raise BadInput("it is a folder without a table in it.", place=str(folder), expected=expected)
    try:
        delta.read(connection, folder, name=name)
    except (duckdb.Error, OSError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(
            f"the table cannot be read ({reason}).", place=str(folder), expected=expected
        ) from error


def _read_as(connection: duckdb.DuckDBPyConnection, path: Path, kind: str, name: str) -> None:
    if kind.startswith(".xlsx"):
        connection.register(name, _sheet(path, is_zipped=kind.endswith(".gz")))
        return
    quoted = text(str(path))
    if kind == ".parquet":
        source = f"read_parquet({quoted})"
    else:
        source = f"read_csv({quoted}, header = true, all_varchar = true, delim = ',', quote = '\"')"
    connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {source}')  # noqa: S608 our own names, path quoted


def _kind(path: Path, known: tuple[str, ...]) -> str:
    found = [suffix for suffix in known if path.name.lower().endswith(suffix)]
    if not found:
        raise BadInput(
            "the kind of file is not known.", place=str(path), expected=f"a name ending in {', '.join(known)}"
        )
    return found[-1]


def _sheet(path: Path, *, is_zipped: bool) -> pa.Table:
    """The first sheet as text."""
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    stream: IO[bytes] = io.BytesIO(gzip.decompress(path.read_bytes())) if is_zipped else path.open("rb")
    try:
        sheet = openpyxl.load_workbook(stream, read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        heading = [str(cell) for cell in next(rows, ()) if cell is not None]
        columns = list(zip(*_text_rows(rows, len(heading)), strict=True)) or [()] * len(heading)
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise OSError(f"not a spreadsheet: {error}") from error
    finally:
        stream.close()
    return pa.table(
        {title: pa.array(column, pa.string()) for title, column in zip(heading, columns, strict=True)}
    )


def _text_rows(rows: Iterator[tuple[Any, ...]], width: int) -> Iterator[list[str | None]]:
    for row in rows:
        if any(cell is not None for cell in row):
            yield [_text(cell) for cell in (*row[:width], *[None] * (width - len(row)))]


def _text(cell: object) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write the rows of a query to a file by the ending of its name; the number of rows comes back.

    The file appears whole or not at all. Raises: BadInput for an unknown ending, an absent folder, too many
    rows for a sheet.
    """
    kind = _refuse_place(path)
    part = path.with_name(f".{path.name}.part")
    try:
        rows = _write_as(connection, query, part, kind)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return rows


def _refuse_place(path: Path) -> str:
    """The kind of the file to be written; refused before any work where it cannot be."""
    kind = _kind(path, WRITABLE)
    if not path.parent.is_dir():
        raise BadInput("there is no such folder.", place=str(path.parent), expected="a folder that exists")
    return kind


def _write_as(connection: duckdb.DuckDBPyConnection, query: str, part: Path, kind: str) -> int:
    if kind == ".xlsx":
        return _write_sheet(connection, query, part)
    options = "FORMAT parquet, COMPRESSION zstd" if kind == ".parquet" else "FORMAT csv, HEADER"
    if kind == ".csv.gz":
        options += ", COMPRESSION gzip"
    written = connection.execute(f"COPY ({query}) TO {text(str(part))} ({options})").fetchone()
    return int(written[0]) if written else 0


def _write_sheet(connection: duckdb.DuckDBPyConnection, query: str, part: Path) -> int:
    import xlsxwriter

    result = connection.execute(query)
    titles = [column[0] for column in result.description or ()]
    book = xlsxwriter.Workbook(str(part), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, titles)
    rows = 0
    while batch := result.fetchmany(10_000):
        for row in batch:
            rows += 1
            if rows > SHEET_ROWS:
                raise BadInput(
                    "more rows than a sheet holds.", place=part.name, expected="a .csv or .parquet file"
                )
            sheet.write_row(rows, 0, row)
    book.close()
    return rows
