"""Both engines over the same rows."""

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

from saiban.calc import engine, spark

Both = Callable[..., None]


@pytest.fixture(scope="session")
def spark_backend() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="pyspark is not installed: requirements-spark.txt")
    if shutil.which("java") is None:
        pytest.skip("there is no Java for Spark")
    backend = spark.connect("local[2]", **{"spark.sql.shuffle.partitions": "2", "spark.driver.memory": "2g"})
    yield backend
    backend.disconnect()


@pytest.fixture
def both(spark_backend, tmp_path) -> Both:
    """Ask an expression of both engines and compare every row: ``build`` gets the tables by their names."""
    import pyarrow.parquet as pq

    def asked(build: Callable[..., ibis.Table], **tables: pa.Table) -> None:
        duck = engine.over(engine.connect())
        here: dict[str, list[Any]] = {"duck": [], "spark": []}
        for name, rows in tables.items():
            path = str(tmp_path / f"{name}.parquet")
            pq.write_table(rows, path)
            here["duck"].append(duck.read_parquet(path, table_name=name))
            here["spark"].append(spark_backend.read_parquet(path, table_name=name))
        found = {which: build(*given).to_pyarrow() for which, given in here.items()}
        assert found["duck"].column_names == found["spark"].column_names
        assert found["duck"].num_rows > 0
        assert _rows(found["duck"]) == _rows(found["spark"])

    return asked


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = [[_plain(value) for value in table.column(name).to_pylist()] for name in table.column_names]
    return sorted(zip(*columns, strict=True), key=repr)


def _plain(value: Any) -> Any:
    """Numbers and moments by what they say: engines differ on the width of a type, not on the value."""
    if isinstance(value, Decimal):
        return value.normalize() + 0
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value
