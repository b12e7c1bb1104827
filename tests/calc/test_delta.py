"""Tables of the lake as the engine reads them: one commit, whole, whatever the names of its folders."""

from pathlib import Path

import deltalake
import pyarrow as pa
import pytest
from deltalake.table import TableFeatures

from saiban.calc import engine
from saiban.data.errors import BadInput

ROWS = pa.table({"district": ["PK601", "it's 100%/ä", None], "rooms": [1, 2, 3]})


@pytest.fixture
def table(tmp_path: Path) -> Path:
    folder = tmp_path / "a lake's ä" / "households"
    deltalake.write_deltalake(folder, ROWS, partition_by=["district"])
    return folder


def rows_of(folder: Path) -> list[tuple[str | None, int]]:
    connection = engine.connect(threads=1)
    engine.read(connection, folder, name="households")
    return connection.execute("SELECT district, rooms FROM households ORDER BY rooms").fetchall()


def test_a_table_is_read_whole_whatever_its_folders_are_called(table: Path) -> None:
    assert rows_of(table) == [("PK601", 1), ("it's 100%/ä", 2), (None, 3)]


def test_a_table_that_is_not_divided_is_read_too(tmp_path: Path) -> None:
    deltalake.write_deltalake(tmp_path / "plain", ROWS)
    assert len(rows_of(tmp_path / "plain")) == 3


def test_what_was_taken_away_and_changed_is_not_read_again(table: Path) -> None:
    lake = deltalake.DeltaTable(table)
    lake.delete("district is null")
    lake.update({"rooms": "7"}, predicate="district = 'PK601'")
    assert rows_of(table) == [("it's 100%/ä", 2), ("PK601", 7)]


def test_a_view_stays_what_it_was_when_the_table_is_written_again(table: Path) -> None:
    connection = engine.connect(threads=1)
    engine.read(connection, table, name="households")
    deltalake.write_deltalake(table, ROWS.slice(0, 1), mode="overwrite")
    assert connection.execute("SELECT count(*) FROM households").fetchall() == [(3,)]
    assert len(rows_of(table)) == 1


def test_an_empty_table_has_its_columns(table: Path) -> None:
    deltalake.DeltaTable(table).delete()
    assert rows_of(table) == []


def test_a_folder_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="without a table") as caught:
        rows_of(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_table_whose_log_is_broken_is_refused(table: Path) -> None:
    next((table / "_delta_log").glob("*.json")).write_text("{ no log")
    with pytest.raises(BadInput, match="cannot be read"):
        rows_of(table)


def test_a_table_whose_file_is_gone_is_refused(table: Path) -> None:
    for path in table.rglob("*.parquet"):
        path.unlink()
    with pytest.raises(BadInput, match="cannot be read"):
        rows_of(table)


def test_a_table_with_rows_that_a_reader_must_leave_out_is_refused(table: Path) -> None:
    feature = TableFeatures.DeletionVectors
    deltalake.DeltaTable(table).alter.add_feature(feature, allow_protocol_versions_increase=True)
    with pytest.raises(BadInput, match="readers of version 3"):
        rows_of(table)
