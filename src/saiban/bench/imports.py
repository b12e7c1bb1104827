"""Bench ``import``: a synthetic survey from its file to scored households, with every check, seal, token and
origin; on a server of its own.

Beside it, in the same run: COPY of the very rows that came of it, ready made, into the same tables with the
same indexes (foreign keys left out). What a bulk load costs at least, if there were nothing to find out.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saiban.bench.looks import among_imported
from saiban.bench.measure import Measured, peak_mb
from saiban.bench.server import own_server, say

if TYPE_CHECKING:
    from saiban.intake.models import Batch

BLOCK = 1 << 20
TABLES = (
    "intake_subject", "intake_sourcekey", "intake_observation", "registry_household", "registry_person",
    "registry_membership", "registry_relation", "registry_identifier", "registry_link", "registry_profile",
    "registry_knownkey", "registry_namekeys", "registry_nameword", "scoring_score",
)  # fmt: skip


def import_(survey: Path, size: int, *, looks: int = 0) -> Measured:
    """Import a survey of ``size`` households as ``saiban synth`` writes it, and score them; then make so many
    looks by name among the people.

    Seconds are those until the last score.
    """
    with own_server() as home:
        _foundations()
        batch, load, follow = _import(survey)
        equal = _is_whole(batch, size)
        say(f"imported in {load + follow:.0f} s, of which {load:.0f} until all was loaded")
        looked = among_imported(looks) if looks else {}
        rows, seconds = _copied(home)
        total = load + follow
        return Measured(
            name="import", size=size, seconds=round(total, 2), baseline="COPY of the rows that came of it",
            baseline_seconds=round(seconds, 2), ratio=round(total / seconds, 2), peak_mb=peak_mb(),
            equal=equal,
            extra={
                "persons": batch.rows, "rows_written": rows, "rows_per_second": round(rows / total),
                "copied_rows_per_second": round(rows / seconds), "seconds_until_loaded": round(load, 2),
                "seconds_from_there": round(follow, 2),
                "households_per_second": round(size / total, 1), **looked,
            },
        )  # fmt: skip


def _foundations() -> None:
    from saiban.core import outbox
    from saiban.core.foundation import system_actor
    from saiban.intake import foundation as intake
    from saiban.partners import foundation as partners
    from saiban.scoring import foundation as scoring

    system = system_actor()
    partners.lay(system)
    intake.lay(system)
    scoring.lay(system)
    outbox.drain()


def _import(survey: Path) -> tuple[Batch, float, float]:
    """Return the batch, the seconds until its last part was loaded, and those until its last score.

    What follows from a part is done by processes beside this one, as `saiban import` has it.
    """
    from saiban.core.foundation import system_actor
    from saiban.core.hands import Hands
    from saiban.intake import queries, services

    system = system_actor()
    batch = services.receive_batch(actor=system, source_code="psc-survey", file_name=survey.name, path=survey)
    say("import")
    started = time.perf_counter()
    with Hands(is_long=lambda: queries.has_parts_to_load(batch.pk)) as hands:
        batch = services.load_batch(actor=system, batch_id=batch.pk, meanwhile=hands.meanwhile)
        loaded = time.perf_counter()
        hands.finish()
        ended = time.perf_counter()
    batch.refresh_from_db()
    return batch, loaded - started, ended - loaded


def _is_whole(batch: Batch, size: int) -> bool:
    """Whether everybody of the survey was loaded, applied and scored; says what is amiss.

    A household is scored again where somebody of it moves with a later part, and one that is listed twice
    (the same people in two places) is one: so those in the registry are counted.
    """
    from saiban.scoring.models import Score

    loaded, people = batch.outcome["load"], batch.outcome["people"]
    found: dict[str, tuple[object, object]] = {
        "state": (str(batch.state), "applied"),
        "rejected rows": (batch.rejected_rows, 0),
        "households scored": (Score.objects.values("household").distinct().count(), people["households_new"]),
    }
    for name, whole in (("households", size), ("persons", batch.rows)):
        found[f"{name} loaded"] = (loaded[name], whole)
        found[f"{name} applied"] = (people[f"{name}_new"] + people[f"{name}_known"], whole)
    for what, (came, expected) in found.items():
        if came != expected:
            say(f"{what}: {came}, expected {expected}")
    return all(came == expected for came, expected in found.values())


def _copied(home: Path) -> tuple[int, float]:
    """Rows, and seconds of writing them again into empty tables of the same shape."""
    from django.db import connections

    say("the same rows by COPY")
    rows, seconds = 0, 0.0
    with connections["owner"].cursor() as owner:
        owner.execute("create schema bench")
        for table in TABLES:
            owner.execute(f"create table bench.{table} (like public.{table} including all)")
            path = home / f"{table}.copy"
            _write(owner, table, path)
            started = time.perf_counter()
            rows += _read(owner, table, path)
            seconds += time.perf_counter() - started
            path.unlink()
            owner.execute(f"drop table bench.{table}")
    return rows, seconds


def _write(owner: Any, table: str, path: Path) -> None:
    with (
        path.open("wb") as out,
        owner.copy(f"copy (table public.{table}) to stdout (format binary)") as copy,
    ):
        for block in copy:
            out.write(block)


def _read(owner: Any, table: str, path: Path) -> int:
    with path.open("rb") as rows, owner.copy(f"copy bench.{table} from stdin (format binary)") as copy:
        while block := rows.read(BLOCK):
            copy.write(block)
    return int(owner.rowcount)
