"""Rows between PostgreSQL and Arrow, by COPY in both directions: for sets that no ORM call should carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection

if TYPE_CHECKING:
    import pyarrow as pa

Item = TypeVar("Item")
Values = Sequence[Any] | Mapping[str, Any]  # by place, or by name


def fetch(query: str, values: Sequence[Any] | Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    """Run a query and return its rows as Arrow, in the order and types of ``schema``; NULL is null, '' is
    ''."""
    # the driver's own cursor: Django's, where it logs queries, copies without values
    from pyarrow import csv

    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f"copy ({query}) to stdout (format csv)", _given(values)) as copy,
    ):
        text = b"".join(bytes(part) for part in copy)
    if not text:
        return schema.empty_table()
    return csv.read_csv(
        BytesIO(text),
        read_options=csv.ReadOptions(column_names=schema.names),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=schema,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _given(values: Sequence[Any] | Mapping[str, Any]) -> Any:
    """Values by their names, or in their order; None for none at all."""
    return (values if isinstance(values, Mapping) else list(values)) or None


def send(table: str, rows: pa.Table) -> None:
    """Append Arrow rows to a table; columns are named alike."""
    from pyarrow import csv

    buffer = BytesIO()
    csv.write_csv(rows, buffer, csv.WriteOptions(include_header=False))
    names = ", ".join('"' + name.strip('"') + '"' for name in rows.schema.names)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {table} ({names}) from stdin (format csv)") as copy,
    ):
        copy.write(buffer.getvalue())


def send_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append Python rows to a table: text, bytes, numbers, days, booleans and lists of whole numbers."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy,
    ):
        copy.write("".join("\t".join(map(_cell, row)) + "\n" for row in rows))


def _cell(value: Any) -> str:
    """A value as COPY reads it; written here, as the driver asks each value anew what it is."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        if value.isprintable() and "\\" not in value:  # most are, and are sent as they stand
            return value
        return value.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    if isinstance(value, (list, tuple)):
        return f"{{{','.join(map(str, value))}}}"
    return str(value)


def run(statement: str, values: Values = ()) -> int:
    """Run one statement; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


@contextmanager
def without(kind: str) -> Iterator[None]:
    """Let the planner pass over a kind of step (``seqscan``, ``sort``) where it can; what fails inside ends
    the transaction, and this with it.
    """
    run(f"set local enable_{kind} = off")
    yield
    run(f"set local enable_{kind} = on")


def rows_of(query: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Run a query; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def in_chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut items into lists of at most ``size``."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
