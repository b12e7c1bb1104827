"""What a room gives to the lake, and where the lake lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    import pyarrow as pa

DISTRICT = "district"
CHANGE_SET = "core.changeset"  # a note of a ChangeSet of households


@dataclass(frozen=True)
class LakeTable:
    """One table of the lake.

    ``keys``     key column → what its ids are of, the row's own key first: ids leave as keyed tokens
                 (``core.lake.keys``).
    ``fields``   the other columns → ``int``, ``decimal(12,3)``, ``string``, ``bool`` or ``date``;
                 ``district`` is one of them and never null: rows lie by it.
    ``select``   SQL of ids and fields in that order, ending in a condition to which another can be joined.
    ``row``      the SQL of the row's own id in it.
    ``touched``  kind of a note → SQL of the ids of the rows that it touches, those that are gone among them;
                 ``%(ids)s`` are what was noted.
    """

    name: str
    keys: Mapping[str, str]
    fields: Mapping[str, str]
    select: str
    row: str
    touched: Mapping[str, str]

    @property
    def key(self) -> str:
        """The column that names a row."""
        return next(iter(self.keys))

    @property
    def columns(self) -> list[str]:
        """Every column, keys first."""
        return [*self.keys, *self.fields]

    def read_schema(self) -> pa.Schema:
        """The columns as they are read: ids are still ids."""
        import pyarrow as pa

        ids = [(name, pa.int64()) for name in self.keys]
        return pa.schema([*ids, *((name, _arrow(kind)) for name, kind in self.fields.items())])

    def schema(self) -> pa.Schema:
        """The columns as they lie in the lake."""
        import pyarrow as pa

        keys = [(name, pa.string()) for name in self.keys]
        return pa.schema([*keys, *((name, _arrow(kind)) for name, kind in self.fields.items())])

    @property
    def digest(self) -> str:
        """Changes with the columns and with what is read into them: then the table is built anew."""
        said = repr((dict(self.keys), dict(self.fields), self.select))
        return sha256(said.encode()).hexdigest()[:16]


def _arrow(kind: str) -> pa.DataType:
    import pyarrow as pa

    if kind.startswith("decimal"):
        precision, scale = (int(part) for part in kind.removeprefix("decimal(").rstrip(")").split(","))
        return pa.decimal128(precision, scale)
    return {"int": pa.int64(), "string": pa.string(), "bool": pa.bool_(), "date": pa.date32()}[kind]


@cache
def tables() -> Sequence[LakeTable]:
    """Return the table of the composition (``settings.SAIBAN_LAKE_TABLES``)."""
    given: Sequence[LakeTable] = import_string(settings.SAIBAN_LAKE_TABLES)
    return given


def location() -> str:
    """Return where the lake lies: a folder, or the address of object storage such as ``s3://bucket/lake``."""
    from saiban.core import embedded

    return (settings.SAIBAN_LAKE or str(embedded.home() / "lake")).rstrip("/")
