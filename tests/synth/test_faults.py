"""The file with faults: one fault in each household, a few without, and nothing else wrong."""

import csv

import pytest
from click.testing import CliRunner
from tests.synth.conftest import MONTH

from saiban.config.cli.synth import synth
from saiban.data.errors import BadInput
from saiban.synth.faults import FAULTS, GOOD, write_faults
from saiban.synth.province import frame_of


@pytest.fixture
def faulty(tmp_path):
    path = write_faults(frame_of(1, MONTH), 2000, len(FAULTS), tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_household = {}
    for row in rows:
        by_household.setdefault(row["household_no"], []).append(row)
    return dict(zip([*FAULTS, *["good"] * GOOD], by_household.values(), strict=False)), len(by_household)


def test_each_fault_stands_in_a_household_of_its_own(faulty):
    assert faulty[1] == len(FAULTS) + GOOD


def test_the_faults_are_what_they_are_called(faulty):
    rows, _ = faulty
    assert rows["impossible date"][1]["birth_date"] == "1987-02-30"
    assert [row["relation"] for row in rows["no head"]].count("head") == 0
    assert [row["relation"] for row in rows["two heads"]].count("head") == 2
    repeated = [row["cnic"] for row in rows["number repeated in the household"][:2]]
    assert repeated[0] == repeated[1] != ""
    assert {row["rooms"] for row in rows["words for a number"]} == {"three"}
    assert (
        rows["born after the interview"][1]["birth_date"]
        > rows["born after the interview"][1]["interviewed_on"]
    )


def test_the_good_ones_have_one_head_and_a_known_tehsil(faulty):
    rows, _ = faulty
    good = rows["good"]
    assert [row["relation"] for row in good].count("head") == 1
    assert all(row["tehsil"].startswith(row["district"]) for row in good)


def test_more_faults_than_households_are_refused(tmp_path):
    with pytest.raises(BadInput, match="--faults"):
        write_faults(frame_of(1, MONTH), 36, 400, tmp_path)


def test_the_command_writes_the_files_and_shows_the_fit(tmp_path):
    arguments = [
        "--households",
        "400",
        "--out",
        str(tmp_path),
        "--faults",
        "5",
        "--report",
        "--format",
        "csv",
    ]
    result = CliRunner().invoke(synth, arguments)
    assert result.exit_code == 0, result.output
    assert "R², Punjab" in result.output
    assert "electricity-2026-10.csv" in result.output
    assert (tmp_path / "survey-faults.csv").exists()
    assert (tmp_path / "truth" / "households.parquet").exists()


def test_a_month_that_is_none_is_refused():
    result = CliRunner().invoke(synth, ["--households", "400", "--out", "never", "--month", "October"])
    assert isinstance(result.exception, BadInput)
