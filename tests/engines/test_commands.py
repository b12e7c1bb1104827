"""``--engine spark`` writes the files that DuckDB writes: the same rows, in the same types."""

import uuid
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from saiban.bench import rule as bench_rule
from saiban.bench.enrolments import ON, write_enrolments
from saiban.bench.households import write_households, write_inputs
from saiban.calc.rules import check, known_fields
from saiban.calc.scorecard import shipped_codes, shipped_scorecard
from saiban.config.cli.eligible import eligible
from saiban.config.cli.overlaps import overlaps
from saiban.config.cli.score import score
from tests.engines.conftest import assert_same_rows

pytestmark = pytest.mark.spark
ROWS = 3_000
DAY = date(2026, 7, 1)


@pytest.fixture
def same(spark_backend, tmp_path, monkeypatch):
    """Run a command on both engines; the files have to be the same. Returns what the first one holds."""
    # one session for all tests: the command opens and ends its own
    monkeypatch.setattr(type(spark_backend), "disconnect", lambda backend: None)

    def run(command, *options, kind="parquet"):
        said = {}
        for name in ("duckdb", "local[2]"):
            out = tmp_path / f"{name[:5]}.{kind}"
            arguments = [*map(str, options), "--out", str(out), "--engine", name]
            done = CliRunner().invoke(command, arguments, catch_exceptions=False)
            assert done.exit_code == 0, done.output
            said[name] = done.output.split("Written to")[0]
        assert said["duckdb"] == said["local[2]"]
        return _compared(tmp_path, kind)

    return run


def _compared(folder, kind):
    first, second = folder / f"duckd.{kind}", folder / f"local.{kind}"
    if kind == "csv":
        assert sorted(first.read_text().splitlines()) == sorted(second.read_text().splitlines())
        return first.read_text().splitlines()
    expected, found = pq.read_table(first), pq.read_table(second)
    assert expected.schema == found.schema
    assert_same_rows(expected, found)
    return expected


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize("code", shipped_codes())
def test_score(code, kind, same, tmp_path):
    write_households(tmp_path / "h.parquet", shipped_scorecard(code), size=ROWS)
    options = ["--scorecard", code, "--input", tmp_path / "h.parquet", "--id", "household_id", "--explain"]
    assert len(same(score, *options, kind=kind)) >= ROWS


def test_eligible(same, tmp_path):
    rule = check(bench_rule.RULE, unit="household")
    known = known_fields("household")
    write_inputs(tmp_path / "h.parquet", [known[name] for name in rule.inputs], size=ROWS)
    (tmp_path / "rule.cel").write_text(bench_rule.RULE)
    told = same(
        eligible, "--rule", tmp_path / "rule.cel", "--input", tmp_path / "h.parquet", "--id", "household_id",
        "--explain", "--allow-unconfirmed", "--on", DAY,
    )  # fmt: skip
    assert set(told.column("answer").to_pylist()) >= {"eligible", "not_eligible"}


@pytest.mark.parametrize("ids", ["int", "uuid", "text"])
def test_overlaps(ids, same, tmp_path):
    write_enrolments(tmp_path / "e.parquet", size=ROWS)
    rows = pq.read_table(tmp_path / "e.parquet")
    if ids != "int":
        rows = rows.set_column(rows.column_names.index("enrolment_id"), "enrolment_id", _ids(len(rows)))
    if ids == "uuid":
        _write_with_uuids(tmp_path, rows)
    else:
        pq.write_table(rows, tmp_path / "e.parquet")
    assert same(overlaps, "--enrolments", tmp_path / "e.parquet", "--on", ON).num_rows > 0


def _ids(count: int) -> pa.Array:
    rng = np.random.default_rng(3)
    return pa.array([str(uuid.UUID(bytes=rng.bytes(16))) for _ in range(count)])


def _write_with_uuids(folder, rows):
    from saiban.calc import engine

    connection = engine.connect()
    connection.register("rows", rows)
    typed = "SELECT * REPLACE (CAST(enrolment_id AS UUID) AS enrolment_id) FROM rows"
    engine.write(connection, typed, folder / "e.parquet")


def test_the_environment_chooses_too(same, spark_backend, tmp_path, monkeypatch):
    write_households(tmp_path / "h.csv.parquet", shipped_scorecard("punjab-pmt-2016"), size=50)
    asked = []
    monkeypatch.setattr("saiban.calc.spark.connect", lambda master: asked.append(master) or spark_backend)
    monkeypatch.setenv("ENGINE", "local[2]")
    done = CliRunner().invoke(
        score,
        ["--scorecard", "punjab-pmt-2016", "--input", str(tmp_path / "h.csv.parquet"), "--id", "household_id",
         "--out", str(tmp_path / "out.csv")],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert asked == ["local[2]"]
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 51
