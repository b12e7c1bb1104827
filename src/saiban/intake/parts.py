"""Parts of a checked batch as files: written when the batch is checked, read and deleted when one is loaded.

A file is Parquet, one row for each thing that is said (``COLUMNS``), households before their members. It
holds what people said in the clear, as the uploaded file does: only we may read it (folder 0700, files 0600).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import connection as database

from saiban.core import rotation, seal

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

COLUMNS = ("no", "kind", "namespace", "name", "within", "observed_on", "facts", "sealed")
FIGURES = """
SELECT part, count(*) FILTER (kind = 'household'), count(DISTINCT no), count(*), min(observed_on),
  max(observed_on), min(path), max(path)
FROM remaining GROUP BY part ORDER BY part
"""
# names that stand in parts of this batch which are loaded already
LOADED = """
select k.namespace, k.token from intake_sourcekey k
where k.subject_id in (select o.subject_id from intake_observation o where o.batch_id = %s)
"""


class PartLost(RuntimeError):
    """The file of a part is gone, or is not what was written: the batch has to be checked again."""


@dataclass(frozen=True)
class Written:
    """A part as it was written."""

    no: int
    area: str
    households: int
    subjects: int
    observations: int
    observed_from: date | None
    observed_until: date | None
    file: str
    digest: str


def leave_out_loaded(duck: duckdb.DuckDBPyConnection, *, batch_id: int) -> None:
    """Make ``remaining`` of ``spoken``: without the households and subjects that the batch holds already.

    They are known by what they are, not by where they stood: a second check may divide the file otherwise.
    """
    import pyarrow as pa

    with database.cursor() as cursor:
        cursor.execute(LOADED, [batch_id])
        loaded = {(namespace, bytes(token)) for namespace, token in cursor.fetchall()}
    known: list[int] = []
    if loaded:
        rotation.hold()
        outermost = "SELECT DISTINCT no, namespace, name FROM spoken WHERE within IS NULL"
        names = duck.execute(outermost).fetchall()
        known = [no for no, namespace, name in names if (namespace, seal.token(namespace, name)) in loaded]
    duck.register("left_out", pa.table({"no": pa.array(known, pa.int64())}))
    duck.execute(
        """CREATE VIEW remaining AS
           SELECT * FROM spoken ANTI JOIN left_out ON left_out.no = coalesce(spoken.within, spoken.no)"""
    )


def write(duck: duckdb.DuckDBPyConnection, uploads: Path, *, batch_id: int) -> list[Written]:
    """Write ``spoken`` part by part into a new folder under the uploads, or nothing; one empty part where
    nothing is said.

    ``Written.file`` is relative to the uploads.
    """
    folder = uploads / f"parts-{batch_id}-{uuid4().hex[:12]}"
    folder.mkdir(mode=0o700)
    try:
        return list(_write(duck, folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write(duck: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Written]:
    figures = duck.execute(FIGURES).fetchall() or [(1, 0, 0, 0, None, None, None, None)]
    for no, households, subjects, spoken, since, until, first, last in figures:
        path = folder / f"{no:05}.parquet"
        path.touch(mode=0o600)
        duck.execute(
            f"""COPY (SELECT {", ".join(COLUMNS)} FROM remaining WHERE part = {no} ORDER BY no)
                TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608 our own folder
        )
        path.chmod(0o600)
        file, digest = f"{folder.name}/{path.name}", digest_of(path)
        area = common_area(first, last)
        yield Written(no, area, households, subjects, spoken, since, until, file, digest)


def folders(uploads: Path, *, batch_id: int) -> list[Path]:
    """Return the folders with parts of a batch, of every check that it had."""
    return sorted(uploads.glob(f"parts-{batch_id}-*"))


def common_area(first: str | None, last: str | None) -> str:
    """Return the code of the smallest area that holds both of two paths; nothing where none is known.

    >>> common_area("pk.PK6.PK601.PK60101", "pk.PK6.PK602.PK60203"), common_area(None, None)
    ('PK6', '')
    """
    shared = []
    for one, other in zip((first or "").split("."), (last or "").split("."), strict=False):
        if one != other:
            break
        shared.append(one)
    return shared[-1] if shared else ""


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(uploads: Path, file: str, digest: str) -> pa.Table:
    """Read a part as it was written (``COLUMNS``). Raises: PartLost."""
    from pyarrow import parquet

    path = uploads / file
    if not path.is_file() or digest_of(path) != digest:
        raise PartLost(file)
    return parquet.read_table(path)


def forget(uploads: Path, file: str) -> None:
    """Delete the file of a part, and its folder with the last one."""
    path = uploads / file
    path.unlink(missing_ok=True)
    if path.parent != uploads and path.parent.is_dir() and not any(path.parent.iterdir()):
        shutil.rmtree(path.parent, ignore_errors=True)
