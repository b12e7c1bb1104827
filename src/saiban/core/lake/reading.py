"""Rows of PostgreSQL as Arrow, piece by piece: memory is bounded by the piece, not by the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection

from saiban.core.lake import keys
from saiban.core.lake.tables import LakeTable

if TYPE_CHECKING:
    import pyarrow as pa

PIECE = 50_000  # rows of one piece


def pieces(
    table: LakeTable, narrowed: str = "", values: Mapping[str, Any] | None = None
) -> Iterator[pa.Table]:
    """Read the rows of a table of the lake, all of them or those that a further condition leaves."""
    query = f"{table.select} and {narrowed}" if narrowed else table.select
    with (
        connection.cursor() as cursor,
        # the driver's own cursor: Django's, where it logs queries, copies without values
        cursor.cursor.copy(f"copy ({query}) to stdout (format csv)", values) as copy,
    ):
        rows = iter(copy)
        while text := b"".join(bytes(row) for row in islice(rows, PIECE)):
            yield _keyed(table, _parsed(text, table.read_schema()))


def _parsed(text: bytes, schema: pa.Schema) -> pa.Table:
    """CSV as PostgreSQL writes it: NULL is nothing, an empty text stands in quotes."""
    import pyarrow as pa
    from pyarrow import csv

    return csv.read_csv(
        pa.BufferReader(text),
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


def _keyed(table: LakeTable, rows: pa.Table) -> pa.Table:
    """The rows with keys in place of ids."""
    for place, (name, kind) in enumerate(table.keys.items()):
        ids = rows.column(name).combine_chunks()
        rows = rows.set_column(place, name, keys.keys_of(kind, ids))
    return rows.cast(table.schema())
