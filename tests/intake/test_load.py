"""A good file: what becomes of its rows."""

from datetime import date

import pytest

from saiban.core.models import Announcement, Audit
from saiban.core.seal import token
from saiban.intake import queries, services
from saiban.intake.models import Batch, Observation, SourceKey, Subject
from saiban.intake.transitions import BatchState
from tests.intake import files

pytestmark = pytest.mark.django_db


def name_of(spoken):
    """The number by which the source named the subject."""
    key = SourceKey.objects.get(subject=spoken.subject_id)
    return key.namespace, bytes(key.token)


def observed(batch):
    return list(queries.observations_of_batch(batch.pk))


def test_a_survey_becomes_observations_of_household_and_members(send, tmp_path):
    batch = send(files.as_csv(tmp_path / "survey.csv", files.household()))
    assert (batch.state, batch.rows, batch.rejected_rows, batch.observations) == (BatchState.LOADED, 2, 0, 3)
    home, head, son = observed(batch)
    assert (home.kind, home.observed_on, home.source_code) == ("household", date(2026, 5, 4), "psc-survey")
    assert home.facts["area"] == "PK60101"
    assert home.facts["household_size"] == 2
    assert home.facts["head_female"] is True
    assert home.facts["land_acres"] == 0
    assert home.facts["has_mobile"] is True
    assert home.hidden["phone"] == "+923001234567"
    assert home.hidden["latitude"] == 33.7133
    assert (head.kind, head.within_id, head.facts["line_no"]) == ("person", home.subject_id, 1)
    assert head.hidden["cnic"] == "9010076543218"
    assert head.hidden["name_ur"] == "زینب بی بی"
    assert "bform" not in head.hidden
    assert son.facts["in_school"] is True


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "xlsx"])
def test_every_format_says_the_same(send, tmp_path, ending):
    write = {
        "csv": files.as_csv,
        "csv.gz": files.as_csv,
        "parquet": files.as_parquet,
        "xlsx": files.as_sheet,
    }[ending]
    batch = send(write(tmp_path / f"survey.{ending}", files.household()))
    assert batch.refusal == {}
    assert [(o.facts.get("rooms"), o.hidden.get("birth_date")) for o in observed(batch)] == [
        (2, None), (None, "1980-03-14"), (None, "2015-06-01"),
    ]  # fmt: skip


def test_known_names_keep_their_subjects(send, tmp_path):
    first = send(files.as_csv(tmp_path / "a.csv", files.household()))
    again = send(files.as_csv(tmp_path / "b.csv", files.household(home={"rooms": "3"})))
    assert [o.subject_id for o in observed(first)] == [o.subject_id for o in observed(again)]
    assert (Subject.objects.count(), Observation.objects.count()) == (3, 6)
    assert again.outcome["load"]["new_subjects"] == 0


def test_a_number_stands_nowhere_in_the_clear(send, tmp_path):
    send(files.as_csv(tmp_path / "s.csv", files.household()))
    kept = str(list(Observation.objects.values())) + str(list(SourceKey.objects.values()))
    for said in ("9010076543218", "90200", "زینب", "Zainab", "1980-03-14", "Kamra", "3001234567"):
        assert said not in kept


def test_erasing_the_salt_leaves_nothing_that_identifies(send, tmp_path):
    batch = send(files.as_csv(tmp_path / "s.csv", files.household()))
    Subject.objects.update(salt=None)
    assert all(spoken.hidden == {} for spoken in observed(batch))


def test_a_bill_speaks_of_a_meter(send, tmp_path):
    bills = [
        files.BILL,
        files.BILL | {"reference_no": "01901000000001", "connection": "disconnected", "occupancy": "owner"},
    ]
    batch = send(files.as_csv(tmp_path / "e.csv", bills), source="disco-electricity")
    first, second = observed(batch)
    assert (first.kind, first.observed_on) == ("meter", date(2026, 4, 30))
    assert first.facts == {"electricity_units": 88, "has_electricity": True, "dwelling_rented": True}
    assert second.facts == {"electricity_units": 88, "has_electricity": False, "dwelling_rented": False}
    assert name_of(first) == ("electricity_reference", token("electricity_reference", "01901000000000"))


