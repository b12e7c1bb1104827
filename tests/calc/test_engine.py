"""Files in and out of DuckDB, and guards for traps of the tools that would bite in silence."""

import ast
import gzip
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import ibis
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import saiban.calc
from saiban.calc import engine
from saiban.data.errors import BadInput

ROWS = [("001", "گاؤں", "2.5"), ("002", None, "3")]


def write_input(path: Path) -> None:
    text = "id,name,acres\n001,گاؤں,2.5\n002,,3\n"
    if path.name.endswith(".csv"):
        path.write_text(text, encoding="utf-8")
    elif path.name.endswith(".csv.gz"):
        path.write_bytes(gzip.compress(text.encode()))
    elif path.name.endswith(".parquet"):
        columns = zip(*ROWS, strict=True)
        pq.write_table(pa.table(dict(zip(("id", "name", "acres"), columns, strict=True))), path)
    else:
        book = openpyxl.Workbook()
        for row in [("id", "name", "acres"), ("001", "گاؤں", 2.5), ("002", None, 3.0)]:
            book.active.append(row)
        book.save(path.with_name("plain.xlsx"))
        content = path.with_name("plain.xlsx").read_bytes()
        path.write_bytes(gzip.compress(content) if path.name.endswith(".gz") else content)


@pytest.mark.parametrize("suffix", engine.READABLE)
def test_every_kind_of_file_is_read_alike(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"it's households{suffix}"
    write_input(path)
    connection = engine.connect(threads=1)
    engine.read(connection, path, name="households")
    assert connection.execute("SELECT * FROM households ORDER BY id").fetchall() == ROWS


@pytest.mark.parametrize("suffix", engine.WRITABLE)
def test_what_is_written_is_read_back(suffix: str, tmp_path: Path) -> None:
    connection, path = engine.connect(threads=1), tmp_path / f"out{suffix}"
    assert engine.write(connection, "SELECT 7 AS id, 'poor' AS band UNION ALL SELECT 8, NULL", path) == 2
    engine.read(connection, path, name="written")
    found = connection.execute("SELECT CAST(id AS VARCHAR), band FROM written ORDER BY id").fetchall()
    assert found == [("7", "poor"), ("8", None)]
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("absent.csv", None, "no such file"),
        ("empty.csv", b"", "empty"),
        ("notes.txt", b"id\n1\n", "kind of file"),
        ("fake.parquet", b"id,name\n1,a\n", "cannot be read as parquet"),
        ("fake.xlsx", b"id,name\n1,a\n", "cannot be read as xlsx"),
        ("fake.csv.gz", b"id,name\n1,a\n", "cannot be read as csv.gz"),
        ("latin.csv", "id,name\n1,caf\xe9\n".encode("latin-1"), "cannot be read as csv"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    name: str, content: bytes | None, says: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    connection = engine.connect(threads=1)
    with pytest.raises(BadInput, match=says) as caught:
        engine.read(connection, path, name="households")
    assert name in str(caught.value)


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    connection = engine.connect(threads=1)
    with pytest.raises(Exception, match="oops"):
        engine.write(connection, "SELECT error('oops')", tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadInput, match="no such folder"):
        engine.write(connection, "SELECT 1", tmp_path / "nowhere" / "out.csv")


def test_ibis_creates_and_drops_tables() -> None:
    """sqlglot from 30.18 on breaks both in ibis 12.0.0 (ibis#12101, ibis#12124): the pin in pyproject must
    hold.
    """
    backend = engine.over(engine.connect(threads=1))
    backend.create_table("people", pa.table({"id": [1, 2]}))
    assert backend.table("people").count().execute() == 2
    backend.drop_table("people")
    assert "people" not in backend.list_tables()


def test_no_tilde_on_columns() -> None:
    """Ibis 12.0.0 writes ``(~b).isnull()`` as NOT (b IS NULL): wrong rows without an error. Write ``b ==
    False``.
    """
    found = [
        f"{path.name}:{node.lineno}"
        for path in Path(saiban.calc.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)
    ]
    assert found == []


def test_the_trap_behind_the_ban_on_tilde_is_still_there() -> None:
    """When this fails, ibis has mended it and the ban can go."""
    table = ibis.memtable(pa.table({"b": pa.array([True, None], pa.bool_())}))
    assert "NOT" in ibis.to_sql(table.mutate(x=(~table.b).isnull()), dialect="duckdb")
    assert table.mutate(x=(~table.b).isnull()).x.to_pyarrow().to_pylist() != [False, True]


def test_dates_of_policy_hold_to_the_day() -> None:
    from saiban.calc.policy import NoValue, policy_values, value

    first = policy_values()["pmt.cutoff"].values[0].from_
    assert value("pmt.cutoff", on=first, allow_unconfirmed=True) == 30
    with pytest.raises(NoValue, match="no value on 2000-01-01"):
        value("pmt.cutoff", on=date(2000, 1, 1), allow_unconfirmed=True)
    with pytest.raises(NoValue, match="There is no policy value"):
        value("pmt.nothing", on=first)


@pytest.mark.parametrize(
    ("named", "environment", "master"),
    [
        (None, "", None),
        (None, "duckdb", None),
        (None, "spark", "local[*]"),
        (None, "spark://host:7077", "spark://host:7077"),
        ("spark", "duckdb", "local[*]"),
        ("duckdb", "spark", None),
        ("local[4]", "", "local[4]"),
    ],
)
def test_the_option_chooses_the_engine_then_the_environment(named, environment, master, monkeypatch):
    monkeypatch.setenv("ENGINE", environment)
    assert engine.chosen(named) == master


@pytest.mark.parametrize(
    ("named", "environment", "place"), [("polars", "", "--engine"), (None, "x", "ENGINE")]
)
def test_another_word_is_no_engine(named, environment, place, monkeypatch):
    monkeypatch.setenv("ENGINE", environment)
    with pytest.raises(BadInput) as refused:
        engine.chosen(named)
    assert refused.value.place == place
    assert "spark://host:7077" in str(refused.value)


def asked_of_spark(tmp_path: Path) -> str:
    """What is said where Spark cannot be asked; nothing is written."""
    connection = engine.connect()
    connection.execute("CREATE VIEW rows AS SELECT 1 AS id")
    with pytest.raises(BadInput) as refused:
        engine.ask(
            connection, "rows", lambda table: table, tmp_path / "out.csv", spark="local[1]", place="rows.csv"
        )
    assert list(tmp_path.iterdir()) == []
    return str(refused.value)


def test_without_pyspark_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    said = asked_of_spark(tmp_path)
    assert "pyspark is not installed" in said
    assert "requirements-spark.txt" in said


def test_without_java_a_sentence_says_so(tmp_path: Path, monkeypatch) -> None:
    package = ModuleType("pyspark")
    package.sql = ModuleType("pyspark.sql")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyspark", package)
    monkeypatch.setitem(sys.modules, "pyspark.sql", package.sql)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert "Java is not installed" in asked_of_spark(tmp_path)


def test_a_place_that_cannot_be_written_is_refused_before_spark_is_asked(tmp_path: Path) -> None:
    connection = engine.connect()
    connection.execute("CREATE VIEW rows AS SELECT 1 AS id")
    out = tmp_path / "absent" / "out.csv"
    with pytest.raises(BadInput, match="no such folder"):
        engine.ask(connection, "rows", lambda table: table, out, spark="local[1]", place="rows.csv")
