"""How a bench measures: plans in turn, round by round, so that a busy minute falls on all of them alike."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Measured:
    """What every bench says; ``extra`` holds what only one of them has."""

    name: str
    size: int
    seconds: float
    baseline: str
    baseline_seconds: float
    ratio: float
    peak_mb: int
    equal: bool
    extra: dict[str, float | int | str] = field(default_factory=dict)

    def flat(self) -> dict[str, object]:
        """One object, extras beside the rest."""
        content = asdict(self)
        extra = content.pop("extra")
        return {**content, **extra}


def in_turn(plans: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, list[float]]:
    """Seconds of each plan in each round; one more round before the first, to warm up, is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in plans}
    for turn in range(rounds + 1):
        for name, run in plans.items():
            started = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def written_in_turn(
    connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str], folder: Path, *, rounds: int
) -> tuple[dict[str, list[float]], dict[str, Path]]:
    """Write the rows of each query to Parquet, in turn; return the seconds and the files."""
    from saiban.calc import engine  # most that measures here asks no engine

    files = {name: folder / f"{name}.parquet" for name in queries}
    plans = {name: partial(engine.write, connection, query, files[name]) for name, query in queries.items()}
    return in_turn(plans, rounds=rounds), files


def ratio(seconds: list[float], baseline: list[float]) -> float:
    """The median of the ratios of each round."""
    return round(median(ours / theirs for ours, theirs in zip(seconds, baseline, strict=True)), 3)


def peak_mb() -> int:
    """The most memory that this process ever held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak // (1024 * 1024 if sys.platform == "darwin" else 1024))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


def percentile(seconds: Sequence[float], percent: int) -> float:
    """The given hundredth of what was measured."""
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def milliseconds(seconds: float) -> float:
    """Seconds as thousandths, to the hundredth of one."""
    return round(seconds * 1000, 2)