def test_the_register_of_vehicles_tells_who_has_one_and_nothing_else(send, tmp_path):
    rows = [
        files.VEHICLE,
        files.VEHICLE | {"vehicle_class": "car", "registration_no": "2"},
        files.VEHICLE | {"vehicle_class": "rickshaw", "registration_no": "3", "owner_cnic": files.number(9)},
    ]
    batch = send(files.as_csv(tmp_path / "vehicles-2026-04.csv", rows), source="excise-vehicles")
    first, second = observed(batch)
    assert first.facts == {"has_motorcycle": True}
    assert second.facts == {"has_car": True}
    assert first.subject_id == second.subject_id
    assert first.observed_on == date(2026, 4, 30)
    assert (batch.rows, batch.rejected_rows, Subject.objects.count()) == (3, 0, 1)
    assert name_of(first) == ("cnic", token("cnic", "9010076543218"))


def test_rows_of_other_provinces_are_left_out_and_counted(send, tmp_path):
    from saiban.intake.mapping import mapping_of

    row = dict.fromkeys(mapping_of("pslm-2015").columns, "0")
    row |= {
        "Province": "Punjab",
        "hhsize": "4.0",
        "rooms": "2",
        "head_age": "50",
        "hhcode": "1",
        "acres": "0.3125",
        "t_pit": "1",
    }
    batch = send(
        files.as_csv(tmp_path / "p.csv", [row, row | {"Province": "KP", "hhcode": "2"}]), source="pslm-2015"
    )
    (home,) = observed(batch)
    assert (batch.rows, batch.rejected_rows, batch.outcome["check"]["left_out"]) == (2, 0, 1)
    assert home.facts["area"] == "PK6"
    assert home.facts["household_size"] == 4
    assert home.facts["land_acres"] == 0.312  # half to even
    assert (home.facts["toilet"], home.facts["water_source"]) == ("pit_or_septic", "hand_pump")


def test_an_empty_answer_is_not_known(send, tmp_path):
    rows = files.household(
        home={"has_gas": "", "phone": "", "rooms": ""}, members=[files.HEAD | {"birth_date": ""}]
    )
    home, head = observed(send(files.as_csv(tmp_path / "s.csv", rows)))
    assert not {"has_gas", "rooms", "head_age"} & set(home.facts)
    assert "phone" not in home.hidden
    assert "birth_date" not in head.hidden


@pytest.mark.parametrize("how", [{"encoding": "utf-8-sig"}, {"delimiter": ";"}, {"delimiter": "\t"}])
def test_marks_and_delimiters_of_spreadsheets_are_understood(send, tmp_path, how):
    batch = send(files.as_csv(tmp_path / "s.csv", files.household(), **how))
    assert (batch.state, batch.observations) == (BatchState.LOADED, 3)


def test_digits_of_urdu_are_digits(send, tmp_path):
    rows = files.household(home={"rooms": "۳", "interviewed_on": "۲۰۲۶-۰۵-۰۴"})
    home = observed(send(files.as_csv(tmp_path / "s.csv", rows)))[0]
    assert (home.facts["rooms"], home.observed_on) == (3, date(2026, 5, 4))


