"""`saiban eligible` on plain files: the answers, the reasons, and what is refused with nothing written."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from saiban.config.cli.eligible import eligible
from saiban.data.errors import BadInput

RULE = """score.pmt <= policy.pmt.cutoff
  && !(has_car || has_tractor) // no vehicle of value
  && rooms / workers < 3
"""
HOUSEHOLDS = """hh,score_pmt,has_car,has_tractor,rooms,workers
007,30.0000,no,no,2,1
008,30.0001,no,no,2,1
009,12,,no,2,0
010,12,yes,,,
011,,no,no,2,1
"""


def run(tmp_path: Path, *options: str, rule: str = RULE, text: str = HOUSEHOLDS, out: str = "out.csv") -> str:
    (tmp_path / "rule.cel").write_text(rule, encoding="utf-8")
    (tmp_path / "households.csv").write_text(text, encoding="utf-8")
    arguments = [
        "--rule",
        str(tmp_path / "rule.cel"),
        "--input",
        str(tmp_path / "households.csv"),
        "--id",
        "hh",
    ]
    chosen = options or ("--allow-unconfirmed",)
    result = CliRunner().invoke(
        eligible, [*arguments, "--out", str(tmp_path / out), *chosen], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_every_household_is_answered(tmp_path: Path) -> None:
    output = run(tmp_path)
    lines = sorted((tmp_path / "out.csv").read_text().splitlines())
    assert lines == [
        "007,eligible",
        "008,not_eligible",
        "009,unknown",
        "010,not_eligible",
        "011,unknown",
        "hh,answer",
    ]
    assert "3 clauses on 5 households" in output


def test_explained_by_clause_and_by_what_is_not_known(tmp_path: Path) -> None:
    run(tmp_path, "--allow-unconfirmed", "--explain", out="out.parquet")
    rows = {row.pop("hh"): row for row in pq.read_table(tmp_path / "out.parquet").to_pylist()}
    assert rows["009"] == {
        "answer": "unknown", "clause_1": True, "clause_2": None, "clause_3": None,
        "because": "has_car,workers",
    }  # fmt: skip
    assert rows["010"]["because"] == ""
    assert rows["011"]["because"] == "score_pmt"


def test_persons_have_the_columns_of_their_households(tmp_path: Path) -> None:
    people = "hh,age,sex,score_pmt\n1,71,female,20\n2,64,male,20\n"
    run(
        tmp_path, "--unit", "person", "--allow-unconfirmed",
        rule='age >= 65 && sex == "female" && score.pmt < 40', text=people,
    )  # fmt: skip
    assert "1,eligible" in (tmp_path / "out.csv").read_text()


@pytest.mark.parametrize(
    ("change", "options", "says"),
    [
        ({"rule": "has_car &&\n has_boat"}, (), "rule.cel, line 2, character 2: there is no field has_boat"),
        ({"text": HOUSEHOLDS.replace("rooms", "chambers")}, (), "households.csv: columns are missing: rooms"),
        (
            {"text": HOUSEHOLDS.replace("007,30.0000", "007,many")},
            (),
            "column score_pmt: .*'many' of 007.*4 places",
        ),
        ({"text": HOUSEHOLDS.replace("30.0000", "30.00004")}, (), "'30.00004' of 007.*at most 4 places"),
        ({}, ("--on", "2026-07-01"), "unconfirmed.*--allow-unconfirmed"),
        ({}, ("--on", "1999-07-01", "--allow-unconfirmed"), "has no value on 1999-07-01"),
        ({}, ("--id", "rooms", "--allow-unconfirmed"), "the id cannot be a field"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_written(
    change: dict[str, str], options: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=says):
        run(tmp_path, *options, **change)
    assert not (tmp_path / "out.csv").exists()
