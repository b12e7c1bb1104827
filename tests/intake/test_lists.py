"""Lists of beneficiaries: prescribed columns, one scheme for each file, and what is wrong with a row."""

import io
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import duckdb
import openpyxl
import pytest
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from saiban.data.errors import BadInput
from saiban.intake import checking, prescribed, queries, reading, services
from saiban.intake.checking import AreaRow
from saiban.intake.lists import schemes_of
from saiban.intake.mapping import list_format, mapping_of
from saiban.intake.models import Batch, Observation, RejectedRow, SourceKey
from saiban.intake.reasons import OF_ROWS, refusal, row_expected, row_sentence
from tests.intake import files
from tests.intake.files import place

TODAY = timezone.localdate()
TOMORROW = (TODAY + timedelta(days=1)).isoformat()
FAULTS = [
    ({"amount": "9000.005"}, "amount", "too_many_places"),
    ({"amount": "9000.000"}, "amount", "too_many_places"),
    ({"amount": "9,000"}, "amount", "not_decimal"), ({"amount": ""}, "amount", "missing"),
    ({"amount": "0"}, "amount", "not_positive"), ({"amount": "-5"}, "amount", "not_positive"),
    ({"amount": "-5", "benefit": "service"}, "amount", "out_of_range"),
    ({"amount": "100000000"}, "amount", "out_of_range"),
    ({"until": "2025-06-30"}, "until", "ends_before_start"),
    ({"until": "2025-02-30"}, "until", "no_such_day"),
    ({"since": TOMORROW, "paid_on": ""}, "since", "in_future"), ({"since": ""}, "since", "missing"),
    ({"paid_on": TOMORROW}, "paid_on", "in_future"),
    ({"paid_on": "2025-06-30"}, "paid_on", "paid_before_start"),
    ({"name_en": "", "name_ur": ""}, "name_en", "no_name"), ({"cnic": ""}, "cnic", "missing"),
    ({"cnic": "90100-7654321-0"}, "cnic", "not_cnic"), ({"phone": "12"}, "phone", "not_phone"),
    ({"district": "PK60101"}, "district", "unknown_area"), ({"unit": "family"}, "unit", "unknown_answer"),
    ({"state": ""}, "state", "missing"), ({"channel": "cheque"}, "channel", "unknown_answer"),
    ({"scheme": ""}, "scheme", "missing"), ({"beneficiary_no": ""}, "beneficiary_no", "missing"),
    ({"beneficiary_no": "9" * 61}, "beneficiary_no", "too_long"),
    ({"birth_date": "2026-06-01"}, "birth_date", "born_after"),
]  # fmt: skip


@pytest.fixture
def take(send, tmp_path):
    """Send rows as a list of Zakat."""

    def taken(rows, *, name="ZK-GA-2026-05.csv", source="zakat-list", scheme="ZK-GA"):
        return send(files.as_csv(tmp_path / name, rows), source=source, scheme=scheme)

    return taken


def reasons(batch):
    rows = RejectedRow.objects.filter(batch=batch)
    return {(row.row_no, row.field, row.reason) for row in rows}


@pytest.mark.django_db
def test_a_row_becomes_what_the_department_says_of_one_person(take):
    batch = take([place(1)])
    assert (batch.state, batch.rejected_rows, batch.scheme) == ("loaded", 0, "ZK-GA")
    (said,) = queries.observations_of_batch(batch.pk)
    assert (said.kind, said.observed_on) == ("person", date(2026, 5, 31))
    assert SourceKey.objects.get(subject=said.subject_id).namespace == "cnic"
    assert said.facts == {
        "benefit_scheme": "ZK-GA", "benefit_no": "LHR-1", "benefit_unit": "person",
        "benefit_since": "2025-07-01", "benefit_state": "active", "benefit_kind": "cash",
        "benefit_amount": 9000.0, "benefit_period": "half_year", "benefit_paid_on": "2026-01-15",
        "benefit_channel": "bank", "sex": "female", "area": "PK601",
    }  # fmt: skip
    assert set(said.hidden) == {
        "cnic", "phone", "name_en", "name_ur", "father_name_en", "father_name_ur", "birth_date",
    }  # fmt: skip


