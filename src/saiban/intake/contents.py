"""What a file says, whatever its form: a digest of its rows, so that the same rows are taken once.

A CSV, the same packed, Parquet and a workbook differ byte by byte. What is compared is what was read of them:
the cells of the mapping's columns, trimmed, in any order of rows and columns, and the month that the file's
name gives where the source has no column for it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection as database
from django.utils import timezone

from saiban.intake.checking import month_in_name
from saiban.intake.mapping import Mapping
from saiban.intake.models import Batch
from saiban.intake.reading import quoted
from saiban.intake.reasons import FileRefused
from saiban.intake.transitions import BatchState, PartState

if TYPE_CHECKING:
    import duckdb

LOCK = "select pg_advisory_xact_lock(%s)"
HALF = "18446744073709551615"  # 64 bits


def new_content(duck: duckdb.DuckDBPyConnection, mapping: Mapping, batch: Batch) -> dict[str, str]:
    """Return what is to be kept in ``Batch.outcome`` of the rows that were read. Raises: FileRefused."""
    digest = content_of(duck, mapping, batch.file_name)
    if batch.state == BatchState.RECEIVED:  # of one that is checked again, some may be loaded
        refuse_again(batch, digest)
    return {"digest": digest}


def content_of(duck: duckdb.DuckDBPyConnection, mapping: Mapping, file_name: str) -> str:
    """Return the digest of ``given``: SHA-256 of its columns, its rows as a sum over their digests, and the
    month. Raises: FileRefused where the file's name lacks its month.
    """
    columns = sorted(mapping.columns)
    cells = ", ".join(f"coalesce({quoted(column)}, chr(30))" for column in columns)
    found = duck.execute(
        f"""SELECT count(*), sum(CAST(digest >> 64 AS UBIGINT)),
                   sum(CAST(digest & CAST({HALF} AS UHUGEINT) AS UBIGINT))
            FROM (SELECT md5_number(concat_ws(chr(31), {cells})) AS digest FROM given)"""  # noqa: S608
    ).fetchone()
    month = ""
    if mapping.observed_on.month_in_file_name:
        month = str(month_in_name(file_name, timezone.localdate(), source=mapping.source))
    return hashlib.sha256(repr((columns, found, month)).encode()).hexdigest()


def refuse_again(batch: Batch, content: str) -> None:
    """Raises: FileRefused naming the batch of the same source and scheme that brought the same rows, where
    any of them was taken, and the source has said nothing else of those days since: it may come back to what
    it said first.

    Whoever asks for the same rows at the same time waits until this transaction ends.
    """
    with database.cursor() as cursor:
        # of its digest, so that only the same rows wait; no number of core/locks.py is as long
        cursor.execute(LOCK, [int.from_bytes(bytes.fromhex(content)[:8], signed=True)])
    alike = Batch.objects.filter(
        source=batch.source_id, scheme=batch.scheme, outcome__content__digest=content
    ).exclude(state=BatchState.REFUSED)
    for former in alike.exclude(pk=batch.pk).order_by("pk"):
        if not _is_taken(former) or _is_followed(former, by_others_than=batch):
            continue
        day = timezone.localtime(former.received_at).date()
        raise FileRefused("same_rows", batch.file_name, day=str(day), batch=former.pk, name=former.file_name)


def _is_taken(batch: Batch) -> bool:
    """Whether something of it was loaded, or still can be: its good households wait and its file is there."""
    good = batch.parts.filter(observations__gt=0)
    return good.exclude(state=PartState.CHECKED).exists() or (good.exists() and Path(batch.path).is_file())


def _is_followed(batch: Batch, *, by_others_than: Batch) -> bool:
    """Whether a later one of its source and scheme spoke of the same days."""
    if batch.observed_from is None or batch.observed_until is None:
        return False
    later = Batch.objects.filter(source=batch.source_id, scheme=batch.scheme, pk__gt=batch.pk)
    overlapping = later.filter(
        observed_from__lte=batch.observed_until, observed_until__gte=batch.observed_from
    )
    return overlapping.exclude(pk=by_others_than.pk).exists()
