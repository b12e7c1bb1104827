"""Twenty kills in one import, at points drawn at random, or several processes at it at once: all tables are
those of an undisturbed run.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql

from saiban.core import outbox, seal
from saiban.core.models import Announcement
from saiban.intake import queries, services
from saiban.intake.models import Batch, Observation, Part, SourceKey, Subject
from saiban.intake.transitions import PartState
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


# what differs between two runs: numbers of rows, random keys and salts, moments, and what is made of these
VARYING_TYPES = ("bytea", "timestamp with time zone", "uuid", "ltree")
VARYING = ("id", "code", "origin", "first_observation", "last_observation", "path", "of", "key")
COLUMNS = """
select c.table_name, array_agg(c.column_name::text order by c.ordinal_position)
from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
  and c.table_name ~ '^(intake|registry|scoring|programmes)_'
  and c.table_name !~ '_y?[0-9]{4}' and not c.data_type = any(%s) and not c.column_name = any(%s)
  and c.column_name !~ '_ids?$'
group by c.table_name order by c.table_name
"""


@pytest.fixture
def twin():
    """A second database as the test's own stands now; dropped in the end."""
    made = []

    def copied():
        name = connection.settings_dict["NAME"]
        made.append(f"{name}_twin")
        _run_as_owner(
            f"drop database if exists {made[0]} with (force)", f"create database {made[0]} template {name}"
        )
        return made[0]

    yield copied
    for name in made:
        _run_as_owner(f"drop database if exists {name} with (force)")


def _run_as_owner(*statements: str) -> None:
    """Outside of transactions, from another database: nobody may be in one that is copied."""
    connections.close_all()
    with _opened("template1") as owner:
        for statement in statements:
            owner.execute(statement)


def _opened(database: str):
    parameters = connections["owner"].get_connection_params() | {"dbname": database}
    known = {"dbname", "host", "port", "user", "password"}
    return closing(psycopg.connect(**{k: v for k, v in parameters.items() if k in known}, autocommit=True))


def tables(database: str) -> dict[str, Counter[str]]:
    """The rows of each table of the rooms that a batch passes, as text, without what varies."""
    with _opened(database) as owner:
        found = owner.execute(COLUMNS, [list(VARYING_TYPES), list(VARYING)]).fetchall()
        return {table: _rows(owner, table, columns) for table, columns in found}


def _rows(owner, table: str, columns: list[str]) -> Counter[str]:
    kept = sql.SQL(", ").join(map(sql.Identifier, columns))
    rows = owner.execute(sql.SQL("select row({})::text from {}").format(kept, sql.Identifier(table)))
    return Counter(text for (text,) in rows)


@pytest.fixture
def go_on(uploads):
    """Run a process that goes on with the batch until it is done, or is killed at a statement."""

    def run(batch, database, statement=0):
        environment = os.environ | {
            "SAIBAN_UPLOADS": str(uploads),
            "SAIBAN_PART_HOUSEHOLDS": str(IN_A_PART),
        }
        return subprocess.run(  # noqa: S603 our own module
            [sys.executable, "-m", "tests.flow.killed", database, str(batch.pk), str(statement)],
            env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    return run


def kill_again_and_again(go_on, batch: Batch) -> Counter[tuple[str, int]]:
    """Kill twenty processes, each at a statement drawn at random; return how far the batch was: its state,
    and how many of its parts were applied."""
    draw = np.random.default_rng(20261124)
    found: Counter[tuple[str, int]] = Counter()
    while found.total() < KILLS:
        done = go_on(batch, connection.settings_dict["NAME"], int(draw.integers(1, 261)))
        assert done.returncode == -signal.SIGKILL, (found, done.returncode, done.stderr[-3000:])
        batch.refresh_from_db()
        found[str(batch.state), batch.parts.filter(state=PartState.APPLIED).count()] += 1
    return found


def test_twenty_kills_lose_nothing_and_double_nothing(system, scorecards, uploads, tmp_path, go_on, twin):
    homes = survey()
    path = files.as_csv(tmp_path / "survey.csv", [row for rows in homes.values() for row in rows])
    outbox.drain()  # scorecards that were approved
    batch = services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)
    undisturbed, kept = twin(), Path(batch.path)
    done = go_on(batch, undisturbed)
    assert done.returncode == 0, done.stderr[-3000:]
    shutil.copy(path, kept)  # loaded and deleted there, not yet here

    killed_in = kill_again_and_again(go_on, batch)
    assert len(killed_in) > 4, killed_in
    assert batch.state != "applied", killed_in
    name = connection.settings_dict["NAME"]
    done = go_on(batch, name)
    assert done.returncode == 0, done.stderr[-3000:]
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert not Announcement.objects.waiting().exists()
    assert list(uploads.iterdir()) == []
    _check_kept(batch, {no: rows for no, rows in homes.items() if no != "H-7"})
    connections.close_all()
    expected, found = tables(undisturbed), tables(name)
    assert {table: rows.total() for table, rows in expected.items() if rows}  # not an empty comparison
    for table, rows in expected.items():
        assert found[table] == rows, (table, found[table] - rows, rows - found[table])


def test_processes_side_by_side_make_what_one_makes(system, scorecards, tmp_path, go_on, twin):
    """One loads part by part; beside it two others apply, resolve and score what is loaded."""
    path = files.as_csv(tmp_path / "survey.csv", [row for rows in survey().values() for row in rows])
    outbox.drain()
    batch = services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)
    alone, kept = twin(), Path(batch.path)
    assert go_on(batch, alone).returncode == 0
    shutil.copy(path, kept)
    connections.close_all()
    name = connection.settings_dict["NAME"]
    with ThreadPoolExecutor(3) as pool:
        for done in pool.map(lambda statement: go_on(batch, name, statement), (0, -1, -1)):
            assert done.returncode == 0, done.stderr[-3000:]
            assert "was not handled by" not in done.stderr, "none stood in another's way"
    batch.refresh_from_db()
    assert batch.state == "applied"
    connections.close_all()
    expected, found = tables(alone), tables(name)
    for table, rows in expected.items():
        assert found[table] == rows, (table, found[table] - rows, rows - found[table])


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
    assert len(list(queries.observations_of_batch(batch.pk))) == len(homes) + people
    assert batch.outcome["profiles"]["new"] == batch.outcome["load"]["households"] == len(homes)
    for no, rows in homes.items():
        key = SourceKey.objects.get(namespace="psc-survey", token=seal.token("psc-survey", no))
        link = Link.objects.get(subject_id=key.subject_id, undone_at=None)
        kept = Profile.objects.get(household_id=link.household_id)
        assert kept.values["rooms"] == int(rows[0]["rooms"])
        assert Score.objects.filter(household_id=link.household_id).exists()
    each = Counter(Score.objects.values_list("household_id", "scorecard_id"))
    assert set(each.values()) == {1}
