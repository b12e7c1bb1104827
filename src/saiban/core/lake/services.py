"""Writing the lake: what was noted, or all of it anew. One writer at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, locks, rotation, seal
from saiban.core.errors import ReasonMissing, Refused
from saiban.core.lake import keys, manifest, reading, store
from saiban.core.lake.manifest import Manifest, TableVersion
from saiban.core.lake.tables import CHANGE_SET, LakeTable, tables
from saiban.core.models import Actor, LakeNote, Progress
from saiban.core.progress import Meter, measured
from saiban.core.services import service

AT_ONCE = 1000  # notes written by one commit of each table
PIECE = 100_000  # rows merged by one commit
MANY = 1_000_000  # touched rows from which on a table is written whole
SUBJECT, WRITE, REBUILD = "core.lake", "core.lake.write", "core.lake.rebuild"
SILENT = timedelta(hours=1)  # work that has said nothing for so long has ended with its process


@dataclass(frozen=True)
class Written:
    """What a write did: notes that are in the lake now, and rows put or taken away, by table."""

    notes: int
    rows: Mapping[str, int]
    rebuilt: bool = False


@service("core.lake.ask")
def ask(*, actor: Actor, anew: bool, reason: str = "") -> Progress:
    """Let the worker write what was noted, or build all of it ``anew``, which takes a reason.

    Raises: ReasonMissing (422), Refused where that is under way (409).
    """
    from saiban.core.lake.tasks import write_asked

    if anew and not reason.strip():
        raise ReasonMissing
    if _is_asked():
        raise Refused(_("The lake is being written already. Wait until that has ended."))
    name = REBUILD if anew else WRITE
    row = Progress.objects.create(name=name, subject_kind=SUBJECT, actor_id=actor.pk)
    audit.note(reason=reason.strip(), anew=anew, progress=str(row.pk))
    write_asked.enqueue(str(row.pk))
    return row


@service("core.lake.rebuild")
def rebuild(*, actor: Actor, progress: Progress | None = None) -> Written:
    """Build the lake anew from the database; waits for another writer to end.

    Readers see the former lake until all tables are there. ``progress`` is that of who asked for it.
    """
    _lock(wait=True)
    return _rebuild("first" if manifest.read() is None else "asked", progress)


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
        return _rebuild("columns" if current.key_id == keys.key_id() else "keys")
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


def _is_asked() -> bool:
    """Whether something that somebody asked for waits or goes on; two who ask at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, 0)", [locks.LAKE])
    alive = Q(state="waiting") | Q(state="running", updated_at__gt=timezone.now() - SILENT)
    return Progress.objects.filter(alive, subject_kind=SUBJECT, actor_id__isnull=False).exists()


def _know_keys() -> None:
    """Another process may have changed the keys of tokens."""
    seal.use_token_path(rotation.path())


def _rebuild(why: str, progress: Progress | None = None) -> Written:
    """What is noted while it is read is written again afterwards; what was noted before is in it."""
    _know_keys()
    noted = list(LakeNote.objects.values_list("pk", flat=True))
    newest = _newest_change_set()
    with metered(REBUILD, progress) as meter:
        made = {}
        for table in tables():
            meter.step(f"lake.{table.name}")
            version = store.overwrite(table, _counted(reading.pieces(table), meter.advance))
            made[table.name] = _shown(table, version)
        moment = manifest.now()
        manifest.write(Manifest(keys.key_id(), moment, newest, made, rebuilt_at=moment, rebuilt_why=why))
    LakeNote.objects.filter(pk__in=noted).delete()
    rows = {name: table.rows for name, table in made.items()}
    audit.note(notes=len(noted), rows=rows, why=why)
    return Written(len(noted), rows, rebuilt=True)


def metered(name: str, asked: Progress | None) -> AbstractContextManager[Meter]:
    """Show how far the work is, on the row of who asked for it, or on one of its own."""
    if asked is None:
        return measured(name, subject_kind=SUBJECT)
    return measured(name, subject_kind=SUBJECT, id=asked.pk, actor_id=asked.actor_id)


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
    moment = manifest.now()
    manifest.write(replace(current, written_at=moment, change_set=newest, tables=versions))
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
    return store.merge(table, rows, keys.keys_of(table.keys[table.key], pa.array(ids, pa.int64())))


def _shown(table: LakeTable, version: int) -> TableVersion:
    much = store.extent(table.name, version)
    return TableVersion(version, much.rows, table.digest, much.files, much.size, manifest.now())