def test_loading_announces_once_and_deletes_the_file(
    send, tmp_path, uploads, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        batch = send(files.as_csv(tmp_path / "s.csv", files.household()))
    assert list(Announcement.objects.values_list("name", "payload")) == [
        ("intake.part.loaded", {"part_id": batch.parts.get().pk})
    ]
    assert list(uploads.iterdir()) == []
    assert batch.path == ""


def test_a_refused_file_is_announced_as_refused(send, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("household_no\n1\n")
    batch = send(path)
    assert list(Announcement.objects.values_list("name", "payload")) == [
        ("intake.batch.refused", {"batch_id": batch.pk})
    ]


def test_a_loaded_batch_is_not_loaded_again(send, system, tmp_path):
    from saiban.core.errors import IllegalMove

    batch = send(files.as_csv(tmp_path / "s.csv", files.household()))
    with pytest.raises(IllegalMove):
        services.load_batch(actor=system, batch_id=batch.pk)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_mended_sheet_is_taken_in(send, manager, tmp_path, ending):
    """Out as a sheet with the reasons beside the rows, one cell mended, back in as it is."""
    import csv
    import io

    import openpyxl

    from saiban.intake import sheets

    bad = files.household(members=[files.HEAD | {"birth_date": "1980-02-31"}, files.SON])
    batch = send(files.as_csv(tmp_path / "s.csv", [*files.other("H-9", 3), *bad]))
    assert (batch.rejected_rows, batch.observations) == (2, 3)
    sheet = sheets.rejected_sheet(actor=manager, batch_id=batch.pk, kind=ending)
    path = tmp_path / sheet.name
    path.write_bytes(sheet.content)
    if ending == "xlsx":
        lines = [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]
    else:
        lines = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    heading, first, second = lines
    row = dict(zip(heading, first, strict=True))
    assert (str(row["row"]), row["field"], row["reason"]) == ("4", "birth_date", "There is no such day.")
    assert (row["name_ur"], row["phone"], row["cnic"]) == ("زینب بی بی", "0300-1234567", "90100-7654321-8")
    first[heading.index("birth_date")] = "1980-02-29"
    mended = [dict(zip(heading, line, strict=True)) for line in (first, second)]
    write = files.as_sheet if ending == "xlsx" else files.as_csv
    again = send(write(tmp_path / sheet.name, [{k: v or "" for k, v in row.items()} for row in mended]))
    assert (again.rejected_rows, again.observations) == (0, 3)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_row_that_an_erasure_blanked_is_not_in_the_sheet(send, manager, tmp_path, ending):
    """Nothing of it is left to mend: the others are handed out as before."""
    import csv
    import io

    import openpyxl

    from saiban.intake import erasing, sheets

    bad = [files.HEAD | {"birth_date": "1980-02-31", "sex": "?"}, files.SON]
    batch = send(files.as_csv(tmp_path / "s.csv", [*files.other("H-9", 3), *files.household(members=bad)]))
    row_nos = sorted(set(batch.rejections.values_list("row_no", flat=True)))
    assert len(row_nos) == 2

    def listed():
        sheet = sheets.rejected_sheet(actor=manager, batch_id=batch.pk, kind=ending)
        if ending == "csv":
            heading, *lines = csv.reader(io.StringIO(sheet.content.decode("utf-8-sig")))
        else:
            book = openpyxl.load_workbook(io.BytesIO(sheet.content)).worksheets[0]
            heading, *lines = book.iter_rows(values_only=True)
        return [int(line[heading.index("row")]) for line in lines]

    assert listed() == row_nos
    erasing.blank_rejected([(batch.pk, row_nos[0])])
    assert listed() == row_nos[1:]
    assert Audit.objects.filter(action="intake.batch.download_rejected").latest("pk").detail["rows"] == 1
    erasing.blank_rejected([(batch.pk, row_nos[1])])
    assert listed() == []


def test_counts_that_come_later_are_kept_beside_the_first(send, system, tmp_path):
    batch = send(files.as_csv(tmp_path / "s.csv", files.household()))
    services.note_outcome(actor=system, batch_id=batch.pk, step="scores", counts={"up": 1, "down": 0})
    services.mark_part_applied(
        actor=system, part_id=batch.parts.get().pk, outcome={"profiles": {"changed": 1}}
    )
    kept = Batch.objects.get(pk=batch.pk)
    assert kept.state == BatchState.APPLIED
    assert {"check", "load", "profiles", "scores"} <= set(kept.outcome)
