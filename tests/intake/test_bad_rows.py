"""Rows that are not taken: the reason of each, and that their whole household falls and no other."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from saiban.intake.models import Observation, RejectedRow
from saiban.intake.reasons import OF_ROWS, row_expected, row_sentence
from tests.intake import files
from tests.intake.files import HEAD, SON

pytestmark = pytest.mark.django_db

TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
OF_HOMES = [
    ("rooms", "two", "not_whole"), ("rooms", "2.5", "not_whole"), ("rooms", "0", "out_of_range"),
    ("rooms", "41", "out_of_range"),
    ("land_acres", "many", "not_decimal"), ("has_gas", "perhaps", "not_yes_no"),
    ("dwelling_kind", "castle", "unknown_answer"),
    ("latitude", "91", "out_of_range"), ("phone", "12", "not_phone"),
    ("electricity_reference", "123", "not_electricity_reference"),
    ("interviewed_on", "yesterday", "not_a_date"), ("interviewed_on", "2026-02-30", "no_such_day"),
    ("interviewed_on", TOMORROW, "in_future"),
    ("interviewed_on", "1999-12-31", "too_long_ago"), ("interviewed_on", "", "missing"),
    ("tehsil", "PK60199", "unknown_area"),
    ("tehsil", "PK601", "unknown_area"), ("tehsil", "", "missing"), ("district", "PK602", "area_outside"),
    ("address", "x" * 201, "too_long"),
]  # fmt: skip
OF_HEADS = [
    ("birth_date", "14/03/1980", "day_order"), ("birth_date", "3/4/80", "two_digit_year"),
    ("birth_date", "1400-03-14", "hijri_year"), ("birth_date", "۱۴۰۰-۰۳-۱۴", "hijri_year"),
    ("birth_date", "0026-03-14", "too_long_ago"), ("birth_date", "14 March 1980", "not_a_date"),
    ("birth_date", "1980-02-30", "no_such_day"),
    ("birth_date", "1899-12-31", "too_long_ago"),
    ("birth_date", "2026-05-05", "born_after"), ("cnic", "123", "not_cnic"),
    ("cnic", "90100-7654321-0", "not_cnic"),
    ("bform", "x", "not_bform"), ("sex", "unknown", "unknown_answer"), ("sex", "", "missing"),
    ("relation", "cousin", "unknown_answer"),
    ("schooling_years", "30", "out_of_range"), ("line_no", "0", "out_of_range"),
    ("line_no", "first", "not_whole"), ("name_en", "", "missing"),
]  # fmt: skip


def reasons(batch):
    rows = RejectedRow.objects.filter(batch=batch)
    return {(row.row_no, row.field, row.reason) for row in rows}


@pytest.mark.parametrize(("column", "value", "reason"), OF_HOMES)
def test_a_wrong_answer_of_the_household(send, tmp_path, column, value, reason):
    bad = files.household("H-2", home={column: value}, members=[HEAD | {"cnic": files.number(5)}])
    batch = send(files.as_csv(tmp_path / "s.csv", [*files.household(), *bad]))
    blamed = "tehsil" if reason == "area_outside" else column
    assert reasons(batch) == {(4, blamed, reason)}
    assert (batch.rows, batch.rejected_rows, batch.observations) == (3, 1, 3)


@pytest.mark.parametrize(("column", "value", "reason"), OF_HEADS)
def test_a_wrong_answer_of_a_member_rejects_the_household(send, tmp_path, column, value, reason):
    rows = [*files.household("H-1", members=[HEAD | {column: value}, SON]), *files.other("H-2", 7)]
    batch = send(files.as_csv(tmp_path / "s.csv", rows))
    assert (2, column, reason) in reasons(batch)
    assert (3, "", "household_rejected") in reasons(batch)
    assert (batch.rejected_rows, batch.observations) == (2, 3)


def test_a_household_without_a_head(send, tmp_path):
    batch = send(
        files.as_csv(tmp_path / "s.csv", files.household(members=[HEAD | {"relation": "parent"}, SON]))
    )
    assert reasons(batch) == {(2, "relation", "no_head"), (3, "", "household_rejected")}


def test_a_household_with_two_heads(send, tmp_path):
    batch = send(
        files.as_csv(tmp_path / "s.csv", files.household(members=[HEAD, SON | {"relation": "head"}]))
    )
    assert reasons(batch) == {(2, "", "household_rejected"), (3, "relation", "two_heads")}
    assert RejectedRow.objects.get(reason="two_heads").expected == "2"


def test_a_number_repeated_in_the_household(send, tmp_path):
    twin = SON | {"cnic": "9010076543218", "bform": ""}
    batch = send(files.as_csv(tmp_path / "s.csv", files.household(members=[HEAD, twin])))
    assert (3, "cnic", "repeated_in_household") in reasons(batch)


def test_a_number_repeated_in_another_household_is_a_case_to_review_not_a_fault(send, tmp_path):
    rows = [*files.household("H-1", members=[HEAD]), *files.household("H-2", members=[HEAD])]
    assert send(files.as_csv(tmp_path / "s.csv", rows)).rejected_rows == 0


def test_a_line_number_repeated_in_the_household(send, tmp_path):
    batch = send(
        files.as_csv(
            tmp_path / "s.csv", files.household(members=[HEAD | {"line_no": "1"}, SON | {"line_no": "1"}])
        )
    )
    assert (3, "line_no", "line_repeated") in reasons(batch)


def test_a_row_without_a_household_number_falls_alone(send, tmp_path):
    rows = files.household()
    rows.append(rows[0] | {"household_no": ""})
    batch = send(files.as_csv(tmp_path / "s.csv", rows))
    assert reasons(batch) == {(4, "household_no", "missing")}
    assert batch.observations == 3


def test_answers_that_differ_between_rows_of_a_household(send, tmp_path):
    rows = files.household()
    rows[1]["rooms"] = "3"
    batch = send(files.as_csv(tmp_path / "s.csv", rows))
    assert (3, "rooms", "answers_differ") in reasons(batch)


def test_a_bill_that_stands_twice_is_rejected_both_times(send, tmp_path):
    bills = [files.BILL, files.BILL | {"units_kwh": "99"}, files.BILL | {"reference_no": "01901000000001"}]
    batch = send(files.as_csv(tmp_path / "e.csv", bills), source="disco-electricity")
    assert reasons(batch) == {
        (2, "reference_no", "repeated_in_file"),
        (3, "reference_no", "repeated_in_file"),
    }
    assert batch.observations == 1


def test_a_wrong_code_of_a_feed_is_named_once(send, tmp_path):
    cars = [files.VEHICLE, files.VEHICLE | {"vehicle_class": "boat", "registration_no": "X"}]
    batch = send(files.as_csv(tmp_path / "vehicles-2026-04.csv", cars), source="excise-vehicles")
    assert reasons(batch) == {(3, "vehicle_class", "unknown_answer")}
    assert RejectedRow.objects.get().expected == "car, motorcycle, rickshaw, tractor"
    assert RejectedRow.objects.get().group_key == ""


def test_a_month_that_is_none(send, tmp_path):
    batch = send(
        files.as_csv(
            tmp_path / "e.csv", [files.BILL | {"month": "April"}, files.BILL | {"month": "2026-13"}]
        ),
        source="disco-electricity",
    )
    assert {(2, "month", "not_a_month"), (3, "month", "not_a_month")} <= reasons(batch)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [({"w_piped": "1", "w_motor": "1"}, "two_answers"), ({"w_piped": "7"}, "not_zero_one")],
)
def test_answers_marked_by_zero_and_one(send, tmp_path, columns, reason):
    from saiban.intake.mapping import mapping_of

    row = dict.fromkeys(mapping_of("pslm-2015").columns, "0")
    row |= {"Province": "Punjab", "hhsize": "4", "rooms": "2", "head_age": "50", "hhcode": "1"}
    batch = send(files.as_csv(tmp_path / "p.csv", [row, row | columns | {"hhcode": "2"}]), source="pslm-2015")
    assert {(no, why) for no, _, why in reasons(batch)} == {(3, reason)}


def test_an_area_that_the_agreement_does_not_cover(send, tmp_path):
    from saiban.core.models import Area
    from saiban.partners.models import Agreement

    Agreement.objects.filter(code="AG-PSC").update(area=Area.objects.get(code="PK602"))
    batch = send(files.as_csv(tmp_path / "s.csv", files.household()))
    assert (2, "tehsil", "not_agreed_area") in reasons(batch)
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("cnic", "90100-7654321-0", "*****-*****21-0"), ("phone", "0300123", "****123"),
        ("birth_date", "1980-02-30", "****-02-30"),
        ("rooms", "34201-0891231-8", "**********318"), ("name_en", "", ""),
    ],
)  # fmt: skip
def test_what_identifies_is_masked(send, tmp_path, column, value, shown):
    home, member = ({column: value}, HEAD) if column in files.HOME else ({}, HEAD | {column: value})
    batch = send(files.as_csv(tmp_path / "s.csv", files.household(home=home, members=[member])))
    assert RejectedRow.objects.get(batch=batch, field=column).masked_value == shown
    assert value == "" or value not in str(list(RejectedRow.objects.values()))


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("code", OF_ROWS)
def test_every_reason_has_a_sentence_and_an_expectation(code, language):
    with translation.override(language):
        assert row_sentence(code)
        assert "X" in row_expected(code, "X") or "%(expected)s" not in str(OF_ROWS[code].expected)


# --- which row it is


def faulty_rows(send, tmp_path, change, *, name="s.csv"):
    """Send three households, the second and third with a fault, as lines that ``change`` has altered; return
    the rows that are named.
    """
    rows = files.household("H-1", members=[files.HEAD])
    rows += files.household("H-2", members=[files.HEAD | {"cnic": files.number(1), "sex": "?"}])
    rows += files.household("H-3", members=[files.HEAD | {"cnic": files.number(2), "sex": "?"}])
    lines = files.as_csv(tmp_path / name, rows).read_bytes().splitlines()
    (tmp_path / name).write_bytes(change(*lines))
    batch = send(tmp_path / name)
    assert batch.refusal == {}
    return list(RejectedRow.objects.filter(batch=batch).order_by("row_no").values_list("row_no", flat=True))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("block", [1 << 20, 7])
def test_blank_lines_are_rows_of_a_spreadsheet(send, tmp_path, end, block, monkeypatch):
    monkeypatch.setattr("saiban.intake.reading.texts.BLOCK", block)

    def blank(heading, first, second, third):
        return end.join([heading, b"", first, second, b"", b"", b"", third, b"", b""])

    assert faulty_rows(send, tmp_path, blank) == [4, 8]


def test_line_breaks_within_a_cell_make_no_row(send, tmp_path):
    def broken(heading, first, second, third):
        first = first.replace(b'"House 5, Kamra"', b'"House 5\n\n""by the mill""\n"')
        assert b"mill" in first
        return b"\n".join([heading, first, b"", second, third, b""])

    assert faulty_rows(send, tmp_path, broken) == [4, 5]


def test_a_mark_within_a_bare_cell_opens_nothing(send, tmp_path):
    def inches(heading, first, second, third):
        first = first.replace(b"Kamra,", b'Kamra 5" pipe,', 1)
        assert b"pipe" in first
        return b"\n".join([heading, first, b"", second, third, b""])

    assert faulty_rows(send, tmp_path, inches) == [4, 5]


def test_blank_lines_at_the_end_are_not_looked_for(send, tmp_path, monkeypatch):
    monkeypatch.setattr("saiban.intake.reading.texts._note_blanks", None)
    assert faulty_rows(send, tmp_path, lambda *lines: b"\n".join([*lines, b"", b"", b""])) == [3, 4]
