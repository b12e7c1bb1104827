"""Writing the lake: what was noted, or all of it anew. One writer at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from saiban.core import audit, locks, rotation, seal
from saiban.core.lake import keys, manifest, reading, store
from saiban.core.lake.manifest import Manifest, TableVersion
from saiban.core.lake.tables import CHANGE_SET, LakeTable, tables
from saiban.core.models import Actor, LakeNote
from saiban.core.progress import measured
from saiban.core.services import service

AT_ONCE = 1000  # notes written by one commit of each table
PIECE = 100_000  # rows merged by one commit
MANY = 1_000_000  # touched rows from which on a table is written whole


@dataclass(frozen=True)
class Written:
    """What a write did: notes that are in the lake now, and rows put or taken away, by table."""

    notes: int
    rows: Mapping[str, int]
    rebuilt: bool = False


@service("core.lake.rebuild")
def rebuild(*, actor: Actor) -> Written:
    """Build the lake anew from the database; waits for another writer to end.

    Readers see the former lake until all tables are there.
    """
    _lock(wait=True)
    return _rebuild()


@service("core.lake.write")
def write_noted(*, actor: Actor) -> Written:
    """Write what was noted since the last time; nothing where another writer is at it.

    Without a lake, notes are dropped: a lake that is built later holds what they are of. One whose key or
    columns are no longer those of today is built anew.
    """
    if not _lock(wait=False):
        return Written(0, {})
    current = manifest.read()
    if current is None:
        LakeNote.objects.all().delete()
        return Written(0, {})
    if not is_of_today(current):
        return _rebuild()
    notes = list(LakeNote.objects.order_by("pk")[:AT_ONCE])
    rows = _write(current, notes) if notes else {}
    LakeNote.objects.filter(pk__in=[each.pk for each in notes]).delete()
    if notes:
        audit.note(notes=len(notes), rows=rows)
    return Written(len(notes), rows)


@service("core.lake.sweep")
def sweep(*, actor: Actor) -> int:
    """Remove former versions that are older than ``SAIBAN_LAKE_DAYS``: who was erased is then gone from the
    files too. Returns the number of files."""
    current = manifest.read()
    if current is None or not _lock(wait=False):
        return 0
    hours = settings.SAIBAN_LAKE_DAYS * 24
    removed = sum(
        store.sweep(name, hours=hours, keep=table.version) for name, table in current.tables.items()
    )
    audit.note(files=removed)
    return removed


def is_of_today(current: Manifest) -> bool:
    """Say whether the lake's keys and columns are those that would be written today."""
    _know_keys()
    digests = {name: table.digest for name, table in current.tables.items()}
    return current.key_id == keys.key_id() and digests == {each.name: each.digest for each in tables()}


def _lock(*, wait: bool) -> bool:
    """Hold the lock of the lake until the transaction ends."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("select pg_advisory_xact_lock(%s)", [locks.LAKE])
            return True
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [locks.LAKE])
        return bool(cursor.fetchone()[0])


def _know_keys() -> None:
    """Another process may have changed the keys of tokens."""
    seal.use_token_path(rotation.path())


def _rebuild() -> Written:
    """What is noted while it is read is written again afterwards; what was noted before is in it."""
    _know_keys()
    noted = list(LakeNote.objects.values_list("pk", flat=True))
    newest = _newest_change_set()
    with measured("core.lake.rebuild") as meter:
        made = {}
        for table in tables():
            meter.step(table.name)
            version = store.overwrite(table, _counted(reading.pieces(table), meter.advance))
            made[table.name] = _shown(table, version)
    manifest.write(Manifest(keys.key_id(), manifest.now(), newest, made))
    LakeNote.objects.filter(pk__in=noted).delete()
    rows = {name: table.rows for name, table in made.items()}
    audit.note(notes=len(noted), rows=rows)
    return Written(len(noted), rows, rebuilt=True)


def _counted(pieces: Iterator[Any], advance: Any) -> Iterator[Any]:
    for piece in pieces:
        yield piece
        advance(piece.num_rows)


def _newest_change_set() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("select max(id) from core_changeset")
        found: int | None = cursor.fetchone()[0]
    return found


def _write(current: Manifest, notes: Sequence[LakeNote]) -> dict[str, int]:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for note in notes:
        by_kind[note.kind].append(note.subject_id)
    versions, rows = dict(current.tables), {}
    for table in tables():
        ids = _touched(table, by_kind)
        if ids:
            version = _replaced(table, ids)
            versions[table.name], rows[table.name] = _shown(table, version), len(ids)
    newest = max([current.change_set or 0, *by_kind[CHANGE_SET]]) or None
    manifest.write(Manifest(current.key_id, manifest.now(), newest, versions))
    return rows


def _touched(table: LakeTable, by_kind: Mapping[str, list[int]]) -> list[int]:
    found: set[int] = set()
    with connection.cursor() as cursor:
        for kind, query in table.touched.items():
            if kind in by_kind:
                cursor.execute(query, {"ids": by_kind[kind]})
                found.update(row[0] for row in cursor)
    return sorted(found)


def _replaced(table: LakeTable, ids: list[int]) -> int:
    """Read the rows of these ids and merge them, piece by piece; very many: the whole table."""
    if len(ids) > MANY:
        return store.overwrite(table, reading.pieces(table))
    version = 0
    for start in range(0, len(ids), PIECE):
        version = _merged(table, ids[start : start + PIECE])
    return version


def _merged(table: LakeTable, ids: list[int]) -> int:
    import pyarrow as pa

    narrowed = {"ids": ids}
    found = list(reading.pieces(table, f"{table.row} = any(%(ids)s)", narrowed))
    rows = pa.concat_tables([table.schema().empty_table(), *found])
    asked = keys.keys_of(table.keys[table.key], pa.array(ids, pa.int64()))
    present = rows.column(table.key).combine_chunks()
    gone = asked.filter(pa.compute.invert(pa.compute.is_in(asked, present)))
    return store.merge(table, rows, gone)


def _shown(table: LakeTable, version: int) -> TableVersion:
    return TableVersion(version, store.rows_in(table.name, version), table.digest)
