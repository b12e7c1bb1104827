"""Both engines over the same rows."""

import shutil
from collections.abc import Callable, Iterator
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
def both_figures(spark_backend, tmp_path) -> Both:
    """Ask both engines for figures that are shares: equal but for the order in which doubles are added."""
    import pyarrow.parquet as pq

    def asked(ask: Callable[[ibis.Table], dict[str, float]], rows: pa.Table) -> None:
        path = str(tmp_path / "rows.parquet")
        pq.write_table(rows, path)
        expected = ask(engine.over(engine.connect()).read_parquet(path, table_name="rows"))
        found = ask(spark_backend.read_parquet(path, table_name="rows"))
        assert found == pytest.approx(expected, rel=1e-12)

    return asked


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
        assert_same_rows(found["duck"], found["spark"])

    return asked


def assert_same_rows(expected: pa.Table, found: pa.Table) -> None:
    """Every value of every row; engines differ on the width of a type, not on the value: a cast that would
    lose anything fails."""
    assert expected.num_rows == found.num_rows
    expected, found = (_sorted(_plain(rows)) for rows in (expected, found))
    for name in expected.column_names:
        wanted = expected.column(name).combine_chunks()
        given = found.column(name).cast(wanted.type).combine_chunks()
        assert wanted.equals(given), (name, _first_difference(wanted, given))


def _plain(rows: pa.Table) -> pa.Table:
    """Whole numbers, decimals and moments in one width, so that both sort alike; a UUID as its bytes."""
    for place, field in enumerate(rows.schema):
        if isinstance(field.type, pa.BaseExtensionType):
            rows = rows.set_column(place, field.name, rows.column(place).combine_chunks().storage)
    return rows.cast(pa.schema([(field.name, _wide(field.type)) for field in rows.schema]))


def _wide(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_decimal(kind):
        return pa.decimal128(38, 9)
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    return pa.string() if pa.types.is_large_string(kind) else kind


def _sorted(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(name, "ascending") for name in rows.column_names])


def _first_difference(expected: pa.Array, found: pa.Array) -> tuple[Any, Any] | None:
    pairs = zip(expected.to_pylist(), found.to_pylist(), strict=True)
    return next((pair for pair in pairs if pair[0] != pair[1]), None)
