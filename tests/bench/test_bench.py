"""The benches at their smallest: results equal, one JSON object, and a baseline that shares no arithmetic."""

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from saiban.bench import lake as bench_lake
from saiban.bench import province_parts
from saiban.bench.by_hand import float_sql, integer_sql
from saiban.bench.households import write_households
from saiban.bench.measure import in_turn, ratio
from saiban.calc import engine
from saiban.calc.bands import BandLimits
from saiban.calc.scorecard import score_sql, shipped_scorecard
from saiban.config.cli.bench import bench
from saiban.data.errors import BadInput
from saiban.synth.province import frame_of, write_province

KEYS = {"name", "size", "seconds", "baseline", "baseline_seconds", "ratio", "peak_mb", "equal"}


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("score", 3000), ("resolve", 2000), ("refresh", 3000), ("rule", 3000), ("overlaps", 20_000),
        ("seal", 500), ("lake", 3600),
    ],
)  # fmt: skip
def test_a_bench_prints_one_object_and_its_results_are_equal(name: str, size: int) -> None:
    arguments = [name, "--size", str(size), "--rounds", "1", "--json"]
    result = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    measured = json.loads(result.stdout)
    assert set(measured) >= KEYS
    assert (measured["name"], measured["size"], measured["equal"]) == (name, size, True)


def test_a_lake_that_a_feed_did_not_reach_is_not_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    from saiban.core.lake import store

    assert bench_lake.lake(3600, rounds=1).equal
    monkeypatch.setattr(store, "merge", lambda table, rows, asked: 0)
    assert not bench_lake.lake(3600, rounds=1).equal


@pytest.mark.slow
def test_an_import_is_measured_in_a_process_of_its_own() -> None:
    measured = measured_apart("import", "--size", "100", "--looks", "20")
    assert set(measured) >= KEYS
    assert (measured["size"], measured["equal"]) == (100, True)
    assert measured["rows_written"] > measured["persons"] > 100
    assert measured["looks"] == 20
    assert measured["look_recall"] > 0.8


def measured_apart(*arguments: str) -> dict[str, Any]:
    """What a bench says that sets up a server and settings of its own."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SAIBAN_", "DJANGO_"))
    }
    command = [sys.executable, "-m", "saiban", "bench", *arguments, "--json"]
    done = subprocess.run(  # noqa: S603 our own command
        command, capture_output=True, text=True, check=True, env=environment, timeout=300
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


@pytest.mark.slow
def test_audit_rows_of_several_processes_are_all_chained_and_are_the_same_as_by_plain_insert() -> None:
    measured = measured_apart("audit", "--size", "60", "--committers", "2")
    assert set(measured) >= KEYS
    assert (measured["size"], measured["committers"], measured["equal"]) == (60, 2, True)
    assert 0 < measured["lag_rows"] <= 60
    assert measured["verified_per_second"] > 0


def test_a_province_resolved_and_scored_is_what_a_join_by_hand_holds(tmp_path: Path) -> None:
    write_province(frame_of(3, date(2026, 10, 1)), 600, tmp_path)
    arguments = ["province", "--folder", str(tmp_path), "--json"]
    measured = json.loads(CliRunner().invoke(bench, arguments, catch_exceptions=False).output)
    assert set(measured) >= KEYS
    assert (measured["size"], measured["equal"]) == (600, True)
    assert measured["facts"] > 600 * 45


def of_province(*arguments: object) -> dict[str, object]:
    result = CliRunner().invoke(bench, ["province", *map(str, arguments), "--json"], catch_exceptions=False)
    measured: dict[str, object] = json.loads(result.stdout)
    return measured


@pytest.mark.slow
def test_a_province_by_districts_comes_to_what_its_files_come_to(tmp_path: Path) -> None:
    write_province(frame_of(1, date(2026, 10, 1)), 400, tmp_path)
    of_files, by_district = of_province("--folder", tmp_path), of_province("--size", 400)
    assert by_district["equal"]
    assert [by_district[name] for name in ("size", "facts", "poor")] == [
        of_files[name] for name in ("size", "facts", "poor")
    ]


@pytest.mark.slow
def test_a_run_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, made = tmp_path / "kept.jsonl", province_parts._district
    whole = of_province("--size", 72, "--keep", kept)
    lines = kept.read_text().splitlines(keepends=True)
    kept.write_text("".join(lines[:30]) + lines[30][:40])  # the last line was being written
    again: list[str] = []

    def counted(frame: object, size: int, code: str) -> province_parts.Part:
        again.append(code)
        return made(frame, size, code)  # type: ignore[arg-type]

    monkeypatch.setattr(province_parts, "_district", counted)
    rest = of_province("--size", 72, "--keep", kept)
    assert len(again) == len(lines) - 30
    assert [rest[name] for name in ("size", "facts", "poor")] == [
        whole[name] for name in ("size", "facts", "poor")
    ]
    with pytest.raises(BadInput, match="another run"):
        of_province("--size", 73, "--keep", kept)


@pytest.mark.parametrize("options", [(), ("--size", 99, "--blocks", 1), ("--folder", ".", "--keep", "x")])
def test_options_of_a_province_that_do_not_go_together_are_refused(options: tuple[object, ...]) -> None:
    with pytest.raises(BadInput, match="do not go together"):
        of_province(*options)


def test_some_scores_move_in_a_refresh() -> None:
    result = CliRunner().invoke(
        bench, ["refresh", "--size", "3000", "--rounds", "1", "--json"], catch_exceptions=False
    )
    assert 0 < json.loads(result.output)["moved"] <= 60  # one in a hundred, by hash


def test_the_baseline_by_hand_agrees_in_every_column(tmp_path: Path) -> None:
    scorecard, bands = shipped_scorecard("punjab-pmt-2016"), BandLimits(Decimal(30), Decimal(5))
    write_households(tmp_path / "households.parquet", scorecard, size=5000, seed=7)
    connection = engine.connect(threads=1)
    engine.read(connection, tmp_path / "households.parquet", name="households")
    columns = engine.over(connection).table("households").schema()
    queries = [
        score_sql(scorecard, columns, relation="households", bands=bands),
        integer_sql(scorecard, "households", bands=bands),
    ]
    ours, by_hand = (sorted(connection.execute(query).fetchall()) for query in queries)
    assert ours == by_hand
    assert {row[3] for row in ours} == {"poor", "near", "above", "unscored"}
    rough = sorted(connection.execute(float_sql(scorecard, "households", bands=bands)).fetchall())
    for exact, floating in zip(ours, rough, strict=True):
        assert (exact[1] is None) == (floating[1] is None)
        assert exact[1] is None or abs(float(exact[1]) - floating[1]) < 0.001


def test_households_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    scorecard = shipped_scorecard("schreiner-pk-2009")
    for name in ("a", "b"):
        write_households(tmp_path / name, scorecard, size=100, seed=3)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_plans_run_in_turn_and_the_warm_up_is_not_counted() -> None:
    turns: list[str] = []
    seconds = in_turn({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, rounds=2)
    assert turns == ["a", "b", "a", "b", "a", "b"]
    assert {name: len(each) for name, each in seconds.items()} == {"a": 2, "b": 2}
    assert ratio([2.0, 3.0, 10.0], [1.0, 1.0, 1.0]) == 3.0
