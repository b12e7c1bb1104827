"""Cells of a file as text."""

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from saiban.intake.reading.sql import BLANKS, trimmed

OTHERS = ["a", "Z", "0", "~", "!", "-", "س", "é", "\x7f", "\x1f", "👪"]
CELLS = st.text(st.sampled_from([*BLANKS, *OTHERS]), max_size=6)


@given(cells=st.lists(st.none() | CELLS, min_size=1, max_size=20))
def test_blanks_of_any_kind_around_a_cell_are_left_out(cells):
    connection = duckdb.connect()
    connection.execute("CREATE TABLE cells (no INT, cell VARCHAR)")
    connection.executemany("INSERT INTO cells VALUES (?, ?)", list(enumerate(cells)))
    found = connection.execute(f"SELECT {trimmed('cell')} FROM cells ORDER BY no").fetchall()  # noqa: S608
    assert [cell for (cell,) in found] == [(cell or "").strip(BLANKS) or None for cell in cells]
