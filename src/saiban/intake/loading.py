"""Subjects and observations of a batch go into the database: by COPY and set statements, in the caller's
transaction.

Names become tokens, a name that is known keeps its subject, what identifies is sealed under the
subject's data key.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection as database

from saiban.core import seal
from saiban.core.progress import Meter

if TYPE_CHECKING:
    import duckdb

BLOCK = 10_000
NAMES_LOCK = 7_240_010
TEMPORARY = """
create temporary table intake_name (
  no bigint primary key, kind text, namespace text, token bytea, key uuid, salt bytea, within bigint,
  subject_id bigint
) on commit drop
"""
KNOWN = """
update intake_name n set subject_id = k.subject_id, key = s.key, salt = s.salt
from intake_sourcekey k join intake_subject s on s.id = k.subject_id
where k.namespace = n.namespace and k.token = n.token
"""
NEW = """
insert into intake_subject (key, kind, salt, within_id, first_batch_id)
select n.key, n.kind, n.salt, h.subject_id, %s
from intake_name n left join intake_name h on h.no = n.within
where n.subject_id is null and (n.within is null) = %s
order by n.no
"""
GIVE_ID = """
update intake_name n set subject_id = s.id from intake_subject s where n.subject_id is null and s.key = n.key
"""
NAME = """
insert into intake_sourcekey (namespace, token, subject_id)
select namespace, token, subject_id from intake_name n
where not exists (select 1 from intake_sourcekey k where k.namespace = n.namespace and k.token = n.token)
"""
COPY_NAMES = "copy intake_name (no, kind, namespace, token, key, salt, within) from stdin"
COPY_SPOKEN = """
copy intake_observation (subject_id, source_id, batch_id, actor_id, observed_on, facts, sealed) from stdin
"""


@dataclass(frozen=True)
class Loaded:
    """What was written."""

    households: int
    persons: int
    meters: int
    new_subjects: int
    observations: int
    observed_from: Any
    observed_until: Any

    @property
    def subjects(self) -> int:
        """Subjects spoken of."""
        return self.households + self.persons + self.meters


def load(
    duck: duckdb.DuckDBPyConnection, *, source_id: int, batch_id: int, actor_id: int, meter: Meter
) -> Loaded:
    """Write ``subjects`` and ``spoken``; returns what was written. Loads wait for each other, readers for
    none.
    """
    total = _one(duck, "SELECT count(*) FROM subjects")
    with database.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [NAMES_LOCK])
        cursor.execute("select intake_ensure_month((now() at time zone 'UTC')::date)")
        cursor.execute(TEMPORARY)
        meter.step("seal", total=total)
        _copy_names(cursor, duck, meter)
        cursor.execute("analyze intake_name")
        new = _give_subjects(cursor, batch_id)
        said = _one(duck, "SELECT count(*) FROM spoken")
        meter.step("load", total=said)
        _copy_spoken(cursor, duck, (source_id, batch_id, actor_id), meter)
        cursor.execute("drop table intake_name")
    counts = dict(duck.execute("SELECT kind, count(*) FROM subjects GROUP BY kind").fetchall())
    days = duck.execute("SELECT min(observed_on), max(observed_on) FROM spoken").fetchone() or (None, None)
    return Loaded(
        households=counts.get("household", 0),
        persons=counts.get("person", 0),
        meters=counts.get("meter", 0),
        new_subjects=new,
        observations=said,
        observed_from=days[0],
        observed_until=days[1],
    )


def _one(duck: duckdb.DuckDBPyConnection, query: str) -> int:
    row = duck.execute(query).fetchone()
    return int(row[0]) if row else 0


def _blocks(duck: duckdb.DuckDBPyConnection, query: str) -> Iterator[list[tuple[Any, ...]]]:
    result = duck.execute(query)
    while rows := result.fetchmany(BLOCK):
        yield rows


def _copy_names(cursor: Any, duck: duckdb.DuckDBPyConnection, meter: Meter) -> None:
    """Write every name as its token, with a key and a salt in case that it is new."""
    with cursor.copy(COPY_NAMES) as copy:
        for rows in _blocks(duck, "SELECT no, kind, namespace, name, within FROM subjects ORDER BY no"):
            salts = seal.new_salts(len(rows))
            copy.write("".join(_name_line(row, salt) for row, salt in zip(rows, salts, strict=True)))
            meter.advance(len(rows))


def _name_line(row: tuple[Any, ...], salt: bytes) -> str:
    no, kind, namespace, name, within = row
    token = seal.token(namespace, name)
    parent = r"\N" if within is None else within
    return f"{no}\t{kind}\t{namespace}\t\\\\x{token.hex()}\t{uuid.uuid4()}\t\\\\x{salt.hex()}\t{parent}\n"


def _give_subjects(cursor: Any, batch_id: int) -> int:
    """Find the subjects of known names, make those of new ones (households first), and return how many are
    new.
    """
    cursor.execute(KNOWN)
    new = 0
    for is_outermost in (True, False):
        cursor.execute(NEW, [batch_id, is_outermost])
        new += cursor.rowcount
        cursor.execute(GIVE_ID)
    cursor.execute(NAME)
    return new


def _copy_spoken(
    cursor: Any, duck: duckdb.DuckDBPyConnection, ids: tuple[int, int, int], meter: Meter
) -> None:
    """Seal what identifies, and write the observations block by block."""
    fixed = "\t".join(str(number) for number in ids)
    for rows in _blocks(duck, "SELECT no, observed_on, facts, sealed FROM spoken ORDER BY no"):
        cursor.execute(
            "select no, subject_id, key, salt from intake_name where no between %s and %s",
            [rows[0][0], rows[-1][0]],
        )
        subjects = {no: (subject_id, key, bytes(salt)) for no, subject_id, key, salt in cursor.fetchall()}
        lines = [_spoken_line(subjects[no], fixed, *said) for no, *said in rows]
        with cursor.copy(COPY_SPOKEN) as copy:
            copy.write("".join(lines))
        meter.advance(len(rows))


def _spoken_line(
    subject: tuple[int, uuid.UUID, bytes], fixed: str, observed_on: Any, facts: str, sealed: str
) -> str:
    subject_id, key, salt = subject
    blob = r"\N"
    if sealed != "{}":
        blob = r"\\x" + seal.seal_for(salt, sealed.encode(), context=key.bytes).hex()
    return f"{subject_id}\t{fixed}\t{observed_on}\t{_escaped(facts)}\t{blob}\n"


def _escaped(text: str) -> str:
    """Text as COPY reads it; JSON has no bare tab or line break, only backslashes."""
    return text.replace("\\", "\\\\")
