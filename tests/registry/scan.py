"""Looking for what was planted in every column of every table: by text, in JSON, in bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import connection

COLUMNS = """
select c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2
"""


def _cells(table: str, column: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        # bytes as their hexadecimal figures, all else as its text
        cursor.execute(f'select "{column}"::text from "{table}" where "{column}" is not null')  # noqa: S608 their names
        for (text,) in cursor.fetchall():
            yield text


def where(planted: Iterable[str | bytes]) -> set[str]:
    """``table.column`` of each place where one of these stands, whole or as a part; bytes also as base64 or
    hexadecimal in text.
    """
    words = {one.hex() if isinstance(one, bytes) else one.lower() for one in planted}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
    return {
        f"{table}.{column}"
        for table, column in columns
        for text in _cells(table, column)
        if any(word in text.lower() for word in words)
    }


def tables() -> int:
    """How many tables are looked at."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return len({table for table, _column in cursor.fetchall()})
