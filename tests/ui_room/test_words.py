from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from saiban.data.dictionary import fields
from saiban.ui import words


@given(st.integers(-(10**12), 10**12))
def test_number_reads_back_whatever_its_size(value: int) -> None:
    with translation.override("en"):
        assert int(words.number(value).replace(",", "").replace("−", "-")) == value


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_number_keeps_exactly_the_decimals_asked_for(thousandths: int, places: int) -> None:
    with translation.override("en"):
        text = words.number(Decimal(thousandths) / 1000, places)
    shown = Decimal(text.replace(",", "").replace("−", "-"))
    assert -shown.as_tuple().exponent == places
    assert abs(shown - Decimal(thousandths) / 1000) <= Decimal(1).scaleb(-places) / 2


@pytest.mark.parametrize("nothing", [None, "", float("nan")])
def test_what_is_not_there_is_a_dash(nothing: object) -> None:
    assert words.number(nothing) == "—"


@pytest.mark.parametrize(("language", "written"), [("en", "71 %"), ("ur", "71%")])
def test_percentage_keeps_its_sign_in_its_place(language: str, written: str) -> None:
    with translation.override(language):
        assert words.percent(0.714) == written


def test_minus_stands_before_its_number_in_urdu() -> None:
    with translation.override("ur"):
        assert words.points(-6.1) == "\u200e−6.1"  # the mark keeps the sign at the left of the figure
        assert words.points(1.94) == "\u200e+1.9"
    with translation.override("en"):
        assert words.points(0) == "0.0"


def test_rupees_are_made_of_paisa() -> None:
    assert words.rupees(5_400_000) == "Rs 54,000"
    assert words.rupees(None) == "—"


def test_moment_is_told_in_the_time_of_pakistan() -> None:
    with translation.override("en"):
        assert words.moment(datetime(2026, 11, 14, 20, 40, tzinfo=UTC)) == "15 Nov 2026, 01:40"
        assert words.day(datetime(2026, 11, 14, 20, 40, tzinfo=UTC)) == "15 Nov 2026"
        assert words.day(date(2026, 11, 14)) == "14 Nov 2026"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (86400, "24 hours"),
        (259200, "3 days"),
    ],
)
def test_duration_uses_the_unit_that_fits(seconds: int, written: str) -> None:
    with translation.override("en"):
        assert words.duration(seconds) == written


@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_answer_of_the_dictionary_has_words(language: str) -> None:
    with translation.override(language):
        for level in ("household", "person"):
            for code, field in fields(level).items():
                assert words.field_label(code, level) == field.label[language]
                for answer in field.answers:
                    assert words.answer_label(code, answer, level) == field.answer_labels[answer][language]


def test_values_are_written_with_their_units() -> None:
    with translation.override("en"):
        assert words.answer_label("rooms_per_person", 192) == "0.19"
        assert words.answer_label("school_share", -1000) == "does not apply"
        assert words.answer_label("electricity_units", 41) == "41 units a month"
        assert words.answer_label("has_livestock", "no") == "no"
        assert words.answer_label("has_livestock", True) == "yes"
        assert words.answer_label("birth_date", "1982-03-01", "person") == "1 Mar 1982"
        assert words.answer_label("rooms", None) == "—"


def test_unknown_field_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        words.field_label("no_such_field")
