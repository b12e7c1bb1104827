"""XLSX: the rows of one sheet are written to a CSV of ours and read from there.

The first sheet that can be seen is read. Its XML is looked through once for what openpyxl passes over:
cells that were merged, and formulas, of which only the value that was kept with them can be taken.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from saiban.calc.quoting import text
from saiban.intake.mapping import Mapping
from saiban.intake.reading.headings import wanted_columns, whole_heading
from saiban.intake.reading.sql import make, quoted, trimmed
from saiban.intake.reading.unpacking import check_book
from saiban.intake.reasons import FileRefused

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 1_048_576  # of a sheet, by the format
MOST_LETTERS = 1 << 20  # of a row
LONGEST_ROW = 16 << 20  # bytes of the row in the CSV of ours: letters of four bytes, quotation marks doubled
BLOCK = 1 << 20
OVERLAP = 200  # letters that two blocks share, so that no mark is cut in two
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z0-9:]{1,40})"')
ROW = re.compile(rb'<(?:\w+:)?row\s[^>]{0,100}?\br="(\d{1,20})"')
Rows = Iterator[tuple[int, Sequence[Any]]]


def read_book(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping, folder: Path
) -> tuple[int, list[str], list[dict[str, Any]]]:
    """Make ``given``; return its rows, the heading, and what is to be noted. Raises: FileRefused."""
    check_book(path, name)
    with _as_broken(name):
        sheet_name, others = _sheets(path)
        has_formulas = _look_through(path, sheet_name, name)
    rows = _rows(path, name, sheet_name, has_formulas=has_formulas)
    heading = whole_heading([_cell(cell).strip() for cell in next(rows, (1, []))[1]], name)
    wanted = wanted_columns(heading, mapping, name)
    plain = folder / "sheet.csv"
    _write(plain, rows, heading, wanted, name)
    notes = [{"code": "sheets", "details": {"sheet": sheet_name, "others": ", ".join(others)}}]
    return _from_plain(connection, plain, wanted, name), heading, notes if others else []


def _from_plain(connection: duckdb.DuckDBPyConnection, plain: Path, wanted: Sequence[str], name: str) -> int:
    if plain.stat().st_size == 0:
        return 0
    types = ", ".join(f"{text(column)}: 'VARCHAR'" for column in ("row_no", *wanted))
    source = (
        f"read_csv({text(str(plain))}, columns = {{{types}}}, header = false, auto_detect = false, "
        f"quote = '\"', escape = '\"', max_line_size = {LONGEST_ROW})"
    )
    cells = ", ".join(f"{trimmed(column)} AS {quoted(column)}" for column in wanted)
    query = f"SELECT CAST(row_no AS BIGINT) AS row_no, {cells} FROM {source}"  # noqa: S608
    return make(connection, query, name, "XLSX")


@contextmanager
def _as_broken(name: str) -> Iterator[None]:
    """What a damaged workbook makes its readers say."""
    from xml.etree.ElementTree import ParseError

    from openpyxl.utils.exceptions import InvalidFileException

    lookups = (KeyError, IndexError, ValueError, TypeError, AttributeError)
    try:
        yield
    except (BadZipFile, InvalidFileException, ParseError, EOFError, zlib.error, *lookups):
        raise FileRefused("broken", name, named="XLSX") from None


def _book(file: Any, *, values: bool) -> Any:
    import openpyxl

    return openpyxl.load_workbook(file, read_only=True, data_only=values)


def _sheets(path: Path) -> tuple[str, list[str]]:
    """The first sheet that can be seen (the first, where none can), and the names of the others."""
    with path.open("rb") as file:
        sheets = _book(file, values=True).worksheets
        chosen = next((sheet for sheet in sheets if sheet.sheet_state == "visible"), sheets[0])
        return chosen.title, [sheet.title for sheet in sheets if sheet is not chosen]


def _look_through(path: Path, sheet_name: str, name: str) -> bool:
    """Say whether the sheet has formulas. Raises: FileRefused for merged cells and too many rows."""
    with path.open("rb") as file:
        part = _book(file, values=True)[sheet_name]._worksheet_path
    has_formulas, last = False, b""
    with ZipFile(path) as packed, packed.open(part) as xml:
        while block := xml.read(BLOCK):
            seen = last + block
            has_formulas = has_formulas or FORMULA.search(seen) is not None
            merged = MERGED.search(seen)
            if merged:
                raise FileRefused("merged_cells", f"{name}, {sheet_name}, {merged[1].decode()}")
            if max((int(row) for row in ROW.findall(seen)), default=0) > MOST_ROWS:
                raise FileRefused("too_many_rows", f"{name}, {sheet_name}", limit=f"{MOST_ROWS:,}")
            last = seen[-OVERLAP:]
    return has_formulas


def _rows(path: Path, name: str, sheet_name: str, *, has_formulas: bool) -> Rows:
    """Rows with their numbers, without those in which nothing stands."""
    with _as_broken(name), path.open("rb") as file, path.open("rb") as again:
        sheet = _book(file, values=True)[sheet_name]
        sheet.reset_dimensions()  # what a sheet says of its own size may be a lie
        rows: Rows = enumerate(sheet.iter_rows(values_only=True), start=1)
        if has_formulas:
            formulas = _book(again, values=False)[sheet_name]
            formulas.reset_dimensions()
            rows = _with_values(rows, formulas.iter_rows(), f"{name}, {sheet_name}")
        for number, cells in rows:
            if number > MOST_ROWS:
                raise FileRefused("too_many_rows", f"{name}, {sheet_name}", limit=f"{MOST_ROWS:,}")
            if any(cell is not None for cell in cells):
                yield number, cells


def _with_values(rows: Rows, formulas: Iterator[Any], place: str) -> Rows:
    """The same rows. Raises: FileRefused at a formula whose value was not kept with it."""
    for (number, values), cells in zip(rows, formulas, strict=False):
        for value, cell in zip(values, cells, strict=False):
            if value is None and cell.value is not None and cell.data_type == "f":
                raise FileRefused("formula_without_value", f"{place}, {cell.coordinate}")
        yield number, values


def _write(plain: Path, rows: Rows, heading: Sequence[str], wanted: Sequence[str], name: str) -> None:
    places = [heading.index(column) for column in wanted]
    with plain.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        for number, cells in rows:
            taken = [_cell(cells[place]) if place < len(cells) else "" for place in places]
            if sum(map(len, taken)) > MOST_LETTERS:
                raise FileRefused("line_too_long", f"{name}, row {number}", limit="4 MB")
            writer.writerow([number, *taken])


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
