from datetime import UTC, date, datetime

from saiban.core.days import midnight


def test_a_day_begins_by_the_clock_of_pakistan():
    assert midnight(date(2026, 11, 28)) == datetime(2026, 11, 27, 19, tzinfo=UTC)
