"""CSV: looked through once for what is not UTF-8, then read by DuckDB."""

from __future__ import annotations

import codecs
import csv
import io
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from saiban.calc.quoting import text
from saiban.intake.mapping import Mapping
from saiban.intake.reading.headings import wanted_columns, whole_heading
from saiban.intake.reading.sql import make, quoted, trimmed
from saiban.intake.reasons import FileRefused

if TYPE_CHECKING:
    import duckdb

BLOCK = 1 << 20
DELIMITERS = ",;\t|"
LONGEST_LINE = 4 << 20  # bytes: a line without end must not be held in memory
BLANK_LINE = re.compile(rb"\n\r?\n")


@dataclass
class Lines:
    """What the lines of a file are like: how they end, and whether a blank one stands before another."""

    ends: set[str] = field(default_factory=set)
    are_blank: bool = False


def read_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping, folder: Path
) -> tuple[int, list[str]]:
    """Make ``given``; return its rows and the heading. Raises: FileRefused.

    DuckDB passes over blank lines, a spreadsheet counts them: only where there are some, it is looked where.
    """
    lines = _look_through(path, name)
    delimiter, heading = _csv_heading(path, name)
    wanted = wanted_columns(heading, mapping, name)
    types = ", ".join(f"{text(f'c{place}')}: 'VARCHAR'" for place in range(len(heading)))
    source = (
        f"read_csv({text(str(path))}, columns = {{{types}}}, header = true, auto_detect = false, "
        f"delim = {text(delimiter)}, "
        f"quote = '\"', escape = '\"', max_line_size = {LONGEST_LINE})"
    )
    row_no = "row_number() OVER () + 1"
    if lines.are_blank:
        row_no, source = _with_blank_lines(path, delimiter, source, folder / "blank-lines.csv")
    cells = ", ".join(f"{trimmed(f'c{heading.index(column)}')} AS {quoted(column)}" for column in wanted)
    try:
        return make(connection, f"SELECT {row_no} AS row_no, {cells} FROM {source}", name, "CSV"), heading  # noqa: S608
    except FileRefused as refused:
        if refused.refusal["code"] == "broken" and len(lines.ends) > 1:
            raise FileRefused("line_ends", name) from None
        raise


def _with_blank_lines(path: Path, delimiter: str, source: str, kept: Path) -> tuple[str, str]:
    """The SQL of a row's number, and of the rows, where blank lines count too."""
    _note_blanks(path, delimiter, kept)
    blanks = (
        f"read_csv({text(str(kept))}, columns = {{'since': 'BIGINT', 'blank': 'BIGINT'}}, header = false)"
    )
    rows = f"(SELECT row_number() OVER () + 1 AS place, * FROM {source})"  # noqa: S608 our own
    return "place + coalesce(blank, 0)", f"{rows} ASOF LEFT JOIN {blanks} ON place >= since"


def _note_blanks(path: Path, delimiter: str, kept: Path) -> None:
    """Write a line for each run of blank lines: the place among all others of the row after it, and how many
    blank ones stand before that.
    """
    place, blank, is_new = 1, 0, False
    with path.open(encoding="utf-8-sig", newline="") as file, kept.open("w") as out:
        with suppress(csv.Error):  # who reads the cells will say what is wrong
            for cells in csv.reader(file, delimiter=delimiter):
                if cells and is_new:
                    out.write(f"{place},{blank}\n")
                place, blank = (place + 1, blank) if cells else (place, blank + 1)
                is_new = not cells
        out.write(f"{place},{blank}\n")


def _look_through(path: Path, name: str) -> Lines:
    """Read the whole file once as UTF-8, a block at a time: the first wrong byte is found with its row."""
    decoder, has_wide, run, last = codecs.getincrementaldecoder("utf-8")(), False, 0, b""
    lines = Lines()
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                said = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                place = file.tell() - len(error.object) + error.start
                is_mixed = has_wide or _has_wide(bytes(error.object[: error.start]), path, place)
                code = "encoding_mixed" if is_mixed else "encoding"
                raise FileRefused(code, f"{name}, row {_row_at(path, place)}") from None
            if "\0" in said:
                place = file.tell() - len(block) + block.index(b"\0")
                raise FileRefused("nul_byte", f"{name}, row {_row_at(path, place)}")
            if not block:
                return lines
            run = _run(run, block)
            if run > LONGEST_LINE:
                row = _row_at(path, file.tell() - run)
                raise FileRefused("line_too_long", f"{name}, row {row}", limit="4 MB")
            lines.ends |= _line_ends(said)
            last = _look_for_blank(lines, last + block if last else block)
            has_wide = has_wide or not said.removeprefix("\ufeff").isascii()


def _look_for_blank(lines: Lines, seen: bytes) -> bytes:
    """Note whether a blank line stands before another one; return as much of the ends of lines after the last
    that is not blank as has to be seen with the next block.
    """
    body = seen.rstrip(b"\r\n")
    if not lines.are_blank:
        lines.are_blank = BLANK_LINE.search(body) is not None if b"\n" in body else b"\r\r" in body
    return seen[len(body) :][-3:]


def _run(before: int, block: bytes) -> int:
    """Bytes since the last end of a line, at the end of a block; a line far too long fills whole blocks."""
    last = max(block.rfind(b"\n"), block.rfind(b"\r"))
    return before + len(block) if last < 0 else len(block) - last - 1


def _line_ends(said: str) -> set[str]:
    pairs, feeds = said.count("\r\n"), said.count("\n")
    return ({"\r\n"} if pairs else set()) | ({"\n"} if feeds > pairs else set())


def _row_at(path: Path, place: int) -> int:
    """The row of a byte: as in a spreadsheet, a line that ends between quotation marks ends no row.

    Files of old machines end their lines by a carriage return alone.
    """
    feeds = returns = 0
    is_quoted = False
    with path.open("rb") as file:
        while block := file.read(min(BLOCK, place - file.tell())):
            pieces = block.split(b'"')
            bare = pieces[1::2] if is_quoted else pieces[::2]
            feeds += sum(piece.count(b"\n") for piece in bare)
            returns += sum(piece.count(b"\r") for piece in bare)
            is_quoted ^= len(pieces) % 2 == 0
    return 1 + (feeds or returns)


def _has_wide(before: bytes, path: Path, place: int) -> bool:
    """Whether letters beyond ASCII stood in whole lines before: so far it was UTF-8."""
    return not before.removeprefix(codecs.BOM_UTF8).isascii() and _row_at(path, place) > 1


def _csv_heading(path: Path, name: str) -> tuple[str, list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        start = file.read(LONGEST_LINE)
    first = io.StringIO(start, newline="").readline()
    if len(first) == LONGEST_LINE:
        raise FileRefused("line_too_long", f"{name}, row 1", limit="4 MB")
    delimiter = max(DELIMITERS, key=first.count)
    try:
        cells = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
    except csv.Error:  # a cell of the heading that does not end: a quotation mark too many
        raise FileRefused("quotes", f"{name}, row 1") from None
    return delimiter, whole_heading([cell.strip() for cell in cells], name)
