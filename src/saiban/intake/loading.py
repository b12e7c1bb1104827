"""Subjects and observations of a part go into the database: by COPY, in the caller's transaction.

Names become tokens, a name that is known keeps its subject, what identifies is sealed under the
subject's data key.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection as database
from django.db import transaction
from psycopg.errors import DeadlockDetected, UniqueViolation

from saiban.core import locks, rotation, seal

if TYPE_CHECKING:
    import pyarrow as pa

TRIES = 5
TEMPORARY = (
    "create temporary table if not exists intake_name (no bigint, namespace text, token bytea) on commit drop"
)
COPY_NAMES = "copy intake_name (no, namespace, token) from stdin"
# until this transaction ends: of whom is erased meanwhile, a former salt would seal what nobody can open
ERASE_NOBODY = "select pg_advisory_xact_lock_shared(%s)"
KNOWN = """
select n.no, s.id, s.key, s.salt
from intake_name n
join intake_sourcekey k on k.namespace = n.namespace and k.token = n.token
join intake_subject s on s.id = k.subject_id
"""
NUMBERS = "select nextval('intake_subject_id_seq') from generate_series(1, %s)"
COPY_SUBJECTS = "copy intake_subject (id, key, kind, salt, within_id, first_batch_id) from stdin"
COPY_KEYS = "copy intake_sourcekey (namespace, token, subject_id) from stdin"
COPY_SPOKEN = """
copy intake_observation (subject_id, source_id, batch_id, actor_id, observed_on, facts, sealed) from stdin
"""
# in a select of its own: a number that may be another for each row is not looked for by the index
LAST = """
select id, received_at from intake_observation
where batch_id = %s and id = (select currval('intake_observation_id_seq'))
"""
NULL = r"\N"


@dataclass(frozen=True)
class Loaded:
    """What was written."""

    counts: dict[str, int]  # households, persons, meters, new_subjects
    first_observation: int | None
    last_observation: int | None
    received_at: datetime | None


@dataclass(frozen=True)
class Name:
    """A subject as it was named, with its place in the part."""

    no: int
    kind: str
    namespace: str
    token: bytes
    within: int | None


@dataclass(frozen=True)
class Known:
    """A subject: its id, and what its data key is made of."""

    id: int
    key: bytes
    salt: bytes


def load(rows: pa.Table, *, source_id: int, batch_id: int, actor_id: int) -> Loaded:
    """Write a part (``parts.COLUMNS``); returns what was written.

    Loads wait for each other only where they name the same subject for the first time: then the later one
    finds it known and tries once more.
    """
    rotation.hold()
    with database.cursor() as cursor:
        cursor.execute(ERASE_NOBODY, [locks.ERASURE])
        cursor.execute("select intake_ensure_month((now() at time zone 'UTC')::date)")
    names = list(_names(rows))
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                subjects, new = _give_subjects(names, batch_id)
            break
        except (UniqueViolation, DeadlockDetected):  # another load wrote the same name first
            if not tries_left:
                raise
    first, last, received_at = _copy_spoken(rows, subjects, (source_id, batch_id, actor_id))
    kinds = [name.kind for name in names]
    counts = {f"{kind}s": kinds.count(kind) for kind in ("household", "person", "meter")}
    return Loaded({**counts, "new_subjects": new}, first, last, received_at)


def _names(rows: pa.Table) -> Iterator[Name]:
    """Each subject of a part once, households before their members, its name as a token."""
    last = None
    columns = (rows[name].to_pylist() for name in ("no", "kind", "namespace", "name", "within"))
    for no, kind, namespace, name, within in zip(*columns, strict=True):
        if no != last:
            yield Name(no, kind, namespace, seal.token(namespace, name), within)
        last = no


def _give_subjects(names: Sequence[Name], batch_id: int) -> tuple[dict[int, Known], int]:
    """Find the subjects of known names, make those of new ones, and return all by place, and how many are
    new.
    """
    with database.cursor() as cursor:
        subjects = _known(cursor, names)
        new = [name for name in names if name.no not in subjects]
        cursor.execute(NUMBERS, [len(new)])
        ids = [row[0] for row in cursor.fetchall()]
        salts, keys = seal.new_salts(len(new)), _new_keys(len(new))
        for name, number, key, salt in zip(new, ids, keys, salts, strict=True):
            subjects[name.no] = Known(number, key, salt)
        _copy(cursor, COPY_SUBJECTS, (_subject_line(name, subjects, batch_id) for name in new))
        # in the order of names: two loads that meet wait for each other at the first that they share
        in_order = sorted(new, key=lambda name: (name.namespace, name.token))
        _copy(cursor, COPY_KEYS, (_key_line(name, subjects[name.no].id) for name in in_order))
    return subjects, len(new)


def _known(cursor: Any, names: Sequence[Name]) -> dict[int, Known]:
    cursor.execute(TEMPORARY)
    cursor.execute("truncate intake_name")
    _copy(cursor, COPY_NAMES, (f"{name.no}\t{name.namespace}\t{_hex(name.token)}\n" for name in names))
    cursor.execute("analyze intake_name")
    cursor.execute(KNOWN)
    return {no: Known(number, key.bytes, bytes(salt)) for no, number, key, salt in cursor.fetchall()}


def _new_keys(count: int) -> list[bytes]:
    """Random keys (UUID, version 4), drawn in one go."""
    drawn = os.urandom(16 * count)
    return [uuid.UUID(bytes=drawn[n : n + 16], version=4).bytes for n in range(0, len(drawn), 16)]


def _subject_line(name: Name, subjects: dict[int, Known], batch_id: int) -> str:
    one = subjects[name.no]
    within = NULL if name.within is None else subjects[name.within].id
    return f"{one.id}\t{one.key.hex()}\t{name.kind}\t{_hex(one.salt)}\t{within}\t{batch_id}\n"


def _key_line(name: Name, subject_id: int) -> str:
    return f"{name.namespace}\t{_hex(name.token)}\t{subject_id}\n"


def _copy_spoken(
    rows: pa.Table, subjects: dict[int, Known], ids: tuple[int, int, int]
) -> tuple[int | None, int | None, datetime | None]:
    """Seal what identifies and write the observations; return the first and the last of their ids, and when
    the database received them.

    The database numbers them. They follow one another without those of another part of the batch in between:
    one part is written at a time, and no number that was set aside for an earlier one is used.
    """
    columns = (rows[name].to_pylist() for name in ("no", "observed_on", "facts", "sealed"))
    fixed = "\t".join(str(number) for number in ids)
    text = "".join(_spoken_line(subjects[no], fixed, *said) for no, *said in zip(*columns, strict=True))
    if not text:
        return None, None, None
    with database.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s, %s)", [locks.OBSERVATIONS, ids[1] % 2**31])
        try:
            with transaction.atomic():
                cursor.execute("discard sequences")
                cursor.execute("select nextval('intake_observation_id_seq')")
                before = cursor.fetchone()[0]
                _copy(cursor, COPY_SPOKEN, (text,))
                cursor.execute(LAST, [ids[1]])
                last, received_at = cursor.fetchone()
                return before + 1, last, received_at
        finally:
            cursor.execute("select pg_advisory_unlock(%s, %s)", [locks.OBSERVATIONS, ids[1] % 2**31])


def _spoken_line(subject: Known, fixed: str, observed_on: Any, facts: str, sealed: str) -> str:
    blob = NULL
    if sealed != "{}":
        blob = _hex(seal.seal_for(subject.salt, sealed.encode(), context=subject.key))
    return f"{subject.id}\t{fixed}\t{observed_on}\t{_escaped(facts)}\t{blob}\n"


def _copy(cursor: Any, statement: str, lines: Iterator[str] | Sequence[str]) -> None:
    with cursor.copy(statement) as copy:
        copy.write("".join(lines))


def _hex(binary: bytes) -> str:
    """Bytes as COPY reads them."""
    return rf"\\x{binary.hex()}"


def _escaped(text: str) -> str:
    """Text as COPY reads it; JSON has no bare tab or line break, only backslashes."""
    return text.replace("\\", "\\\\")
