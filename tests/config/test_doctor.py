"""`saiban doctor` finds what is wrong, and says so with its exit code."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connection, transaction
from django.utils import timezone
from tests.core.test_chain import tamper

from saiban.config.cli.database import migrate
from saiban.config.cli.doctor import _progress, doctor
from saiban.config.cli.serve import serve, worker
from saiban.core import audit, chain, outbox, server
from saiban.core.lake import services as lake
from saiban.core.models import Announcement, Audit, LakeNote
from saiban.data.errors import BadInput

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acts(clerk):
    for number in range(3):
        with transaction.atomic(), audit.act("write", "tests.act", clerk):
            audit.note(reason=f"act {number}")
    chain.chain_all()
    return list(Audit.objects.order_by("pk"))


def test_a_sound_installation_passes(acts):
    result = CliRunner().invoke(doctor)
    assert (result.exit_code, "BAD" in result.output) == (0, False), result.output
    assert "the chain of 3 rows is whole" in result.output


def test_rows_that_point_at_nothing_are_found_by_the_full_run(acts):
    sound = CliRunner().invoke(doctor, ["--full"])
    assert "rows: none points at nothing" in sound.output
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_relation (person_id, other_id, kind, source) values (1, 2, 'x', 'x')"
        )
    assert CliRunner().invoke(doctor).exit_code == 0
    found = CliRunner().invoke(doctor, ["--full"])
    assert found.exit_code == 1
    assert "BAD  rows: 1 of registry_relation.other_id point at nothing" in found.output


def test_a_changed_audit_row_is_named(acts):
    tamper("update core_audit set actor_id = actor_id, reason = 'harmless' where id = %s", acts[1].pk)
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 1
    assert f"BAD  audit: the audit row was changed (link 2, audit row {acts[1].pk})" in result.output


@pytest.fixture
def signed(acts):
    """The acts, under a checkpoint: what a quick walk believes."""
    chain.checkpoint()
    return acts


def test_a_row_that_was_changed_before_a_checkpoint_is_found_unless_the_quick_walk_is_asked_for(signed):
    tamper("update core_audit set reason = 'harmless' where id = %s", signed[1].pk)
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 1
    assert f"BAD  audit: the audit row was changed (link 2, audit row {signed[1].pk})" in result.output
    assert "audit: the chain of" not in result.output
    quick = CliRunner().invoke(doctor, ["--quick"])
    assert quick.exit_code == 0
    assert "the first 3 rows, to the checkpoint signed on 20" in quick.output
    assert "were believed" in quick.output


def test_a_row_that_was_removed_before_a_checkpoint_is_found(signed):
    tamper("delete from core_auditlink where seq = 2")
    tamper("delete from core_audit where id = %s", signed[1].pk)
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 1
    assert "BAD  audit: links are missing before this one (link 3" in result.output


@pytest.mark.parametrize("quick", [[], ["--quick"]])
def test_an_end_that_was_cut_off_with_its_links_is_found(signed, quick):
    tamper("delete from core_auditlink where seq > 1")
    tamper("delete from core_audit where id > %s", signed[0].pk)
    result = CliRunner().invoke(doctor, quick)
    assert result.exit_code == 1
    assert "BAD  audit: the chain was cut off or rewritten before this checkpoint (link 3" in result.output


def test_a_whole_walk_says_that_it_believed_nothing(signed):
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 0, result.output
    assert "the chain of 3 rows is whole" in result.output
    assert "believed" not in result.output


def test_a_quick_walk_cannot_be_full_too(signed):
    result = CliRunner().invoke(doctor, ["--quick", "--full"])
    assert result.exit_code == 2


def test_a_long_walk_says_how_far_it_is_and_how_long_it_takes(capsys, monkeypatch):
    times = iter([1_000.0, 1_005.0])
    monkeypatch.setattr("saiban.config.cli.doctor.monotonic", lambda: next(times))
    walked = _progress(400_000)
    walked(5_000)
    walked(100_000)
    said = capsys.readouterr().err
    assert said == "     audit: 100,000 of 400,000 rows walked, about 15 seconds to go\n"


def test_an_announcement_that_was_given_up_is_reported_and_can_be_tried_again(acts):
    Announcement.objects.create(name="tests.given_up", key="k", tries=outbox.TRIES)
    assert CliRunner().invoke(doctor).exit_code == 1
    assert outbox.try_again() == 1
    assert CliRunner().invoke(doctor).exit_code == 0


def test_settings_of_the_server_stand_in_rows_and_one_that_may_lose_data_fails(acts, settings):
    said = CliRunner().invoke(doctor, ["--for", "20000000", "--memory", "64"])
    assert said.exit_code == 0, said.output
    assert "20,000,000 households" in said.output
    rows = {line.split()[1]: line.split()[0] for line in said.output.splitlines() if "  " in line.strip()}
    assert rows["shared_buffers"] == rows["fsync"] == "TUNE"
    assert "16 GB" in next(line for line in said.output.splitlines() if " shared_buffers " in line)
    settings.SAIBAN_LOSES_DATA = False
    unsafe = CliRunner().invoke(doctor)
    assert unsafe.exit_code == 1
    assert re.search(r"^BAD  fsync +off +on ", unsafe.output, re.MULTILINE)


@pytest.mark.parametrize(
    ("command", "words"), [(doctor, ""), (worker, "--once"), (migrate, "--check"), (serve, "--port 0")]
)
def test_nothing_works_on_a_server_that_is_too_old(monkeypatch, command, words):
    monkeypatch.setattr(server, "OLDEST", 99)
    refused = CliRunner().invoke(command, words)
    assert isinstance(refused.exception, BadInput), refused.output
    assert "saiban needs 99 or later" in str(refused.exception)


@pytest.mark.parametrize(("hours", "allowed", "good"), [(30, 24, False), (30, 48, True), (2, 24, True)])
def test_a_lake_that_is_late_is_reported(acts, system, settings, tmp_path, hours, allowed, good):
    settings.SAIBAN_LAKE, settings.SAIBAN_LAKE_LATE_HOURS = str(tmp_path / "lake"), allowed
    lake.rebuild(actor=system)
    LakeNote.objects.create(
        kind="core.changeset", subject_id=1, noted_at=timezone.now() - timedelta(hours=hours)
    )
    result = CliRunner().invoke(doctor)
    (line,) = [line for line in result.output.splitlines() if "lake: " in line]
    assert line.startswith("ok" if good else "BAD")
    assert "behind by 1 changes, the oldest since 20" in line
    assert (f"more than {allowed} hours" in line) is not good