@pytest.mark.django_db
def test_what_may_stay_empty_may_stay_empty(take):
    empty = dict.fromkeys(("until", "paid_on", "birth_date", "phone", "name_en", "father_name_en"), "")
    assert take([place(1, **empty)]).rejected_rows == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("cells", "column", "reason"), FAULTS)
def test_a_fault_rejects_its_row_and_no_other(take, cells, column, reason):
    batch = take([place(1), place(2, **cells)])
    assert reasons(batch) == {(3, column, reason)}
    assert (batch.rejected_rows, batch.observations) == (1, 1)


@pytest.mark.parametrize("reason", sorted({reason for _, _, reason in FAULTS}))
def test_every_fault_has_its_sentence_in_both_languages(reason):
    english = row_sentence(reason), row_expected(reason, "2")
    with translation.override("ur"):
        urdu = row_sentence(reason), row_expected(reason, "2")
    assert reason in OF_ROWS
    assert all(one and one != other for one, other in zip(english, urdu, strict=True))


@pytest.mark.django_db
def test_a_number_of_the_department_stands_once_but_a_person_may_stand_under_two(take):
    twice = place(1), place(1, cnic=files.number(77))
    batch = take([*twice, place(3), place(4, cnic=files.number(503))])
    assert reasons(batch) == {(row, "beneficiary_no", "repeated_in_file") for row in (2, 3)}
    assert Observation.objects.filter(batch_id=batch.pk).count() == 2
    assert Observation.objects.values("subject_id").distinct().count() == 1


@pytest.mark.django_db
def test_a_small_letter_in_the_scheme_is_no_other_scheme(take):
    batch = take([place(1, scheme="zk-ga")])
    assert batch.rejected_rows == 0
    assert Observation.objects.get().facts["benefit_scheme"] == "ZK-GA"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("schemes", "code", "found"),
    [
        (("ZK-GA", "ZK-MG", "ZK-GA"), "two_schemes", "ZK-GA (2), ZK-MG (1)"),
        (("ZK-MG", "ZK-MG"), "other_scheme", "ZK-MG (2)"),
    ],
)
def test_a_file_of_another_scheme_is_refused_with_codes_and_counts(take, schemes, code, found):
    batch = take([place(n, scheme=scheme) for n, scheme in enumerate(schemes)])
    assert (batch.state, batch.refusal["code"], batch.observations) == ("refused", code, 0)
    assert found in refusal(batch.refusal).sentence
    with translation.override("ur"):
        assert found in refusal(batch.refusal).sentence
    assert not RejectedRow.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "scheme"),
    [("zakat-list", ""), ("zakat-list", "NOBODY"), ("zakat-list", "EOBI-OAP"), ("excise-vehicles", "ZK-GA")],
)
def test_what_is_no_scheme_of_the_source_is_refused_at_the_door(take, source, scheme):
    with pytest.raises(BadInput) as refused:
        take([place(1)], source=source, scheme=scheme)
    if source == "zakat-list":
        assert "ZK-GA" in refused.value.expected
    assert not Batch.objects.exists()


@pytest.mark.django_db
def test_a_list_says_its_month_in_its_name(take):
    batch = take([place(1)], name="beneficiaries.csv")
    assert batch.refusal["code"] == "no_month"
    assert "zakat-list-2026-10.csv" in refusal(batch.refusal).expected


@pytest.mark.django_db
def test_a_batch_that_broke_off_is_taken_up_under_the_scheme_named_now(
    sources, system, tmp_path, monkeypatch
):
    path = files.as_csv(tmp_path / "ZK-MG-2026-05.csv", [place(1, scheme="ZK-MG")])

    def receive(scheme):
        return services.receive_batch(
            actor=system, source_code="zakat-list", file_name=path.name, path=path, scheme=scheme
        )

    first = receive("ZK-GA")
    monkeypatch.setattr(queries, "has_broken_off", lambda batch: True)
    assert receive("ZK-MG") == first
    assert services.load_batch(actor=system, batch_id=first.pk).state == "loaded"


def test_every_source_of_lists_has_schemes_of_its_department():
    for source in list_format().lists:
        assert {scheme.agency for scheme in schemes_of(source.source)} == {source.partner}


def test_every_prescribed_column_is_asked_of_every_file():
    columns = {one.column for one in list_format().columns}
    for source in list_format().lists:
        assert set(mapping_of(source.source).columns) == columns


