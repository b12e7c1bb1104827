"""Rows go over to the database as they are, whatever stands in them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from saiban.registry import copying

pytestmark = pytest.mark.django_db
TABLE = """
create temporary table if not exists everything (
  number bigint, words text, blob bytea, part numeric(9, 4), day date, is_so bool, numbers int[]
)
"""
COLUMNS = ("number", "words", "blob", "part", "day", "is_so", "numbers")
text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
row = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | text,
    st.none() | st.binary(max_size=9),
    st.none() | st.decimals(-99999, 99999, places=4),
    st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
    st.none() | st.booleans(),
    st.none() | st.lists(st.integers(-(2**31), 2**31 - 1), max_size=4),
)


@given(rows=st.lists(row, max_size=6))
@example(rows=[(1, "a\\tb\tc\nd\re\\N", b"\x00\\x", Decimal("0.5000"), date(2026, 1, 1), True, [])])
@example(rows=[(None, "\\N", None, None, None, None, None), (0, "", b"", Decimal(0), None, False, [0, -1])])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_rows_come_back_as_they_were_sent(db, rows):
    copying.run(TABLE)
    copying.run("truncate everything")
    copying.send_rows("everything", COLUMNS, rows)
    found = copying.rows_of("select * from everything order by ctid")
    assert [(*one[:2], one[2] and bytes(one[2]), *one[3:]) for one in found] == [
        (*one[:2], one[2], *one[3:]) for one in rows
    ]


def test_a_kind_of_step_is_passed_over_only_inside(db):
    with transaction.atomic():
        with copying.without("sort"):
            assert copying.rows_of("show enable_sort") == [("off",)]
        assert copying.rows_of("show enable_sort") == [("on",)]
