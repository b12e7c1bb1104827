"""`saiban overlaps` on plain files: what it writes, and files and policies that are not as they should be."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from saiban.calc import engine
from saiban.config.cli.overlaps import overlaps
from saiban.data.errors import BadInput

HEADING = "enrolment_id,scheme,unit,person_id,household_id,starts_on,ends_on,yearly_paisa\n"
ROWS = """e1,PSPA-HQ,person,007,h1,2025-01-01,,2400000
e2,SWD-HIM,person,007,h1,2026-02-01,,4200000
e3,SWD-HIM,person,007,h1,2025-03-01,,4200000
e4,KISSAN,household,,h1,2025-03-01,,0
e5,KISSAN,household,,h1,2025-04-01,2026-07-01,0
e6,PSPA-SAR,person,,h2,2025-03-01,,2400000
e7,PSPA-SAR,person,,h2,2025-03-01,,2400000
"""
OWN = """exclusive:
  - code: pensions
    level: household
    scheme: X
    excludes: all
    label: {en: X alone, ur: صرف ایک}
    reference: made for this test
    page: none
    from: 2020-01-01
    confirmed: false
"""


def run(tmp_path: Path, text: str, *options: str, out: str = "overlaps.parquet") -> Result:
    (tmp_path / "enrolments.csv").write_text(text, encoding="utf-8")
    files = ["--enrolments", str(tmp_path / "enrolments.csv"), "--out", str(tmp_path / out)]
    return CliRunner().invoke(overlaps, [*files, "--on", "2026-07-01", *options], catch_exceptions=False)


def refused(tmp_path: Path, text: str, *options: str) -> str:
    with pytest.raises(BadInput) as error:
        run(tmp_path, text, *options)
    assert not (tmp_path / "overlaps.parquet").exists()
    return str(error.value)


def test_the_policy_of_the_project_finds_doubles_and_excluded_pairs(tmp_path: Path) -> None:
    result = run(tmp_path, HEADING + ROWS)
    assert result.exit_code == 0
    written = pq.read_table(tmp_path / "overlaps.parquet").to_pylist()
    assert [(r["kind"], r["policy"], r["person_id"], r["left_id"], r["right_id"]) for r in written] == [
        ("exclusive", "disability-cash", "007", "e1", "e2"),
        ("exclusive", "disability-cash", "007", "e1", "e3"),
        ("twice", "", "007", "e2", "e3"),
    ]
    assert [row["yearly_paisa"] for row in written] == [2400000, 2400000, 4200000]
    assert "3 overlaps on 2026-07-01" in result.output
    assert "48,000" in result.output  # rupees a year of the two that exclude each other


@pytest.mark.parametrize("out", ["overlaps.csv", "overlaps.xlsx"])
def test_other_kinds_of_file_are_written_alike(tmp_path: Path, out: str) -> None:
    assert run(tmp_path, HEADING + ROWS, out=out).exit_code == 0
    connection = engine.connect(threads=1)
    engine.read(connection, tmp_path / out, name="written")
    found = connection.execute("SELECT left_id, from_on FROM written WHERE kind = 'twice'").fetchall()
    assert [(left, day[:10]) for left, day in found] == [("e2", "2026-02-01")]


def test_an_own_policy_counts_every_scheme_of_the_file_and_says_which_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN.replace("excludes: all", "excludes: [Y, Q]"), encoding="utf-8")
    text = (
        "enrolment_id,scheme,household_id,starts_on\n1,X,5,2026-01-01\n2,Y,5,2026-01-01\n3,Z,5,2026-01-01\n"
    )
    result = run(tmp_path, text, "--policy", str(tmp_path / "own.yaml"))
    assert "No enrolment names these schemes of the policy: Q." in result.output
    assert pq.read_table(tmp_path / "overlaps.parquet").num_rows == 1
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    assert "No enrolment" not in run(tmp_path, text, "--policy", str(tmp_path / "own.yaml")).output
    assert pq.read_table(tmp_path / "overlaps.parquet").column("right_scheme").to_pylist() == ["Y", "Z"]


def test_nothing_found_is_written_as_an_empty_file(tmp_path: Path) -> None:
    result = run(tmp_path, HEADING + ROWS.splitlines()[0] + "\n")
    assert result.exit_code == 0
    assert pq.read_table(tmp_path / "overlaps.parquet").num_rows == 0


@pytest.mark.parametrize(
    ("before", "after", "column", "says"),
    [
        ("e2,", "e1,", "enrolment_id", "only 6 of 7 are different"),
        ("e2,", ",", "enrolment_id", "1 rows have none"),
        ("e1,PSPA-HQ", "e1, ", "scheme", "the first one is None of e1"),
        ("person,007,h1,2025-01-01", "family,007,h1,2025-01-01", "unit", "'family' of e1"),
        ("h1,2025-01-01", "h1,1st of May", "starts_on", "'1st of May' of e1"),
        ("h1,2025-01-01", "h1,", "starts_on", "None of e1"),
        ("h1,2025-01-01,,", "h1,2025-01-01,2024-12-31,", "ends_on", "'2024-12-31' of e1"),
        ("h1,2025-01-01,,", "h1,2025-01-01,2025-01-01,", "ends_on", "'2025-01-01' of e1"),
        ("h1,2025-01-01,,", "h1,2025-01-01,soon,", "ends_on", "'soon' of e1"),
        (",2400000\ne2", ",24000.5\ne2", "yearly_paisa", "'24000.5' of e1"),
        (",2400000\ne2", ",-1\ne2", "yearly_paisa", "'-1' of e1"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(
    tmp_path: Path, before: str, after: str, column: str, says: str
) -> None:
    assert before in ROWS
    message = refused(tmp_path, HEADING + ROWS.replace(before, after, 1))
    assert f"column {column}" in message
    assert says in message


def test_missing_columns_are_all_named(tmp_path: Path) -> None:
    message = refused(tmp_path, "enrolment_id,unit\n1,person\n")
    assert "columns are missing: scheme, starts_on, person_id or household_id." in message


def test_a_file_without_rows_and_a_policy_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    assert "the file has no rows" in refused(tmp_path, HEADING)
    assert "cannot be read" in refused(tmp_path, HEADING + ROWS, "--policy", str(tmp_path / "none.yaml"))
    (tmp_path / "own.yaml").write_text(OWN.replace("excludes: all", "excludes: [X]"), encoding="utf-8")
    assert "own.yaml, line 2" in refused(tmp_path, HEADING + ROWS, "--policy", str(tmp_path / "own.yaml"))
