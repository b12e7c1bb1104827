"""What kind of file it is: by its name, by how it begins, and whether a password locks it."""

from __future__ import annotations

import codecs
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from saiban.intake.reasons import FileRefused

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
LOCKED = "EncryptedPackage".encode("utf-16-le")  # how a workbook with a password calls its content
LOCKED_ENTRY = 0x1
LOOKED_INTO = 1 << 20
WIDE_SHARE = 0.3  # of every second byte: so many zeros has Latin or mixed text in UTF-16, and no other text


def ending_of(name: str) -> str:
    """Return the kind of file that a name promises, with ``.gz`` if it is packed. Raises: FileRefused."""
    found = [ending for ending in ENDINGS if name.lower().endswith(ending)]
    if not found:
        raise FileRefused("unknown_kind", name, endings=", ".join(ENDINGS))
    return max(found, key=len)


def beginning(path: Path) -> str:
    """Say what a file begins like: nothing where it is plain text."""
    with path.open("rb") as file:
        start = file.read(512)
    known = [kind for mark, kind in BEGINNINGS.items() if start.startswith(mark)]
    if known:
        return known[0]
    if _is_wide(start):
        return "UTF-16"
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return "HTML"
    return "a binary file" if b"\0" in start else ""


def _is_wide(start: bytes) -> bool:
    """Whether it is UTF-16, with its mark, or without: every second byte of a heading is then zero."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    high, low = start[::2].count(0), start[1::2].count(0)
    return max(high, low) > WIDE_SHARE * len(start) / 2 and min(high, low) == 0


def check_beginning(path: Path, name: str, ending: str) -> None:
    """Raises: FileRefused for a file that a password locks, or that is not what its name says."""
    found, named = beginning(path), NAMED[ending]
    if (found == "XLS" and _holds(path, LOCKED)) or (found == "XLSX" and _has_locked_entry(path)):
        raise FileRefused("locked", name)
    if found == "UTF-16" and ending == ".csv":
        raise FileRefused("encoding_other", f"{name}, row 1", found=found)
    if found != ("" if ending == ".csv" else named):
        raise FileRefused("other_kind", name, found=found or "text", named=named)


def _holds(path: Path, mark: bytes) -> bool:
    """Whether a mark stands in the first or last megabyte."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if mark in file.read(LOOKED_INTO):
            return True
        file.seek(max(0, size - LOOKED_INTO))
        return mark in file.read()


def _has_locked_entry(path: Path) -> bool:
    try:
        with ZipFile(path) as packed:
            return any(entry.flag_bits & LOCKED_ENTRY for entry in packed.infolist())
    except (BadZipFile, OSError, ValueError):
        return False  # that it is broken, the reader says
