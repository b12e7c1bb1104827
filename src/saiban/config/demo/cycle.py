"""The demo's cycle: what an operator would do in the first hour, timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command

from saiban.config.demo import benefits, people, programme, report, steps
from saiban.config.foundation import lay_all

MONTH = date(2026, 10, 1)


def run(households: int, seed: int, out: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Make a province, take it in, score it, take in ten lists, run one scheme, then let two feeds change it.

    Return the figures of the report.
    """
    clock, province = steps.Clock(say=say), out / "province"
    clock.timed("synthetic province", lambda: _synth(households, seed, province))
    clock.timed("database", lambda: call_command("migrate", interactive=False, verbosity=0))
    clock.timed("foundation", _foundation)
    survey = clock.timed(
        "survey: import and score", lambda: steps.take_in(province / "survey.parquet", steps.SURVEY)
    )
    truth = report.consumption_by_household(province / "truth" / "households.parquet", steps.SURVEY)
    before = report.targeting(truth)
    lists = clock.timed("ten lists of beneficiaries", lambda: programme.take_in_lists(province / "lists"))
    run_here = clock.timed("a scheme, from rule to list", lambda: programme.run(out))
    feeds = [_feed(clock, province, name, source) for name, source in steps.FEEDS]
    return {
        "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "households": households,
        "seed": seed,
        "counts": report.counts(),
        "batches": [report.of_batch(batch) for batch in (survey, *lists, *feeds)],
        "seconds": clock.seconds,
        "targeting_before": [asdict(row) for row in before],
        "targeting_after": [asdict(row) for row in report.targeting(truth)],
        "doubles": asdict(benefits.doubles(province / "truth" / "beneficiaries.parquet")),
        "programme": programme.figures(run_here),
        "programme_targeting": [asdict(row) for row in benefits.targeting(run_here.cycle, truth)],
    }


def _foundation() -> None:
    lay_all()
    people.appoint_cast()


def _feed(clock: steps.Clock, province: Path, name: str, source: str) -> Any:
    path = province / f"{name}-{MONTH:%Y-%m}.parquet"
    return clock.timed(f"{name}: feed and refresh", lambda: steps.take_in(path, source))


def _synth(households: int, seed: int, folder: Path) -> None:
    from saiban.synth.province import frame_of, write_province

    write_province(frame_of(seed, MONTH), households, folder)
