"""What says who a subject is goes: its names, its salt, and rejected rows that hold its numbers.

Observations are not touched: the database refuses it. Without the salt nobody opens what is sealed in them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from cryptography.exceptions import InvalidTag
from django.db import connection as database

from saiban.core import seal
from saiban.core.numbers import digits
from saiban.intake.mapping import shipped_mappings
from saiban.intake.rejecting import context

Token = tuple[str, bytes]  # a namespace, and the token of a name in it
Place = tuple[int, int]  # a batch, and a row of its file
DROP_NAMES = "delete from intake_sourcekey where subject_id = any(%s) returning namespace, token"
DESTROY_SALTS = "update intake_subject set salt = null where id = any(%s) and salt is not null"
# of a file of households each row carries the household's number
GROUPS = """
select distinct r.group_key from intake_rejectedrow r join intake_batch b on b.id = r.batch_id
join intake_source s on s.id = b.source_id where s.code = any(%s) and r.group_key <> ''
"""
OF_GROUPS = """
select distinct r.batch_id, r.row_no from intake_rejectedrow r join intake_batch b on b.id = r.batch_id
join intake_source s on s.id = b.source_id where s.code = any(%s) and r.group_key = any(%s)
"""
SEALED_ROWS = "select batch_id, row_no, sealed_row from intake_rejectedrow where sealed_row is not null"
BLANK = """
update intake_rejectedrow r set sealed_row = null, masked_value = '', group_key = ''
from unnest(%s::bigint[], %s::bigint[]) g (batch_id, row_no)
where r.batch_id = g.batch_id and r.row_no = g.row_no
"""
BLOCK = 5_000
# figures of Urdu and Arabic, and separators beyond ASCII, in UTF-8
UNUSUAL = re.compile(
    rb"\xdb[\xb0-\xb9]|\xd9[\xa0-\xa9]|\xe2[\x80\x81\x88]|\xef\xbb\xbf|\xc2\xa0|\xe3\x80\x80"
)


def drop_names(subject_ids: Sequence[int]) -> set[Token]:
    """Delete the source keys of subjects; return which they were."""
    with database.cursor() as cursor:
        cursor.execute(DROP_NAMES, [list(subject_ids)])
        return {(namespace, bytes(token)) for namespace, token in cursor.fetchall()}


def destroy_salts(subject_ids: Sequence[int]) -> int:
    """Destroy salts; return how many there were."""
    with database.cursor() as cursor:
        cursor.execute(DESTROY_SALTS, [list(subject_ids)])
        return int(cursor.rowcount)


def blank_rejected(places: Collection[Place]) -> int:
    """Blank all that is kept of rejected rows; return how many faults that were."""
    if not places:
        return 0
    with database.cursor() as cursor:
        cursor.execute(BLANK, [[place[0] for place in places], [place[1] for place in places]])
        return int(cursor.rowcount)


def rows_of_households(names: Collection[Token]) -> Iterator[Place]:
    """Rejected rows that carry the number of a household, as its survey gave it."""
    wanted = set(names)
    for namespace in {namespace for namespace, _token in wanted}:
        codes = [
            code
            for code, mapping in shipped_mappings().items()
            if mapping.subject.kind == "household" and mapping.subject.namespace == namespace
        ]
        with database.cursor() as cursor:
            cursor.execute(GROUPS, [codes])
            groups = [row[0] for row in cursor.fetchall()]
            meant = [group for group in groups if (namespace, seal.token(namespace, group)) in wanted]
            cursor.execute(OF_GROUPS, [codes, meant])
            yield from cursor.fetchall()


def rows_with_numbers(numbers: Collection[str]) -> Iterator[Place]:
    """Rejected rows in which a number of people stands. Each is opened: no token is kept beside it.

    A row that names someone in words only, or by a number that was never theirs, cannot be traced.
    """
    # ten digits tell a phone in every way of writing it
    wanted = [number[-10:] if number.startswith("+") else number for number in numbers]
    if not wanted:
        return
    with database.chunked_cursor() as cursor:
        cursor.execute(SEALED_ROWS)
        while rows := cursor.fetchmany(BLOCK):
            for batch_id, row_no, blob in rows:
                text = _figures(_opened(batch_id, row_no, bytes(blob)))
                if any(number in text for number in wanted):
                    yield batch_id, row_no


def _figures(row: bytes) -> str:
    """A row without what may stand between the figures of a number; quickly where nothing unusual does."""
    if UNUSUAL.search(row):
        return digits(row.decode())
    return row.translate(None, b" \t-./").decode()


def _opened(batch_id: int, row_no: int, blob: bytes) -> bytes:
    try:
        return seal.unseal(blob, context=context(batch_id, row_no))
    except InvalidTag:  # changed by someone: nobody reads it, and it cannot be traced
        return b""
