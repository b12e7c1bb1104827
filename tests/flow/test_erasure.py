"""From the request to the lake: nothing of whom was erased is left; killed in the middle, all of it is."""

import json
import os
import signal
import subprocess
import sys

import pytest
from deltalake import DeltaTable
from django.db import connection, connections

from saiban.core import outbox
from saiban.core.lake import services as lake
from saiban.core.models import Announcement
from saiban.registry.erasure.services import decide_erasure, request_erasure
from saiban.registry.models import Erasure, Household, Membership
from tests.registry import scan
from tests.registry.conftest import rajanpur, scorecards, send, sources, take_in, uploads
from tests.registry.test_erasure import REASON, everything, head_of, planted

__all__ = ["planted", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = pytest.mark.django_db(transaction=True)
KILLS = (0.2, 0.5, 0.75, 0.97)  # how far of the whole way


@pytest.fixture
def approve(manager, approver):
    def approved(**whose):
        asked = request_erasure(actor=manager, basis="request", reason=REASON, **whose)
        decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
        return asked

    return approved


def rows_of(folder, name):
    version = json.loads((folder / "current.json").read_text())["tables"][name]["version"]
    return DeltaTable(str(folder / name), version=version).to_pyarrow_table().to_pylist()


def test_the_next_write_takes_them_out_of_the_lake(planted, approve, system, settings, tmp_path):
    settings.SAIBAN_LAKE = str(tmp_path / "lake")
    lake.rebuild(actor=system)
    before = {name: rows_of(tmp_path / "lake", name) for name in ("households", "persons", "scores")}
    approve(household_id=planted.pk)
    outbox.drain()
    lake.write_noted(actor=system)
    after = {name: rows_of(tmp_path / "lake", name) for name in before}
    gone = Membership.objects.filter(household=planted).count()
    assert len(after["households"]) == len(before["households"]) - 1 == Household.objects.count() - 1
    assert len(after["persons"]) == len(before["persons"]) - gone
    keys = {row["household_key"] for row in after["households"]}
    for name in ("persons", "scores"):
        assert {row["household_key"] for row in after[name]} <= keys
    approve(person_id=head_of(Household.objects.get(village="Kamra")).pk)
    outbox.drain()
    lake.write_noted(actor=system)
    assert len(rows_of(tmp_path / "lake", "persons")) == len(after["persons"]) - 1
    assert len(rows_of(tmp_path / "lake", "households")) == len(after["households"])


def run(erasure_id, statement):
    connections.close_all()
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.flow.killed_erasing", connection.settings_dict["NAME"], str(erasure_id),
         str(statement)],
        env=os.environ | {"PYTHONWARNINGS": "ignore"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_killed_in_the_middle_it_is_as_if_nothing_was_begun(planted, approve):
    erasure = approve(household_id=planted.pk)
    Announcement.objects.filter(name="registry.erasure.approved").delete()
    whole = statements_of(planted, erasure)
    before = scan.where(everything())
    for share in KILLS:
        assert run(erasure.pk, int(whole * share)).returncode == -signal.SIGKILL
        assert scan.where(everything()) == before
        assert Erasure.objects.get().state == "approved"
    done = run(erasure.pk, 0)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) >= whole * 0.9
    assert scan.where(everything()) == set()
    assert Erasure.objects.get().state == "carried_out"


def statements_of(planted, erasure):
    """How many statements the whole of it takes: counted on a run that is undone."""
    from django.db import transaction
    from django.test.utils import CaptureQueriesContext

    from saiban.core.foundation import system_actor
    from saiban.registry.erasure.services import carry_out

    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        carry_out(actor=system_actor(), erasure_id=erasure.pk)
        transaction.set_rollback(True)
    return len(
        [query for query in asked.captured_queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    )
