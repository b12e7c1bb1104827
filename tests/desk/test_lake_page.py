"""The page of the lake: how fresh it is, what it holds, and the worker that writes it when it is asked."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saiban.core import background, changes
from saiban.core.lake import manifest, note, services
from saiban.core.lake.state import households_waiting, lake_state, late_since
from saiban.core.models import Audit, ChangeSet, LakeNote, Progress
from saiban.desk.lake import size
from tests.access import world

pytestmark = pytest.mark.django_db(transaction=True)
BUDGET = 12


@pytest.fixture
def folder(settings, tmp_path):
    settings.SAIBAN_LAKE = str(tmp_path / "lake")
    return tmp_path / "lake"


@pytest.fixture
def province(folder, system, analyst, officer):
    return world.build(system, analyst, officer)


@pytest.fixture
def built(province, system, folder):
    services.rebuild(actor=system)
    return folder


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def noted(province, hours=0):
    change = ChangeSet.objects.latest("pk")
    note("core.changeset", change.pk)
    LakeNote.objects.update(noted_at=timezone.now() - timedelta(hours=hours))


def test_subjects_that_moved_are_no_households_behind(built, province, system):
    """A subject may have the number of a household: only the kind of the set tells them apart."""
    touched = {"reason": "tests", "ids": [province.household.pk]}
    note("core.changeset", changes.change_set(actor=system, kind="intake.subject", **touched).pk)
    assert households_waiting() == 0
    assert services.write_noted(actor=system).rows == {}
    note("core.changeset", changes.change_set(actor=system, kind="registry.household", **touched).pk)
    assert households_waiting() == 1
    assert services.write_noted(actor=system).rows == {
        "households": 1, "persons": 1, "scores": 2, "enrolments": 3,
    }  # fmt: skip


def test_the_page_says_what_the_lake_holds_and_how_it_is_kept(built, at_work, analyst):
    shown = text(at_work(analyst).get("/lake/"))
    held = json.loads((built / "current.json").read_text())["tables"]
    files = list((built / "households").rglob("*.parquet"))
    assert held["households"]["files"] == len(files) == 1
    assert held["households"]["size"] == sum(each.stat().st_size for each in files)
    assert "Households households 1 1" in shown
    assert "Last built anew" in shown
    assert "there was none before" in shown
    assert "7 days" in shown
    assert "nothing waits" in shown
    assert str(built) in shown


def test_it_says_what_waits_of_how_many_households_and_since_when(built, province, at_work, auditor):
    noted(province, hours=30)
    shown = text(at_work(auditor).get("/lake/"))
    assert re.search(r"Changes that wait 1 the oldest since", shown)
    assert re.search(r"Households behind 1 ", shown)
    assert "The lake is late" in shown


def test_how_long_a_change_may_wait_is_a_setting(built, province, at_work, auditor, settings):
    settings.SAIBAN_LAKE_LATE_HOURS = 48
    noted(province, hours=30)
    assert "The lake is late" not in text(at_work(auditor).get("/lake/"))
    assert not lake_state().is_late
    assert late_since() is None


def test_today_says_that_the_lake_is_late_to_who_may_see_it(built, province, at_work, manager, clerk):
    noted(province, hours=30)
    assert late_since() == lake_state().oldest
    assert "The lake is late" in text(at_work(manager).get("/"))
    assert "The lake is late" not in text(at_work(clerk).get("/"))


def test_without_a_lake_the_page_says_how_it_comes_about(province, at_work, analyst, manager):
    noted(province, hours=30)
    assert late_since() is None
    shown = at_work(analyst).get("/lake/").content.decode()
    assert "There is no lake yet" in shown
    assert "/lake/rebuild/" not in shown
    assert "/lake/rebuild/" in at_work(manager).get("/lake/").content.decode()


def test_the_worker_writes_what_waits_when_it_is_asked(built, province, at_work, manager):
    noted(province)
    client = at_work(manager)
    assert client.post("/lake/write/").status_code == 302
    assert Progress.objects.get(name="core.lake.write").state == "waiting"
    assert Audit.objects.get(action="core.lake.ask").actor_id == manager.pk
    shown = text(client.get("/lake/"))
    assert "wrote to the lake what had moved waiting" in shown
    assert "Write now" not in shown, "it is asked for already"
    assert client.post("/lake/write/").status_code == 409
    assert background.run_waiting() == 1
    assert not LakeNote.objects.exists()
    row = Progress.objects.get(name="core.lake.write")
    assert (row.state, row.done, row.actor_id) == ("done", 1, manager.pk)
    shown = text(client.get("/lake/"))
    assert "wrote to the lake what had moved" not in shown
    assert "Write now" in shown


def test_the_worker_builds_it_anew_and_the_page_says_for_whom_and_why(built, at_work, manager, analyst):
    client, before = at_work(manager), manifest.read()
    assert client.post("/lake/rebuild/", {"reason": "  "}).status_code == 422
    assert client.post("/lake/rebuild/", {"reason": "a disk was lost"}).status_code == 302
    assert background.run_waiting() == 1
    after = manifest.read()
    assert after.tables["households"].version > before.tables["households"].version
    assert after.rebuilt_why == "asked"
    assert "a disk was lost" not in (built / "current.json").read_text()
    shown = text(at_work(analyst).get("/lake/"))
    assert "it was asked for: Manager a disk was lost" in shown


def test_work_that_fell_silent_does_not_block_the_next(built, at_work, manager):
    client = at_work(manager)
    client.post("/lake/write/")
    Progress.objects.update(state="running", updated_at=timezone.now() - timedelta(minutes=50))
    assert client.post("/lake/write/").status_code == 409
    Progress.objects.update(updated_at=timezone.now() - timedelta(minutes=70))
    assert client.post("/lake/write/").status_code == 302


def test_a_write_that_breaks_off_says_so_on_the_page(built, province, at_work, manager, monkeypatch):
    noted(province)
    client = at_work(manager)
    client.post("/lake/write/")

    def broken(*given):
        raise OSError("no space left on the disk")

    monkeypatch.setattr(manifest, "write", broken)
    background.run_waiting()
    assert LakeNote.objects.exists()
    assert "This work broke off" in text(client.get("/lake/"))


@pytest.mark.parametrize("who", ["analyst", "manager", "administrator", "auditor"])
def test_the_page_asks_at_most_twelve_queries(built, province, at_work, request, who, manager):
    noted(province, hours=30)
    services.ask(actor=manager, anew=True, reason="tests")
    background.run_waiting()
    client = at_work(request.getfixturevalue(who))
    client.get("/lake/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/lake/").status_code == 200
    counted = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(counted) <= BUDGET, "\n".join(counted)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0.0 kB"), (999, "1.0 kB"), (2_340_000, "2.3 MB"), (6_200_000_000, "6.2 GB")]
)
def test_a_size_has_the_largest_unit_that_fits(count, words):
    assert size(count) == words
