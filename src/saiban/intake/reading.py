"""A delivered file becomes the table ``given`` of a DuckDB: every cell as trimmed text, each row with its
number.

Before that the file has to be what its name says, whole, in UTF-8, with the columns that the mapping
names. Rows are numbered as a spreadsheet counts them: the heading is row 1.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import gzip
import shutil
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saiban.intake.mapping import Mapping
from saiban.intake.reasons import FileRefused

if TYPE_CHECKING:
    import duckdb

ENDINGS = (".csv", ".csv.gz", ".parquet", ".parquet.gz", ".xlsx", ".xlsx.gz")
NAMED = {".csv": "CSV", ".parquet": "Parquet", ".xlsx": "XLSX"}
BEGINNINGS = {
    b"PAR1": "Parquet",
    b"PK\x03\x04": "XLSX",
    b"\x1f\x8b": "gzip",
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}
BLOCK = 1 << 20
MOST_UNPACKED = 20 * 1 << 30  # bytes: a small archive must not fill the disk
DELIMITERS = ",;\t|"
MENDING = (
    "row",
    "field",
    "reason",
    "expected",
)  # columns of the sheet of rejected rows, ignored when it comes back


def ending_of(name: str) -> str:
    """Return the kind of file that a name promises, with ``.gz`` if it is packed. Raises: FileRefused."""
    found = [ending for ending in ENDINGS if name.lower().endswith(ending)]
    if not found:
        raise FileRefused("unknown_kind", name, endings=", ".join(ENDINGS))
    return max(found, key=len)


def read(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping, *, folder: Path
) -> int:
    """Make the table ``given`` (row_no and the mapping's columns) and return how many rows the file has.

    ``folder`` takes what has to be unpacked on the way; the caller deletes it. Raises: FileRefused.
    """
    ending = ending_of(name)
    if path.stat().st_size == 0:
        raise FileRefused("empty", name)
    if ending.endswith(".gz"):
        path, ending = _unpacked(path, name, folder), ending.removesuffix(".gz")
    _check_beginning(path, name, ending)
    reader = {".csv": _read_csv, ".parquet": _read_parquet, ".xlsx": _read_sheet}[ending]
    rows = reader(connection, path, name, mapping, folder)
    if not rows:
        raise FileRefused("no_rows", name)
    return rows


def _unpacked(path: Path, name: str, folder: Path) -> Path:
    unpacked, size = folder / "unpacked", 0
    try:
        with gzip.open(path) as packed, unpacked.open("wb") as out:
            while block := packed.read(BLOCK):
                size += len(block)
                if size > MOST_UNPACKED:
                    raise FileRefused("too_big", name, limit=f"{MOST_UNPACKED >> 30} GB")
                out.write(block)
    except gzip.BadGzipFile:
        raise FileRefused("other_kind", name, found=_beginning(path) or "?", named="gzip") from None
    except (EOFError, zlib.error):
        raise FileRefused("broken", name, named="gzip") from None
    if size == 0:
        raise FileRefused("empty", name)
    return unpacked


def _beginning(path: Path) -> str:
    """Say what a file begins like: nothing where it is plain text."""
    with path.open("rb") as file:
        start = file.read(512)
    known = [kind for mark, kind in BEGINNINGS.items() if start.startswith(mark)]
    if known:
        return known[0]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return "HTML"
    return "a binary file" if b"\0" in start else ""


def _check_beginning(path: Path, name: str, ending: str) -> None:
    found, named = _beginning(path), NAMED[ending]
    if found == "UTF-16" and ending == ".csv":
        raise FileRefused("encoding", f"{name}, row 1")
    if found != ("" if ending == ".csv" else named):
        raise FileRefused("other_kind", name, found=found or "text", named=named)


# --- CSV


def _read_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping, folder: Path
) -> int:
    _check_encoding(path, name)
    delimiter, heading = _csv_heading(path, name)
    wanted = wanted_columns(heading, mapping, name)
    types = ", ".join(f"{_text(f'c{place}')}: 'VARCHAR'" for place in range(len(heading)))
    source = (
        f"read_csv({_text(str(path))}, columns = {{{types}}}, header = true, auto_detect = false, "
        f"delim = {_text(delimiter)}, "
        f"quote = '\"', escape = '\"', max_line_size = 4194304)"
    )
    cells = ", ".join(f"{_trimmed(f'c{heading.index(column)}')} AS {quoted(column)}" for column in wanted)
    return _make(connection, f"SELECT row_number() OVER () + 1 AS row_no, {cells} FROM {source}", name, "CSV")  # noqa: S608


def _check_encoding(path: Path, name: str) -> None:
    """Read the whole file once as UTF-8; the first wrong byte is found with its row."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += bytes(error.object[: error.start]).count(b"\n")
                raise FileRefused("encoding", f"{name}, row {line}") from None
            if "\0" in text:
                raise FileRefused("other_kind", name, found="a binary file", named="CSV")
            if not block:
                return
            line += text.count("\n")


def _csv_heading(path: Path, name: str) -> tuple[str, list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        delimiter = max(DELIMITERS, key=first.count)
        file.seek(0)
        heading = [cell.strip() for cell in next(csv.reader(file, delimiter=delimiter), [])]
    _check_heading(heading, name)
    return delimiter, heading


def _check_heading(heading: Sequence[str], name: str) -> None:
    if not any(heading):
        raise FileRefused("empty", name)
    if "" in heading:
        raise FileRefused("heading_empty", f"{name}, row 1, column {heading.index('') + 1}")
    for column in heading:
        if heading.count(column) > 1:
            raise FileRefused("column_twice", f"{name}, row 1", column=column)


def wanted_columns(heading: Sequence[str], mapping: Mapping, name: str) -> tuple[str, ...]:
    """Return the mapping's columns. Raises: FileRefused for a missing one, with the nearest name of those
    not known.
    """
    known = {*mapping.columns, *mapping.not_taken, *MENDING}
    strangers = [column for column in heading if column not in known]
    for column in mapping.columns:
        if column not in heading:
            nearest = difflib.get_close_matches(column, strangers, n=1, cutoff=0.6)
            if nearest:
                raise FileRefused("column_renamed", f"{name}, row 1", column=column, nearest=nearest[0])
            raise FileRefused("column_missing", f"{name}, row 1", column=column)
    return mapping.columns


def _make(connection: duckdb.DuckDBPyConnection, query: str, name: str, named: str) -> int:
    import duckdb

    try:
        connection.execute(f"CREATE TABLE given AS {query}")
    except duckdb.Error as error:
        raise _refused(error, name, named) from None
    counted = connection.execute("SELECT count(*) FROM given").fetchone()
    return int(counted[0]) if counted else 0


def _refused(error: Exception, name: str, named: str) -> FileRefused:
    """Read the row out of DuckDB's words where a row has too few or too many cells."""
    import re

    text = str(error)
    counts = re.search(r"Line: (\d+).*?Expected Number of Columns: (\d+) Found: (\d+)", text, re.DOTALL)
    if counts:
        return FileRefused("ragged", f"{name}, row {counts[1]}", expected=counts[2], found=counts[3])
    line = re.search(r"CSV Error on Line: (\d+)", text)
    return FileRefused("broken", f"{name}, row {line[1]}" if line else name, named=named)


# --- Parquet


def _read_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping, folder: Path
) -> int:
    import duckdb

    source = f"read_parquet({_text(str(path))}, file_row_number = true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608
    except duckdb.Error:
        raise FileRefused("broken", name, named="Parquet") from None
    heading = [row[0] for row in described if row[0] != "file_row_number"]
    _check_heading(heading, name)
    wanted = wanted_columns(heading, mapping, name)
    cells = ", ".join(f"{_trimmed(column)} AS {quoted(column)}" for column in wanted)
    return _make(connection, f"SELECT file_row_number + 2 AS row_no, {cells} FROM {source}", name, "Parquet")  # noqa: S608


# --- XLSX: rows are written to a CSV of ours and read from there


def _read_sheet(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping, folder: Path
) -> int:
    plain = folder / "sheet.csv"
    rows = _sheet_rows(path, name)
    heading = [str(cell or "").strip() for cell in next(rows, (1, []))[1]]
    while heading and not heading[-1]:
        heading.pop()
    _check_heading(heading, name)
    wanted = wanted_columns(heading, mapping, name)
    places = [heading.index(column) for column in wanted]
    with plain.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        for number, cells in rows:
            writer.writerow(
                [number, *(_cell(cells[place]) if place < len(cells) else "" for place in places)]
            )
    if plain.stat().st_size == 0:
        return 0
    types = ", ".join(f"{_text(column)}: 'VARCHAR'" for column in ("row_no", *wanted))
    source = (
        f"read_csv({_text(str(plain))}, columns = {{{types}}}, header = false, auto_detect = false, "
        "quote = '\"', escape = '\"')"
    )
    cells = ", ".join(f"{_trimmed(column)} AS {quoted(column)}" for column in wanted)
    return _make(connection, f"SELECT CAST(row_no AS BIGINT) AS row_no, {cells} FROM {source}", name, "XLSX")  # noqa: S608


def _sheet_rows(path: Path, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Rows of the first sheet with their numbers, without those in which nothing stands."""
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as file:
            sheet = openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets[0]
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                if any(cell is not None for cell in cells):
                    yield number, cells
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, EOFError, zlib.error):
        raise FileRefused("broken", name, named="XLSX") from None


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# --- SQL


def quoted(name: str) -> str:
    """Quote the name of a column."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _trimmed(column: str) -> str:
    """The cell as text without blanks around it; null where nothing stands."""
    return f"nullif(trim(CAST({quoted(column)} AS VARCHAR), ' \t\r\n\u00a0\ufeff'), '')"


def free(folder: Path) -> None:
    """Delete the folder of what was unpacked."""
    shutil.rmtree(folder, ignore_errors=True)
