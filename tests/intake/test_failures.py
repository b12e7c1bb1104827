"""Nothing lost, nothing half-done: where a disk is full or a file too large, it can be sent again."""

import errno

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import Sum
from django.db.utils import OperationalError
from django.urls import reverse
from django.utils import translation

from saiban.core.models import Progress
from saiban.intake import loading, pipeline, queries, services, working
from saiban.intake.models import Batch, Observation, RejectedRow, Source, Subject
from saiban.intake.reasons import note
from saiban.intake.room import NoRoom, is_no_room
from tests.intake import files
from tests.intake.test_views import uploaded

pytestmark = pytest.mark.django_db


def no_space(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def engine_full(*_, **__):
    import duckdb

    raise duckdb.OutOfMemoryException("failed to offload data block of size 256.0 KiB")


def database_full(*_, **__):
    import psycopg

    raise OperationalError("could not extend file") from psycopg.errors.DiskFull("could not extend file")


FULL = {
    "unpacking": ("saiban.intake.reading.unpacking.check_unpacked", no_space),
    "reading": ("saiban.intake.reading.sql._check_cells", engine_full),
    "checking": ("saiban.intake.checking._find_faults", engine_full),
    "keeping rejected rows": ("saiban.intake.rejecting.keep_rejected", database_full),
    "dividing": ("saiban.intake.speaking.speak", engine_full),
    "writing parts": ("saiban.intake.parts.digest_of", no_space),
}


@pytest.mark.parametrize("where", FULL)
def test_a_full_disk_leaves_the_batch_received_and_it_can_be_loaded_again(
    sources, system, uploads, tmp_path, monkeypatch, where
):
    path = files.as_csv(tmp_path / "s.csv.gz", files.household())
    batch = services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)
    target, broken = FULL[where]
    with monkeypatch.context() as patch:
        patch.setattr(target, broken)
        with pytest.raises(NoRoom):
            services.load_batch(actor=system, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows) == ("received", 0)
    assert not any(model.objects.exists() for model in (Observation, Subject, RejectedRow))
    assert [str(entry) for entry in uploads.iterdir()] == [batch.path]
    assert queries.has_broken_off(batch)
    assert "no room left" in Progress.objects.get(subject_id=batch.pk, state="failed").error
    assert services.load_batch(actor=system, batch_id=batch.pk).state == "loaded"


def test_a_disk_that_is_full_while_parts_are_loaded_leaves_what_was_loaded_and_the_rest_follows(
    sources, system, uploads, tmp_path, monkeypatch, settings
):
    settings.SAIBAN_PART_HOUSEHOLDS = 1
    path = files.as_csv(tmp_path / "s.csv.gz", files.household() + files.other("H-2", 77))
    batch = services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)
    write, written = loading.load, []

    def once(*given, **more):
        if written:
            database_full()
        written.append(1)
        return write(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(loading, "load", once)
        with pytest.raises(NoRoom):
            services.load_batch(actor=system, batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == "checked"
    assert sorted(batch.parts.values_list("state", flat=True)) == ["checked", "loaded"]
    assert 0 < Observation.objects.count() == batch.observations
    assert queries.has_broken_off(batch)
    failed = Progress.objects.get(subject_id=batch.pk, state="failed")
    assert "what was loaded before stays" in failed.error
    assert working.job_of(batch).error == failed.error
    assert services.load_batch(actor=system, batch_id=batch.pk).state == "loaded"
    assert Observation.objects.count() == batch.parts.aggregate(all=Sum("observations"))["all"]


def test_the_disk_is_told_from_other_faults():
    assert is_no_room(OSError(errno.EDQUOT, "quota"))
    assert not is_no_room(OSError(errno.EACCES, "denied"))
    assert not is_no_room(None)
    assert not is_no_room(OperationalError("connection lost"))


def test_another_fault_of_the_engine_is_not_called_a_full_disk(sources, system, tmp_path, monkeypatch):
    import duckdb

    def broken(*_, **__):
        raise duckdb.InternalException("something")

    monkeypatch.setattr("saiban.intake.speaking.speak", broken)
    path = files.as_csv(tmp_path / "s.csv", files.household())
    batch = services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)
    with pytest.raises(pipeline.LoadFailed):
        services.load_batch(actor=system, batch_id=batch.pk)


# --- sent by a browser


def check_refused_upload(answer, words):
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Batch.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("en", "larger than can be taken"), ("ur", "بڑی")])
def test_an_upload_over_the_limit_is_said_at_the_field(
    enter,
    manager,
    sources,
    settings,
    tmp_path,
    language,
    words,
):
    settings.SAIBAN_MOST_UPLOADED_MB = 0
    client = enter(manager, language)
    path = files.as_csv(tmp_path / "s.csv", files.household())
    check_refused_upload(uploaded(client, path), words)


