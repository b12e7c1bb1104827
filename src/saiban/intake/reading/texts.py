"""CSV: looked through once for what is not UTF-8, then read by DuckDB."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from saiban.intake.mapping import Mapping
from saiban.intake.reading.headings import wanted_columns, whole_heading
from saiban.intake.reading.sql import make, quoted, text, trimmed
from saiban.intake.reasons import FileRefused

if TYPE_CHECKING:
    import duckdb

BLOCK = 1 << 20
DELIMITERS = ",;\t|"
LONGEST_LINE = 4 << 20  # bytes: a line without end must not be held in memory


def read_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, mapping: Mapping
) -> tuple[int, list[str]]:
    """Make ``given``; return its rows and the heading. Raises: FileRefused."""
    line_ends = _look_through(path, name)
    delimiter, heading = _csv_heading(path, name)
    wanted = wanted_columns(heading, mapping, name)
    types = ", ".join(f"{text(f'c{place}')}: 'VARCHAR'" for place in range(len(heading)))
    source = (
        f"read_csv({text(str(path))}, columns = {{{types}}}, header = true, auto_detect = false, "
        f"delim = {text(delimiter)}, "
        f"quote = '\"', escape = '\"', max_line_size = {LONGEST_LINE})"
    )
    cells = ", ".join(f"{trimmed(f'c{heading.index(column)}')} AS {quoted(column)}" for column in wanted)
    try:
        query = f"SELECT row_number() OVER () + 1 AS row_no, {cells} FROM {source}"  # noqa: S608
        return make(connection, query, name, "CSV"), heading
    except FileRefused as refused:
        if refused.refusal["code"] == "broken" and len(line_ends) > 1:
            raise FileRefused("line_ends", name) from None
        raise


def _look_through(path: Path, name: str) -> set[str]:
    """Read the whole file once as UTF-8, a block at a time: the first wrong byte is found with its row.

    Out: the kinds of line ends in it.
    """
    decoder, line, has_wide, run = codecs.getincrementaldecoder("utf-8")(), 1, False, 0
    line_ends: set[str] = set()
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                said = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                before = bytes(error.object[: error.start])
                code = "encoding_mixed" if has_wide or _has_wide(before, line) else "encoding"
                raise FileRefused(code, f"{name}, row {line + _lines(before)}") from None
            if "\0" in said:
                place = f"{name}, row {line + said[: said.index(chr(0))].count(chr(10))}"
                raise FileRefused("nul_byte", place)
            if not block:
                return line_ends
            run = _run(run, block)
            if run > LONGEST_LINE:
                raise FileRefused("line_too_long", f"{name}, row {line}", limit="4 MB")
            line_ends |= _line_ends(said)
            has_wide = has_wide or not said.removeprefix("\ufeff").isascii()
            line += said.count("\n") or said.count("\r")


def _run(before: int, block: bytes) -> int:
    """Bytes since the last end of a line, at the end of a block; a line far too long fills whole blocks."""
    last = max(block.rfind(b"\n"), block.rfind(b"\r"))
    return before + len(block) if last < 0 else len(block) - last - 1


def _line_ends(said: str) -> set[str]:
    pairs, feeds = said.count("\r\n"), said.count("\n")
    return ({"\r\n"} if pairs else set()) | ({"\n"} if feeds > pairs else set())


def _lines(before: bytes) -> int:
    """Lines that have ended; files of old machines end them by a carriage return alone."""
    return before.count(b"\n") or before.count(b"\r")


def _has_wide(before: bytes, line: int) -> bool:
    """Whether letters beyond ASCII stood in whole lines before: so far it was UTF-8."""
    return not before.removeprefix(codecs.BOM_UTF8).isascii() and (line > 1 or _lines(before) > 0)


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