def test_the_examples_of_the_template_are_a_row_that_is_taken():
    row = {one.column: one.example for one in list_format().columns}
    assert faults_of([row | {"cnic": files.PLACE["cnic"]}]) == set()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_workbook_has_the_heading_and_a_sheet_that_explains_each_column(language):
    with translation.override(language):
        sheet = prescribed.template("xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    heading = [cell.value for cell in book["list"][1]]
    explained = list(book["explained"].iter_rows(min_row=2, values_only=True))
    assert heading == [one.column for one in list_format().columns] == [row[0] for row in explained]
    assert all(all(row) for row in explained)


def test_the_heading_as_csv_is_read_as_a_list(tmp_path):
    path = tmp_path / "list-2026-05.csv"
    content = prescribed.template("csv").content.decode("utf-8-sig").strip()
    path.write_text(
        content + "\n" + ",".join(str(cell) for cell in files.PLACE.values()) + "\n", encoding="utf-8"
    )
    with duckdb.connect() as connection:
        mapping = mapping_of("zakat-list")
        assert reading.read(connection, path, path.name, mapping, folder=tmp_path).rows == 1


# --- against plain Python


def faults_of(rows):
    """Row numbers (from 0), columns and reasons that the check finds."""
    mapping = mapping_of("zakat-list")
    with duckdb.connect() as connection:
        columns = ", ".join(f"{reading.quoted(column)} VARCHAR" for column in mapping.columns)
        connection.execute(f"CREATE TABLE given (row_no BIGINT, {columns})")
        marks = ", ".join("?" * (len(mapping.columns) + 1))
        for number, row in enumerate(rows):
            cells = [row[column] or None for column in mapping.columns]
            connection.execute(f"INSERT INTO given VALUES ({marks})", [number, *cells])  # noqa: S608
        checking.check(
            connection,
            mapping,
            file_name="ZK-GA-2026-05.csv",
            areas=[AreaRow(code, "district", f"PK6.{code}", True) for code in ("PK601", "PK617")],
            agreed_area="PK6",
            today=TODAY,
            scheme="ZK-GA",
        )
        return {
            tuple(row) for row in connection.execute("SELECT row_no, field, reason FROM faults").fetchall()
        }


def expected_faults(row):
    """What is wrong with days and amount, told without any of our code."""
    found = set()
    since, until, paid = (
        row[name] and date.fromisoformat(row[name]) for name in ("since", "until", "paid_on")
    )
    if since > TODAY:
        found.add(("since", "in_future"))
    if until and until < since:
        found.add(("until", "ends_before_start"))
    if paid and paid > TODAY:
        found.add(("paid_on", "in_future"))
    elif paid and paid < since:
        found.add(("paid_on", "paid_before_start"))
    return found | fault_of_amount(row["amount"], row["benefit"])


def fault_of_amount(text, benefit):
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return {("amount", "not_decimal")}
    if -amount.as_tuple().exponent > 2:
        return {("amount", "too_many_places")}
    if benefit == "cash" and amount <= 0:
        return {("amount", "not_positive")}
    return set() if 0 <= amount <= 99_999_999 else {("amount", "out_of_range")}


days = st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=20)).map(date.isoformat)
amounts = st.one_of(
    st.decimals(-100, 100_000_100, places=2).map(str),
    st.decimals(-10, 10, places=3).map(str),
    st.integers(-2, 2).map(str),
    st.sampled_from(["x", "1 000", "٩٠٠", "99999999", "99999999.01"]),
)
rows = st.fixed_dictionaries(
    {
        "since": days,
        "until": st.one_of(st.just(""), days),
        "paid_on": st.one_of(st.just(""), days),
        "amount": amounts,
        "benefit": st.sampled_from(["cash", "in_kind", "loan"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=1, max_size=8))
def test_days_and_amounts_are_judged_as_plain_python_judges_them(some):
    whole = [place(n, birth_date="", **cells) for n, cells in enumerate(some)]
    expected = {
        (n, column, reason)
        for n, row in enumerate(whole)
        for column, reason in expected_faults(row | {"amount": row["amount"].replace("٩٠٠", "900")})
    }
    for row in expected:
        assert row[2] in OF_ROWS
    assert faults_of(whole) == expected
