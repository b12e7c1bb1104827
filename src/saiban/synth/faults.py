"""A small survey file with one fault in each household but a few: shows how rejected rows are mended."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from saiban.data.errors import BadInput
from saiban.synth.block import Frame
from saiban.synth.province import blocks
from saiban.synth.tables import survey

Row = dict[str, str]
GOOD = 3


def _set(line: int, column: str, value: str) -> Callable[[list[Row]], None]:
    def spoil(rows: list[Row]) -> None:
        rows[min(line, len(rows)) - 1][column] = value

    return spoil


def _set_all(column: str, value: str) -> Callable[[list[Row]], None]:
    def spoil(rows: list[Row]) -> None:
        for row in rows:
            row[column] = value

    return spoil


def _repeat_number(rows: list[Row]) -> None:
    number = rows[0]["cnic"] or "9010000000011"
    for row in rows[:2]:
        row["cnic"], row["bform"] = number, ""


FAULTS: dict[str, Callable[[list[Row]], None]] = {
    "impossible date": _set(2, "birth_date", "1987-02-30"),
    "no head": _set(1, "relation", "other_relative"),
    "two heads": _set(2, "relation", "head"),
    "unknown code": _set_all("water_source", "rain"),
    "number repeated in the household": _repeat_number,
    "unknown tehsil": _set_all("tehsil", "PK69999"),
    "born after the interview": _set(2, "birth_date", "2031-05-01"),
    "words for a number": _set_all("rooms", "three"),
    "number too short": _set(1, "cnic", "92020123"),
    "tehsil of another district": _set_all("tehsil", "PK63605"),
    "household answers differ between rows": _set(2, "toilet", ""),
    "sex missing": _set(1, "sex", ""),
}


def _households(frame: Frame, households: int, wanted: int) -> list[list[Row]]:
    """The first households of the province with two members or more, as text."""
    found: dict[str, list[Row]] = {}
    for block in blocks(frame, households):
        for row in survey(frame, block).to_pylist():
            found.setdefault(row["household_no"], []).append(
                {name: _word(cell) for name, cell in row.items()}
            )
        whole = [rows for rows in found.values() if len(rows) > 1]
        if len(whole) >= wanted:
            return whole[:wanted]
    raise BadInput(
        "too many faults for so few households", place="--faults", expected=f"at most {len(found) - GOOD}"
    )


def _word(cell: Any) -> str:
    return "" if cell is None else str(cell)


def write_faults(frame: Frame, households: int, faults: int, folder: Path) -> Path:
    """Write ``survey-faults.csv``: as many households with a fault as asked for, then a few without.

    Returns: the file. Raises: BadInput if the province has fewer households than that.
    """
    kinds = list(FAULTS.values())
    chosen = _households(frame, households, faults + GOOD)
    for i in range(faults):
        kinds[i % len(kinds)](chosen[i])
    path = folder / "survey-faults.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(chosen[0][0]), lineterminator="\n")
        writer.writeheader()
        for rows in chosen:
            writer.writerows(rows)
    return path