@pytest.mark.parametrize("step", ["write", "seek"])
def test_a_full_disk_while_the_browser_sends_is_said_at_the_field(
    enter,
    manager,
    sources,
    tmp_path,
    monkeypatch,
    step,
):
    client = enter(manager)
    path = files.as_csv(tmp_path / "s.csv", files.household())
    monkeypatch.setattr(TemporaryUploadedFile, step, no_space, raising=False)
    check_refused_upload(uploaded(client, path), "no room left")


def test_a_full_disk_while_the_file_is_kept_leaves_nothing(
    enter,
    manager,
    sources,
    uploads,
    tmp_path,
    monkeypatch,
):
    client = enter(manager)
    monkeypatch.setattr("saiban.intake.services.receiving._copy", no_space)
    path = files.as_csv(tmp_path / "s.csv", files.household())
    check_refused_upload(uploaded(client, path), "no room left")
    assert list(uploads.iterdir()) == []


# --- what is noted


def test_a_child_born_before_the_head_is_noted_and_taken(send, tmp_path):
    son = files.SON | {"birth_date": "1975-01-01"}
    batch = send(files.as_csv(tmp_path / "s.csv", files.household(members=[files.HEAD, son])))
    assert batch.rejected_rows == 0
    assert batch.notes == [{"code": "child_before_head", "details": {"count": 1, "rows": "3"}}]


def test_an_age_that_is_not_that_of_the_birth_date_is_noted_and_the_birth_date_taken(send, tmp_path):
    """Zainab was born on 14 March 1980 and Ali on 1 June 2015; the interview is of 4 May 2026."""
    for n, (ages, rows) in enumerate(
        [(("46", "10"), ""), (("45", "11"), ""), (("۴۸", "10"), "2"), (("60", "3"), "2, 3"), (("", "x"), "")]
    ):
        said = [row | {"age": age} for row, age in zip(files.household(f"H-{n}"), ages, strict=True)]
        batch = send(files.as_csv(tmp_path / f"s{n}.csv", said))
        count = len(rows.split(", ")) if rows else 0
        noted = [{"code": "age_not_as_born", "details": {"count": count, "rows": rows}}] if rows else []
        assert (batch.rejected_rows, batch.notes) == (0, noted)


def test_a_member_of_two_households_is_noted_and_both_are_taken(send, tmp_path):
    again = files.other("H-2", 7)
    again[0]["cnic"] = files.HEAD["cnic"]
    batch = send(files.as_csv(tmp_path / "s.csv", [*files.household(), *again]))
    assert batch.rejected_rows == 0
    assert batch.notes == [{"code": "in_two_households", "details": {"count": 1, "rows": "2, 4"}}]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_page_of_a_batch_says_what_was_passed_over(
    enter,
    manager,
    send,
    tmp_path,
    language,
):
    rows = [row | {"shoe_size": "40"} for row in files.household()]
    batch = send(files.as_csv(tmp_path / "s.csv", rows))
    page = enter(manager, language).get(reverse("intake:batch", args=[batch.pk])).content.decode()
    with translation.override(language):
        assert note(batch.notes[0]) in page
    assert Source.objects.filter(batches=batch).exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_formula_comes_back_harmless(send, system, manager, tmp_path, kind):
    from saiban.intake.sheets import rejected_sheet

    home = {"village": "=cmd|' /C calc'!A0", "address": "+1+1", "rooms": "many"}
    batch = send(files.as_csv(tmp_path / "s.csv", files.household(home=home)))
    content = rejected_sheet(actor=manager, batch_id=batch.pk, kind=kind).content
    if kind == "csv":
        assert "'=cmd" in content.decode("utf-8-sig")
        assert "'+1+1" in content.decode("utf-8-sig")
    else:
        import io

        import openpyxl

        (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
