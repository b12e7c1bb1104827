"""Packed files: unpacked block by block, no further than the limits of the settings.

A small archive must fill neither the disk nor the memory: what it unpacks to is limited in bytes
(``SAIBAN_MOST_UNPACKED_GB``) and, beyond 100 MB, in proportion to its own size (``SAIBAN_MOST_RATIO``).
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from django.conf import settings

from saiban.intake.reading.kinds import beginning
from saiban.intake.reasons import FileRefused

BLOCK = 1 << 20
HARMLESS = 100 << 20  # bytes to which anything may unpack
MOST_WORDS = 512 << 20  # bytes of a workbook's shared words: the only part that is held in memory whole
SHARED_WORDS = "xl/sharedstrings.xml"


def unpacked(path: Path, name: str, folder: Path) -> Path:
    """Unpack a gzip into the folder. Raises: FileRefused."""
    out_path, size, packed_size = folder / "unpacked", 0, path.stat().st_size
    try:
        with gzip.open(path) as packed, out_path.open("wb") as out:
            while block := packed.read(BLOCK):
                size += len(block)
                check_unpacked(size, packed_size, name)
                out.write(block)
    except gzip.BadGzipFile:
        if size:
            raise FileRefused("broken", name, named="gzip") from None
        raise FileRefused("other_kind", name, found=beginning(path) or "?", named="gzip") from None
    except (EOFError, zlib.error):
        raise FileRefused("broken", name, named="gzip") from None
    if size == 0:
        raise FileRefused("empty", name)
    return out_path


def check_unpacked(size: int, packed_size: int, name: str) -> None:
    """Raises: FileRefused where an archive unpacks to more than the settings allow."""
    gigabytes, ratio = settings.SAIBAN_MOST_UNPACKED_GB, settings.SAIBAN_MOST_RATIO
    if size > gigabytes << 30:
        raise FileRefused("too_big", name, limit=f"{gigabytes} GB")
    if size > HARMLESS and size > ratio * packed_size:
        raise FileRefused("bomb", name, limit=ratio)


def check_book(path: Path, name: str) -> None:
    """Raises: FileRefused for a workbook whose parts unpack to too much; a zip never gives more than it
    says.
    """
    try:
        with ZipFile(path) as packed:
            entries = packed.infolist()
    except (BadZipFile, ValueError):
        raise FileRefused("broken", name, named="XLSX") from None
    check_unpacked(sum(entry.file_size for entry in entries), path.stat().st_size, name)
    words = [entry.file_size for entry in entries if entry.filename.lower() == SHARED_WORDS]
    if sum(words) > MOST_WORDS:
        raise FileRefused("too_big", name, limit=f"{MOST_WORDS >> 20} MB")
