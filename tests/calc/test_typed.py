"""`saiban score` on files that are not as they should be: place, column and expectation are named, nothing is
written.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from saiban.calc import engine
from saiban.config.cli.score import score
from saiban.data.errors import BadInput

CARD = """hh,province,members_0_13,children_5_13_all_in_school,workers_elementary,\
female_head_or_spouse_schooling,\
water_source,toilet,has_refrigerator,has_television,has_motorcycle,has_car,has_tractor
007,punjab,2,yes,0,none,piped,sewer,no,yes,yes,no,no
008,sindh,,no,1,no_woman,hand_pump,none,0,1,FALSE,no,no
"""


def run(
    tmp_path: Path, text: str, *options: str, name: str = "households.csv", out: str = "scores.csv"
) -> str:
    (tmp_path / name).write_text(text, encoding="utf-8")
    arguments = ["--scorecard", "schreiner-pk-2009", "--input", str(tmp_path / name), "--id", "hh"]
    result = CliRunner().invoke(
        score, [*arguments, "--out", str(tmp_path / out), *options], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def rows(path: Path) -> list[tuple[object, ...]]:
    connection = engine.connect(threads=1)
    engine.read(connection, path, name="written")
    return connection.execute("SELECT * FROM written ORDER BY hh").fetchall()


def test_points_add_up_and_an_unanswered_household_is_unscored(tmp_path: Path) -> None:
    output = run(tmp_path, CARD, "--cutoff", "30", "--near", "5")
    # 12 + 15 + 5 + 12 + 0 + 3 + 4 + 0 + 3 + 12 by the published card
    assert rows(tmp_path / "scores.csv") == [
        ("007", "66.0000", "66.0000", "above", None),
        ("008", None, None, "unscored", "members_0_13"),
    ]
    assert "unscored" in output


def test_explained_points_of_each_indicator(tmp_path: Path) -> None:
    run(tmp_path, CARD, "--explain", out="scores.parquet")
    first = pq.read_table(tmp_path / "scores.parquet").sort_by("hh").to_pylist()[0]
    assert sum(value for name, value in first.items() if name.startswith("points_")) == first["score"]
    assert first["points_has_vehicle"] == 12


def test_the_unconfirmed_cut_off_is_said_aloud(tmp_path: Path) -> None:
    assert "an unconfirmed demo value" in run(tmp_path, CARD)
    assert "an unconfirmed demo value" not in run(tmp_path, CARD, "--cutoff", "25")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("toilet,", "latrine,"), "columns are missing: toilet"),
        (
            ("punjab", "panjab"),
            r"column province: 1 values are not right; the first one is 'panjab' of 007. Expected: one of",
        ),
        (
            ("\n007,punjab,2,", "\n007,punjab,2.5,"),
            "column members_0_13.*'2.5' of 007.*a whole number from 0 to 40",
        ),
        (("\n007,punjab,2,", "\n007,punjab,44,"), "column members_0_13.*'44' of 007"),
        (("yes,0,none", "perhaps,0,none"), "column children_5_13_all_in_school.*yes or no"),
        (("\n008", "\n007"), "column hh: only 1 of 2 are different"),
        (("\n008", "\n"), "column hh: 1 rows have none"),
        ((CARD[CARD.index("\n007") :], "\n"), "no rows"),
    ],
)
def test_a_faulty_file_is_refused_with_place_and_expectation(
    change: tuple[str, str], says: str, tmp_path: Path
) -> None:
    assert change[0] in CARD
    with pytest.raises(BadInput, match=says) as caught:
        run(tmp_path, CARD.replace(change[0], change[1]))
    assert "households.csv" in str(caught.value)
    assert not (tmp_path / "scores.csv").exists()


def test_a_column_of_another_type_is_refused_in_parquet_too(tmp_path: Path) -> None:
    table = pa.table({"hh": [1], "rooms": ["many"]})
    pq.write_table(table, tmp_path / "households.parquet")
    connection = engine.connect(threads=1)
    engine.read(connection, tmp_path / "households.parquet", name="file")
    from saiban.calc.typed import typed_query

    with pytest.raises(BadInput, match="column rooms: 1 values"):
        typed_query(connection, "file", ("rooms",), key="hh", place="households.parquet")


def test_an_id_that_is_a_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="id cannot be a field"):
        run(tmp_path, CARD.replace("hh,province", "hh,province"), "--id", "province")
