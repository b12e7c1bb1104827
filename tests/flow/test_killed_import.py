"""Twenty kills in one import, at points drawn at random: nothing is lost, nothing comes twice."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection

from saiban.core import chain, seal
from saiban.core.models import Announcement
from saiban.intake import queries, services
from saiban.intake.models import Batch, Observation, Part, SourceKey, Subject
from saiban.registry.models import Household, Identifier, Link, Membership, Person, Profile
from saiban.scoring.models import Score
from tests.intake import files
from tests.registry.conftest import scorecards, sources, uploads

__all__ = ["scorecards", "sources", "uploads"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HOUSEHOLDS, IN_A_PART, KILLS = 120, 10, 20
ROOMS = ("1", "2", "3", "4")


def survey() -> dict[str, list[files.Row]]:
    """Households with two members each; one of them has a faulty row."""
    homes = {f"H-{n}": files.other(f"H-{n}", 1000 + n) for n in range(HOUSEHOLDS)}
    for n, rows in enumerate(homes.values()):
        for row in rows:
            row["rooms"] = ROOMS[n % len(ROOMS)]
    homes["H-7"][1]["birth_date"] = "1980-02-31"
    return homes


@pytest.fixture
def go_on(uploads, tmp_path):
    """Run a process that goes on with the batch until it is done, or is killed at a statement."""

    def run(batch, statement=0):
        environment = os.environ | {
            "SAIBAN_UPLOADS": str(uploads),
            "SAIBAN_PART_HOUSEHOLDS": str(IN_A_PART),
        }
        name = connection.settings_dict["NAME"]
        return subprocess.run(
            [sys.executable, "-m", "tests.flow.killed", name, str(batch.pk), str(statement)],
            env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    return run


def received(system, path):
    return services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)


def test_twenty_kills_lose_nothing_and_double_nothing(system, scorecards, uploads, tmp_path, go_on):
    homes = survey()
    path = files.as_csv(tmp_path / "survey.csv", [row for rows in homes.values() for row in rows])
    batch = received(system, path)
    draw = random.Random(20261124)
    killed, where = 0, Counter()
    while killed < KILLS:
        done = go_on(batch, draw.randint(1, 160))
        assert done.returncode in (0, -signal.SIGKILL), done.stderr[-3000:]
        batch.refresh_from_db()
        where[batch.state] += 1
        if done.returncode == 0:  # it came to its end before its last statement was asked
            break
        killed += 1
    assert killed == KILLS, f"only {killed} kills: {where}"
    done = go_on(batch)
    assert done.returncode == 0, done.stderr[-3000:]
    batch.refresh_from_db()
    assert batch.state == "applied", where
    assert not Announcement.objects.waiting().exists()
    _check_kept(batch, {no: rows for no, rows in homes.items() if no != "H-7"})
    assert list(uploads.iterdir()) == []
    assert chain.chain_all() >= 0


def _check_kept(batch: Batch, homes: dict[str, list[files.Row]]) -> None:
    """What stands in the database is what stood in the file, once."""
    people = sum(map(len, homes.values()))
    assert (batch.rows, batch.rejected_rows) == (people + 2, 2)
    assert Observation.objects.filter(batch_id=batch.pk).count() == len(homes) + people == batch.observations
    assert Subject.objects.filter(kind="person", first_batch=batch).count() == people
    assert (Household.objects.count(), Person.objects.count(), Membership.objects.count()) == (
        len(homes), people, people,
    )  # fmt: skip
    assert Identifier.objects.filter(kind__in=["cnic", "bform"]).count() == people
    assert Part.objects.filter(batch=batch, state="applied").count() == -(-len(homes) // IN_A_PART)
    spoken = [one for part in Part.objects.filter(batch=batch) for one in queries.observations_of_part(part.pk)]
    assert len(spoken) == len(homes) + people
    assert batch.outcome["profiles"]["new"] == batch.outcome["load"]["households"] == len(homes)
    for no, rows in homes.items():
        key = SourceKey.objects.get(namespace="psc-survey", token=seal.token("psc-survey", no))
        link = Link.objects.get(subject_id=key.subject_id, undone_at=None)
        kept = Profile.objects.get(household_id=link.household_id)
        assert kept.values["rooms"] == int(rows[0]["rooms"])
        assert Score.objects.filter(household_id=link.household_id).exists()
    each = Counter(Score.objects.values_list("household_id", "scorecard_id"))
    assert set(each.values()) == {1}
