"""The table format, behind one door: nothing else of saiban knows deltalake.

Every write is one commit: a reader sees the version before it or the one after it, and a process that is
killed leaves the one before. Object storage is reached by the address alone; its credentials are taken from
the environment (``AWS_…``, ``AZURE_…``, ``GOOGLE_…``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import Full, Queue
from typing import TYPE_CHECKING

from saiban.calc.quoting import text
from saiban.core.lake.tables import DISTRICT, LakeTable, location

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

FILE_BYTES = 64 * 2**20
KEPT = "interval 7 days"
# no least and greatest values in the log: nothing of anyone stays there once a file is gone
CONFIGURATION = {
    "delta.dataSkippingNumIndexedCols": "0",
    "delta.logRetentionDuration": KEPT,
    "delta.deletedFileRetentionDuration": KEPT,
}
GONE = "gone_"
AHEAD = 2  # pieces that are read before they are written
Handed = Queue["pa.Table | BaseException | None"]


def address(name: str) -> str:
    """Return where a table lies."""
    return f"{location()}/{name}"


def opened(name: str, version: int | None = None) -> DeltaTable | None:
    """Open a table, as of a version or now; None where it was never written."""
    from deltalake import DeltaTable

    return DeltaTable(address(name), version=version) if DeltaTable.is_deltatable(address(name)) else None


def overwrite(table: LakeTable, pieces: Iterable[pa.Table]) -> int:
    """Replace all rows of a table in one commit; return the version.

    The library asks for rows in a thread of its own, where neither the caller's transaction nor its
    connection is: they are read here and handed over.
    """
    with ThreadPoolExecutor(1) as pool:
        handed: Handed = Queue(maxsize=AHEAD)
        writing = pool.submit(_overwrite, table, _batches(handed))
        try:
            for piece in pieces:
                _hand_over(handed, piece, writing)
        except BaseException as error:
            _hand_over(handed, error, writing)  # else it would wait for ever, or write half a table
            raise
        _hand_over(handed, None, writing)
        writing.result()
    return _version(table.name)


def _hand_over(handed: Handed, piece: pa.Table | BaseException | None, writing: Future[None]) -> None:
    """Put a piece before the writer, unless it has ended: by a fault, which ``result`` then raises."""
    while not writing.done():
        with suppress(Full):
            handed.put(piece, timeout=0.1)
            return


def _batches(handed: Handed) -> Iterator[pa.RecordBatch]:
    while (piece := handed.get()) is not None:
        if isinstance(piece, BaseException):
            raise piece
        yield from piece.to_batches()


def _overwrite(table: LakeTable, batches: Iterator[pa.RecordBatch]) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    write_deltalake(
        address(table.name),
        pa.RecordBatchReader.from_batches(table.schema(), batches),
        mode="overwrite",
        schema_mode="overwrite",
        partition_by=[DISTRICT],
        target_file_size=FILE_BYTES,
        configuration=CONFIGURATION,
    )


def merge(table: LakeTable, rows: pa.Table, asked: pa.Array) -> int:
    """Put rows in the place of those with their keys, and take away those whose keys were asked for and are
    not among the rows: one commit.

    Only files of the districts in which one of these keys stands are looked at.
    """
    import pyarrow as pa

    districts = _districts(table, asked)
    if not districts:
        return _append(table, rows)
    present = rows.column(table.key).combine_chunks()
    gone = asked.filter(pa.compute.invert(pa.compute.is_in(asked, present)))
    _merge(table, pa.concat_tables([_marked(rows, False), _marked(_only_keys(table, gone), True)]), districts)
    return _version(table.name)


def _merge(table: LakeTable, source: pa.Table, districts: Collection[str]) -> None:
    lake = opened(table.name)
    assert lake is not None, "what is merged into was written before"  # noqa: S101
    quoted = ", ".join(text(name) for name in sorted(districts))
    of_source = {name: f"s.{name}" for name in table.columns}
    (
        lake.merge(
            source,
            predicate=f"t.{table.key} = s.{table.key} and t.{DISTRICT} in ({quoted})",
            source_alias="s",
            target_alias="t",
        )
        .when_matched_delete(predicate=f"s.{GONE}")
        .when_matched_update(updates=of_source)
        .when_not_matched_insert(updates=of_source, predicate=f"not s.{GONE}")
        .execute()
    )


def _append(table: LakeTable, rows: pa.Table) -> int:
    from deltalake import write_deltalake

    if rows.num_rows:
        write_deltalake(address(table.name), rows, mode="append", target_file_size=FILE_BYTES)
    return _version(table.name)


def _marked(rows: pa.Table, is_gone: bool) -> pa.Table:
    import pyarrow as pa

    return rows.append_column(GONE, pa.repeat(pa.scalar(is_gone), rows.num_rows))


def _only_keys(table: LakeTable, keys: pa.Array) -> pa.Table:
    import pyarrow as pa

    nothing = {name: pa.nulls(len(keys), kind.type) for name, kind in _fields(table)}
    return pa.table({**nothing, table.key: keys}, schema=table.schema())


def _fields(table: LakeTable) -> list[tuple[str, pa.Field]]:
    return [(field.name, field) for field in table.schema()]


def _districts(table: LakeTable, keys: pa.Array) -> set[str]:
    """In which districts do these keys stand now? Only the column of keys is read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lake, found = opened(table.name), set[str]()
    if lake is None:
        return found
    # filtered here: a filter that is handed down fails on the string views that a merge leaves in the log
    for batch in lake.to_pyarrow_dataset().to_batches([DISTRICT, table.key]):
        is_asked = pc.is_in(batch.column(table.key).cast(pa.string()), keys)
        found.update(batch.column(DISTRICT).filter(is_asked).unique().to_pylist())
    return found


def _version(name: str) -> int:
    lake = opened(name)
    assert lake is not None, "it was written just now"  # noqa: S101
    return lake.version()


@dataclass(frozen=True)
class Extent:
    """How much a version of a table is; ``size`` in bytes."""

    rows: int = 0
    files: int = 0
    size: int = 0


def extent(name: str, version: int) -> Extent:
    """Return how much a version is, from the log alone."""
    import pyarrow as pa

    lake = opened(name, version)
    if lake is None:
        return Extent()
    files = pa.table(lake.get_add_actions(flatten=True))
    rows, size = (pa.compute.sum(files.column(each)).as_py() or 0 for each in ("num_records", "size_bytes"))
    return Extent(int(rows), files.num_rows, int(size))


def sweep(name: str, *, hours: int, keep: int) -> int:
    """Remove files that no version younger than so many hours needs, and the log of such versions.

    ``keep`` is the version that readers are shown. Returns the number of files. What a killed write left
    behind goes too, once it is that old.
    """
    lake = opened(name)
    if lake is None:
        return 0
    removed = lake.vacuum(
        retention_hours=hours,
        dry_run=False,
        enforce_retention_duration=False,
        full=True,
        keep_versions=[keep],
    )
    lake.create_checkpoint()
    lake.cleanup_metadata()
    return len(removed)
