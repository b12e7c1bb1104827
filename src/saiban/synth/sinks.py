"""Files that are written table after table, so that no table of the whole province is ever held."""

from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

FileFormat = Literal["parquet", "csv"]


class Sink:
    """A file that takes one table after the other: in Parquet a row group each that brings enough rows."""

    def __init__(
        self, path: Path, file_format: FileFormat, *, plain: bool = False, group_rows: int = 0
    ) -> None:
        """Nothing is opened before the first table shows the columns.

        ``plain``: no quotes in CSV. ``group_rows``: small tables are held until so many rows stand together.
        """
        self.path, self.format, self.plain = path.with_suffix(f".{file_format}"), file_format, plain
        self.group_rows, self.held = group_rows, list[Any]()
        self.writer: Any = None
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.held:
            self._write_held()
        if self.writer is not None:
            self.writer.close()

    def write(self, table: Any) -> None:
        """Append a table."""
        self.held.append(table)
        self.rows += len(table)
        if sum(len(held) for held in self.held) >= self.group_rows:
            self._write_held()

    def _write_held(self) -> None:
        import pyarrow as pa

        table = pa.concat_tables(self.held)
        self.held = []
        self._open(table.schema)
        self.writer.write_table(table)

    def _open(self, schema: Any) -> None:
        import pyarrow.csv
        import pyarrow.parquet

        if self.writer is None and self.format == "parquet":
            self.writer = pyarrow.parquet.ParquetWriter(self.path, schema, compression="zstd")
        elif self.writer is None:
            style = "none" if self.plain else "needed"
            options = pyarrow.csv.WriteOptions(quoting_style=style, quoting_header=style)
            self.writer = pyarrow.csv.CSVWriter(self.path, schema, write_options=options)
