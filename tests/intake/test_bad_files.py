"""Files that are not taken as a whole: each says where and what was expected, and nothing of it is kept."""

import gzip

import pytest
from django.utils import translation

from saiban.data.errors import BadInput
from saiban.intake import services
from saiban.intake.models import Batch, Observation, RejectedRow, Subject
from saiban.intake.queries import refusal_of
from tests.intake import files

pytestmark = pytest.mark.django_db


def refused(send, path, **how):
    """Send a file that must be refused; return code, place and details."""
    batch = send(path, **how)
    assert batch.state == "refused"
    assert not any(model.objects.exists() for model in (Observation, Subject, RejectedRow))
    for language in ("en", "ur"):
        with translation.override(language):
            said = refusal_of(batch)
            assert said.sentence
            assert said.expected
            assert "%(" not in str(said)
    return batch.refusal["code"], batch.refusal["place"], batch.refusal["details"]


def test_a_file_in_another_encoding_names_the_row(send, tmp_path):
    rows = files.household(members=[files.HEAD, files.SON | {"name_ur": "علی"}])
    path = files.as_csv(tmp_path / "s.csv", rows)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1] + lines[2].replace("علی".encode(), b"\xda\xe1\xec"))  # Windows-1256
    assert refused(send, path)[:2] == ("encoding_mixed", "s.csv, row 3")


def test_a_wrong_byte_far_into_a_file_is_found_with_its_row(send, tmp_path):
    path = tmp_path / "s.csv"
    line = b"x" * 99 + b"\n"
    path.write_bytes(b"household_no\n" + line * 30_000 + b"\xff\n")  # several blocks in
    assert refused(send, path)[:2] == ("encoding", "s.csv, row 30002")


@pytest.mark.parametrize("wrong", [b"\xff", b"\0"])
def test_a_wrong_byte_is_named_by_its_row_also_after_line_breaks_within_a_cell(send, tmp_path, wrong):
    path = tmp_path / "s.csv"
    path.write_bytes(b'household_no,rooms\r\n1,"a\n""b""\n\nc"\r\n\r\n' + b"x" * 600 + b'\r\n"4' + wrong)
    assert refused(send, path)[1] == "s.csv, row 5"


def test_utf_16_is_another_encoding(send, tmp_path):
    path = files.as_csv(tmp_path / "s.csv", files.household(), encoding="utf-16")
    assert refused(send, path)[0] == "encoding_other"


def test_a_missing_column_is_named(send, tmp_path):
    rows = [{key: value for key, value in row.items() if key != "rooms"} for row in files.household()]
    code, place, details = refused(send, files.as_csv(tmp_path / "s.csv", rows))
    assert (code, place, details) == ("column_missing", "s.csv, row 1", {"column": "rooms"})


def test_a_renamed_column_is_named_with_the_nearest(send, tmp_path):
    rows = [
        {("Tehsil" if key == "tehsil" else key): value for key, value in row.items()}
        for row in files.household()
    ]
    code, _, details = refused(send, files.as_csv(tmp_path / "s.csv", rows))
    assert (code, details) == ("column_renamed", {"column": "tehsil", "nearest": "Tehsil"})


def test_a_column_twice_is_refused(send, tmp_path):
    path = files.as_csv(tmp_path / "s.csv", files.household())
    path.write_text(path.read_text().replace("has_gas", "rooms", 1))
    assert refused(send, path)[::2] == ("column_twice", {"column": "rooms"})


def test_a_column_without_a_name_is_refused(send, tmp_path):
    path = files.as_csv(tmp_path / "s.csv", files.household())
    path.write_text(path.read_text().replace("line_no", "", 1))
    assert refused(send, path)[:2] == ("heading_empty", "s.csv, row 1, column 2")


@pytest.mark.parametrize(
    ("change", "more"), [(lambda line: line + ",too,much", +1), (lambda line: line.rsplit(",", 1)[0], -1)]
)
def test_a_row_with_too_few_or_too_many_cells_is_named(send, tmp_path, change, more):
    path = files.as_csv(tmp_path / "s.csv", files.household())
    heading, first, second = path.read_text().splitlines()
    path.write_text("\n".join([heading, first, change(second)]) + "\n")
    cells = len(files.household()[0])
    assert refused(send, path) == (
        "ragged",
        "s.csv, row 3",
        {"expected": str(cells), "found": str(cells + more)},
    )


@pytest.mark.parametrize("name", ["s.csv", "s.csv.gz", "s.parquet", "s.xlsx"])
def test_an_empty_file_is_refused(send, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"") if name.endswith(".gz") else b"")
    assert refused(send, path)[0] == "empty"


@pytest.mark.parametrize("name", ["s.csv", "s.xlsx"])
def test_a_heading_without_rows_is_refused(send, tmp_path, name):
    row = files.household()[0]
    if name == "s.csv":
        path = tmp_path / name
        path.write_text(",".join(row) + "\n")
    else:
        path = files.as_sheet(tmp_path / name, [dict.fromkeys(row)])
    assert refused(send, path)[0] == "no_rows"


