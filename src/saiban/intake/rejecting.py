"""Rejected rows: kept with field, masked value and reason; the row itself sealed, to be sent back for
mending.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import connection as database

from saiban.core import seal
from saiban.core.numbers import PARSERS, digits, mask
from saiban.intake.mapping import Fact, Mapping, all_fields
from saiban.intake.reading import quoted

if TYPE_CHECKING:
    import duckdb

BLOCK = 10_000
LONGEST_SHOWN = 60
LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")
YEAR = re.compile(r"\d{4}")
COPY = """
copy intake_rejectedrow
  (batch_id, row_no, group_key, field, masked_value, reason, expected, sealed_row) from stdin
"""


def keep_rejected(duck: duckdb.DuckDBPyConnection, mapping: Mapping, *, batch_id: int) -> None:
    """Write one row per fault; the first of each row of the file carries the sealed row."""
    with database.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in _rejections(duck, mapping, batch_id):
            copy.write_row(row)


def _rejections(
    duck: duckdb.DuckDBPyConnection, mapping: Mapping, batch_id: int
) -> Iterator[tuple[Any, ...]]:
    cells = ", ".join(f"'{column}': {quoted(column)}" for column in mapping.columns)
    result = duck.execute(
        f"""SELECT f.row_no, f.group_key, f.field, f.value, f.reason, coalesce(f.expected, ''),
                   CASE WHEN row_number() OVER (PARTITION BY f.row_no ORDER BY f.field, f.reason) = 1
                        THEN CAST(to_json({{{cells}}}) AS VARCHAR) END
            FROM (SELECT DISTINCT * FROM faults) f JOIN typed USING (row_no)
            ORDER BY f.row_no, f.field, f.reason"""  # noqa: S608
    )
    while rows := result.fetchmany(BLOCK):
        for row_no, group_key, field, value, reason, expected, cells_of_row in rows:
            sealed = cells_of_row and seal.seal(cells_of_row.encode(), context=context(batch_id, row_no))
            group = "" if group_key.startswith("#") else group_key[:80]
            yield (
                batch_id,
                row_no,
                group,
                field,
                masked(value, field, mapping),
                reason,
                expected[:300],
                sealed,
            )


def context(batch_id: int, row_no: int) -> bytes:
    """What a sealed row belongs to."""
    return f"rejected:{batch_id}:{row_no}".encode()


def opened(batch_id: int, row_no: int, blob: bytes) -> dict[str, str | None]:
    """Open a sealed row: its cells by column."""
    cells: dict[str, str | None] = json.loads(seal.unseal(bytes(blob), context=context(batch_id, row_no)))
    return cells


SEALED_BEFORE = """
select id, batch_id, row_no, sealed_row from intake_rejectedrow
where id > %s and sealed_row is not null order by id limit %s
"""
SEAL_ANEW = """
update intake_rejectedrow r set sealed_row = g.sealed from unnest(%s::bigint[], %s::bytea[]) g (id, sealed)
where r.id = g.id
"""


def reseal(after: int, most: int) -> tuple[int, int]:
    """Seal the next rejected rows anew where their key is not the current one (``core.rotation``)."""
    with database.cursor() as cursor:
        cursor.execute(SEALED_BEFORE, [after, most])
        rows = cursor.fetchall()
        old = [row for row in rows if seal.key_of(bytes(row[3])) != seal.ring().current]
        if old:
            places = [context(batch_id, row_no) for _id, batch_id, row_no, _blob in old]
            anew = [
                seal.seal(seal.unseal(bytes(row[3]), context=place), context=place)
                for row, place in zip(old, places, strict=True)
            ]
            cursor.execute(SEAL_ANEW, [[row[0] for row in old], anew])
    return (rows[-1][0] if rows else 0), len(old)


def masked(value: str | None, field: str, mapping: Mapping) -> str:
    """Show as much of a value as is needed to find it: numbers by their last digits, names by their first
    letter, days of birth without the year.
    """
    if not value:
        return ""
    kind = is_number(field, mapping)
    if kind:
        return masked_number(kind, value)
    if is_day(field, mapping):
        return masked_day(value)
    if is_personal(field, mapping):
        return f"{value[0]}…"
    return LONG_NUMBER.sub(lambda found: masked_number("", found[0]), value)[:LONGEST_SHOWN]


def masked_day(value: str) -> str:
    """Hide the year of a day that identifies; of what has none, every figure.

    >>> masked_day("1990-02-30"), masked_day("30/2/90"), masked_day("none")
    ('****-02-30', '**/*/**', 'none')
    """
    hidden = YEAR.sub("****", value)
    return (hidden if hidden != value else re.sub(r"\d", "*", value))[:LONGEST_SHOWN]


def masked_number(kind: str, value: str) -> str:
    """Mask a number, also one that is none: at most its last three characters stay."""
    number = digits(value)
    if kind in ("cnic", "bform") and len(number) == 13:
        return mask(kind, number)
    return mask("", number)[-LONGEST_SHOWN:] if len(number) > 3 else "*" * len(number)


def is_number(field: str, mapping: Mapping) -> str:
    """Return the kind of number that a column holds ("cnic" and the like), or nothing."""
    if mapping.subject.is_number and field == mapping.subject.column:
        return mapping.subject.namespace
    return next((f.field for f in _facts_of(mapping, field) if f.field in PARSERS), "")


def is_personal(field: str, mapping: Mapping) -> bool:
    """Whether a column holds what identifies a person."""
    return any(all_fields()[fact.field].identifying for fact in _facts_of(mapping, field))


def is_day(field: str, mapping: Mapping) -> bool:
    """Whether a column holds a day that identifies a person, such as that of birth."""
    named = [all_fields()[fact.field] for fact in _facts_of(mapping, field)]
    return any(one.identifying and one.type == "date" for one in named)


def _facts_of(mapping: Mapping, column: str) -> list[Fact]:
    return [fact for fact in (*mapping.facts, *mapping.member_facts) if column in fact.columns]
