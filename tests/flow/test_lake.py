"""The lake follows the registry: whole, without anyone's name, and only by what moved."""

import json
import re
import threading
from csv import DictReader
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from deltalake import DeltaTable
from django.db import connections, transaction
from django.utils import timezone

from saiban.config.cli.score import score
from saiban.core import lake, outbox, progress
from saiban.core.lake import manifest, reading, services, store
from saiban.core.lake.state import lake_state
from saiban.core.models import LakeNote, Progress
from saiban.data.dictionary import fields
from saiban.registry.lake import HOUSEHOLDS
from saiban.registry.models import Household, Membership, Person, Profile
from saiban.registry.services import refresh_profiles
from tests.intake import files
from tests.intake.conftest import send, sources, uploads
from tests.registry.conftest import elsewhere, home, people, rajanpur, scorecards, take_in

__all__ = ["elsewhere", "home", "people", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(settings, tmp_path):
    settings.SAIBAN_LAKE = str(tmp_path / "lake")
    return tmp_path / "lake"


@pytest.fixture
def built(folder, people, system):
    services.rebuild(actor=system)
    return folder


def rows_of(folder: Path, name: str) -> list[dict]:
    version = json.loads((folder / "current.json").read_text())["tables"][name]["version"]
    return DeltaTable(str(folder / name), version=version).to_pyarrow_table().to_pylist()


def test_every_household_and_member_is_in_it_with_typed_values(built):
    households, persons = rows_of(built, "households"), rows_of(built, "persons")
    assert len(households) == Household.objects.count() == 2
    assert len(persons) == Membership.objects.count()
    assert {row["household_key"] for row in persons} == {row["household_key"] for row in households}
    stored = Profile.objects.get(household__village="Umarkot")
    row = next(each for each in households if each["area"] == stored.area_path)
    assert (row["score"], row["band"], row["rooms"]) == (stored.score, stored.band, stored.values["rooms"])
    assert row["on_rooms"].isoformat() == stored.origin["rooms"]["on"]


def test_the_command_line_scores_the_lake_as_the_registry_does(built, tmp_path):
    out, lake_table = tmp_path / "scores.csv", built / "households"
    asked = ["--scorecard", "punjab-pmt-2016", "--input", str(lake_table), "--id", "household_key"]
    ended = CliRunner().invoke(score, [*asked, "--out", str(out)], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    told = {row["household_key"]: (Decimal(row["score"]), row["band"]) for row in DictReader(out.open())}
    assert told == {row["household_key"]: (row["score"], row["band"]) for row in rows_of(built, "households")}


def test_nothing_in_it_identifies_anyone(built):
    identifying = {
        code for level in ("household", "person") for code, f in fields(level).items() if f.identifying
    }
    names = {n for p in Person.objects.all() for n in (p.name_en, p.name_ur, p.father_name_en) if n}
    names |= set(Household.objects.values_list("village", flat=True))
    assert names
    for name in ("households", "persons", "scores", "enrolments"):
        table = DeltaTable(str(built / name)).to_pyarrow_table()
        assert not identifying & set(table.column_names)
        text = json.dumps(table.to_pylist(), default=str, ensure_ascii=False)
        assert not re.search(r"\d{13}", text)
        assert not [each for each in names if each in text]
    for log in built.rglob("*.json"):
        assert not [each for each in names if each in log.read_text()]


def test_a_change_reaches_only_what_it_touched(built, take_in, home, rajanpur, system):
    before = {row["household_key"]: row for row in rows_of(built, "households")}
    attock = set(DeltaTable(str(built / "households")).file_uris())
    again = rajanpur | {"rooms": "6", "interviewed_on": "2026-06-04"}
    take_in(files.household("H-1", home=again), month="2026-06")
    assert lake_state().behind > 0
    written = services.write_noted(actor=system)
    assert (written.rebuilt, written.rows["households"]) == (False, 1)
    after = {row["household_key"]: row for row in rows_of(built, "households")}
    moved = [key for key in before if before[key] != after[key]]
    assert len(moved) == 1
    assert after[moved[0]]["rooms"] == 6
    assert attock & set(DeltaTable(str(built / "households")).file_uris()), "the other district's file stays"
    assert lake_state().behind == 0
    _equals_a_lake_built_anew(built, system)


def _equals_a_lake_built_anew(folder, system):
    names = ("households", "persons", "scores", "enrolments")
    followed = {name: sorted(rows_of(folder, name), key=str) for name in names}
    services.rebuild(actor=system)
    assert {name: sorted(rows_of(folder, name), key=str) for name in names} == followed


def test_who_moves_to_another_district_stands_there_alone(built, home, elsewhere, system):
    with transaction.atomic():
        Household.objects.filter(pk=home.pk).update(area=elsewhere.area, area_path=elsewhere.area_path)
    refresh_profiles(actor=system, household_ids=[home.pk], reason="tests")
    outbox.drain()
    services.write_noted(actor=system)
    assert len({row["district"] for row in rows_of(built, "households")}) == 1
    assert len(rows_of(built, "households")) == 2
    _equals_a_lake_built_anew(built, system)


def test_who_left_a_household_is_gone_from_it_and_after_retention_from_the_files(
    built, home, settings, system
):
    member = Membership.objects.filter(household=home).order_by("line_no").last()
    before = len(rows_of(built, "persons"))
    former = set(DeltaTable(str(built / "persons")).file_uris())
    Membership.objects.filter(pk=member.pk).update(cancelled=True)
    refresh_profiles(actor=system, household_ids=[home.pk], reason="tests")
    with transaction.atomic():
        lake.note("core.changeset", _change_set_of(home))
    services.write_noted(actor=system)
    assert len(rows_of(built, "persons")) == before - 1
    settings.SAIBAN_LAKE_DAYS = 0
    services.sweep(actor=system)
    replaced = former - set(DeltaTable(str(built / "persons")).file_uris())
    assert replaced
    assert not [path for path in replaced if Path(path.removeprefix("file://")).exists()]


def _change_set_of(home):
    from saiban.core.models import ChangeSetItem

    return ChangeSetItem.objects.filter(subject_id=home.pk).latest("change_set_id").change_set_id


def test_a_write_that_fails_leaves_the_former_lake_and_what_was_noted(built, home, system, monkeypatch):
    before = (built / "current.json").read_text()
    with transaction.atomic():
        lake.note("core.changeset", _change_set_of(home))

    def killed(manifest):
        raise KeyboardInterrupt

    monkeypatch.setattr(manifest, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        services.write_noted(actor=system)
    assert (built / "current.json").read_text() == before
    assert LakeNote.objects.exists()
    monkeypatch.undo()
    assert services.write_noted(actor=system).notes
    _equals_a_lake_built_anew(built, system)


def test_two_writers_at_once_write_one_after_the_other(built, home, system):
    with transaction.atomic():
        lake.note("core.changeset", _change_set_of(home))
    errors = []

    def work(act):
        try:
            act(actor=system)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=work, args=[act]) for act in (services.rebuild, services.write_noted) * 2
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not errors
    assert len(rows_of(built, "households")) == 2
    _equals_a_lake_built_anew(built, system)


def test_a_lake_of_other_columns_or_keys_is_built_anew(built, system):
    current = manifest.read()
    manifest.write(manifest.Manifest(current.key_id + 1, current.written_at, None, current.tables))
    assert not lake_state().is_sound
    assert services.write_noted(actor=system).rebuilt
    assert lake_state().is_sound


def test_what_is_read_is_read_in_the_writers_own_transaction(folder, people, home, system, monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0)  # every piece is reported, through a connection of this thread
    monkeypatch.setattr(reading, "PIECE", 1)
    with transaction.atomic():
        Profile.objects.filter(household=home).update(disagreements=77)
        services.rebuild(actor=system)
        assert 77 in {row["disagreements"] for row in rows_of(folder, "households")}, "as yet uncommitted"
    row = Progress.objects.get(name="core.lake.rebuild")
    assert (row.state, row.step) == ("done", "lake.enrolments")


def test_a_fault_in_reading_leaves_the_table_as_it_was(built, system):
    def pieces():
        yield HOUSEHOLDS.schema().empty_table()
        raise ValueError("the server went away")

    before = DeltaTable(str(built / "households")).version()
    with pytest.raises(ValueError, match="the server went away"):
        store.overwrite(HOUSEHOLDS, pieces())
    assert DeltaTable(str(built / "households")).version() == before


def test_a_fault_in_writing_ends_the_reading(built, system, monkeypatch):
    def full(*given, **options):
        raise OSError("no space left")

    monkeypatch.setattr("deltalake.write_deltalake", full)
    with pytest.raises(OSError, match="no space left"):
        store.overwrite(HOUSEHOLDS, (HOUSEHOLDS.schema().empty_table() for _ in range(10)))


def test_without_a_lake_nothing_is_kept_for_it(folder, people, system):
    assert LakeNote.objects.exists()
    services.write_noted(actor=system)
    assert not LakeNote.objects.exists()
    assert lake_state().written_at is None
    assert store.opened("households") is None


def test_the_age_of_what_is_not_written_is_known(built, home):
    with transaction.atomic():
        lake.note("core.changeset", _change_set_of(home))
    assert timezone.now() - lake_state().oldest < timedelta(minutes=1)