@pytest.mark.parametrize(
    ("written", "sent", "found"),
    [
        ("s.parquet", "s.csv", "Parquet"), ("s.xlsx", "s.csv", "XLSX"), ("s.csv", "s.parquet", "text"),
        ("s.csv", "s.xlsx", "text"), ("s.csv.gz", "s.csv", "gzip"), ("s.csv", "s.csv.gz", "?"),
        ("s.xlsx", "s.parquet", "XLSX"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_its_name_says(send, tmp_path, written, sent, found):
    writers = {"parquet": files.as_parquet, "xlsx": files.as_sheet}
    path = writers.get(written.split(".")[1], files.as_csv)(tmp_path / written, files.household())
    code, place, details = refused(send, path, name=sent)
    assert (code, place, details["found"]) == ("other_kind", sent, found)


@pytest.mark.parametrize(
    "start", [b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"<!DOCTYPE html><html>", b"a,b\0c\n"]
)
def test_no_other_kind_passes_for_text(send, tmp_path, start):
    path = tmp_path / "s.csv"
    path.write_bytes(start + b"x" * 600)
    assert refused(send, path)[0] == "other_kind"


@pytest.mark.parametrize("name", ["s.parquet", "s.xlsx", "s.csv.gz"])
def test_a_file_cut_off_is_broken(send, tmp_path, name):
    writers = {"parquet": files.as_parquet, "xlsx": files.as_sheet}
    path = writers.get(name.split(".")[1], files.as_csv)(tmp_path / name, files.household() * 50)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refused(send, path)[0] == "broken"


def test_a_name_without_a_known_ending_is_refused(send, tmp_path):
    path = files.as_csv(tmp_path / "s.csv", files.household())
    assert refused(send, path, name="survey.txt")[:2] == ("unknown_kind", "survey.txt")


def test_a_register_without_its_month_is_refused(send, tmp_path):
    path = files.as_csv(tmp_path / "vehicles.csv", [files.VEHICLE])
    assert refused(send, path, source="excise-vehicles")[0] == "no_month"


def test_a_register_of_a_month_to_come_is_refused(send, tmp_path):
    path = files.as_csv(tmp_path / "vehicles-2099-01.csv", [files.VEHICLE])
    assert refused(send, path, source="excise-vehicles")[0] == "month_in_future"


def test_a_file_without_any_row_that_the_source_takes(send, tmp_path):
    from saiban.intake.mapping import mapping_of

    row = dict.fromkeys(mapping_of("pslm-2015").columns, "0") | {"Province": "Sindh"}
    code, _, details = refused(send, files.as_csv(tmp_path / "p.csv", [row]), source="pslm-2015")
    assert (code, details) == ("none_of_these", {"column": "Province", "value": "Punjab"})


# --- at the door


def receive(system, path, source="psc-survey", name=""):
    return services.receive_batch(actor=system, source_code=source, file_name=name or path.name, path=path)


def test_the_same_content_is_taken_once_whatever_its_name(sources, system, tmp_path, uploads):
    path = files.as_csv(tmp_path / "s.csv", files.household())
    first = receive(system, path)
    with pytest.raises(BadInput, match=rf"batch {first.pk}"):
        receive(system, path, name="another.csv")
    assert len(list(uploads.iterdir())) == 1


def test_a_refused_file_may_be_sent_again(send, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("household_no\n1\n")
    assert [send(path).state, send(path).state] == ["refused", "refused"]
    assert Batch.objects.count() == 2


def test_an_unknown_source_is_refused_with_the_known_ones(sources, system, tmp_path):
    with pytest.raises(BadInput, match="psc-survey"):
        receive(system, files.as_csv(tmp_path / "s.csv", files.household()), source="nobody")


def test_a_room_of_this_system_delivers_no_files(sources, system, tmp_path):
    with pytest.raises(BadInput):
        receive(system, files.as_csv(tmp_path / "s.csv", files.household()), source="clerk")


def test_a_path_without_a_file_is_refused(sources, system, tmp_path):
    with pytest.raises(BadInput):
        receive(system, tmp_path / "none.csv")


def test_without_an_agreement_nothing_is_kept(sources, system, administrator, tmp_path, uploads):
    from saiban.partners.models import Agreement
    from saiban.partners.services import end_agreement

    end_agreement(
        actor=administrator, agreement_id=Agreement.objects.get(code="AG-PSC").pk, reason="ended for the test"
    )
    with pytest.raises(BadInput, match="No agreement"):
        receive(system, files.as_csv(tmp_path / "s.csv", files.household()))
    assert not uploads.exists() or not list(uploads.iterdir())


def test_a_field_that_the_agreement_does_not_cover_is_named(sources, system, tmp_path):
    from saiban.partners.models import Agreement

    agreement = Agreement.objects.get(code="AG-DISCO")
    agreement.fields.remove("dwelling_rented")
    agreement.save()
    with pytest.raises(BadInput, match="dwelling_rented"):
        receive(system, files.as_csv(tmp_path / "e.csv", [files.BILL]), source="disco-electricity")


def test_an_agreement_that_ended_meanwhile_refuses_what_was_received(
    sources, system, administrator, tmp_path
):
    from saiban.partners.models import Agreement
    from saiban.partners.services import end_agreement

    batch = receive(system, files.as_csv(tmp_path / "s.csv", files.household()))
    end_agreement(
        actor=administrator, agreement_id=Agreement.objects.get(code="AG-PSC").pk, reason="ended for the test"
    )
    batch = services.load_batch(actor=system, batch_id=batch.pk)
    assert (batch.state, batch.refusal["code"]) == ("refused", "no_agreement")
