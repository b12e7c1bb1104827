"""What we hold ourselves to, and all benches that have a target, one after the other, each in a process of
its own: so that none is measured in the memory of another.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from saiban.bench.server import say

PERSONS_PER_HOUSEHOLD = 6


@dataclass(frozen=True)
class Target:
    """A figure that a bench prints, and the most that it may be."""

    bench: str
    figure: str  # a key of what the bench prints
    most: float
    says: str
    things: int = 1  # things of the bench for each household of the size asked for


TARGETS = (
    Target("score", "ratio", 1.25, "times SQL in integers"),
    Target("score", "float_ratio", 1.0, "times SQL in floating point"),
    Target("resolve", "ratio", 1.3, "times a window query by hand"),
    Target("refresh", "ratio", 0.12, "of recomputing all, for a supplier's feed"),
    Target("import", "ratio", 2.5, "times COPY of the same rows"),
    Target("lookup", "all_p95_ms", 100, "ms, p95 of a look by name", PERSONS_PER_HOUSEHOLD),
)


@dataclass(frozen=True)
class Judged:
    """A target and what was measured; None where the bench came to no result."""

    target: Target
    measured: dict[str, Any] | None

    @property
    def figure(self) -> float | None:
        """What the bench printed for the target."""
        return float(self.measured[self.target.figure]) if self.measured else None

    @property
    def met(self) -> bool:
        """Whether it is within the target, with the same results as the baseline."""
        figure = self.figure
        return (
            figure is not None
            and figure <= self.target.most
            and bool(self.measured and self.measured["equal"])
        )


def measure(size: int, *, only: Sequence[str] = ()) -> Iterator[Judged]:
    """Run the benches at a size in households; each target as soon as its bench has ended."""
    done: dict[str, dict[str, Any] | None] = {}
    for target in TARGETS:
        if only and target.bench not in only:
            continue
        if target.bench not in done:
            done[target.bench] = _run(target.bench, size * target.things)
        yield Judged(target, done[target.bench])


def _run(bench: str, size: int) -> dict[str, Any] | None:
    command = [sys.executable, "-W", "ignore", "-m", "saiban", "bench", bench, "--size", str(size), "--json"]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 our own
    lines = ended.stdout.strip().splitlines()
    try:
        measured: dict[str, Any] = json.loads(lines[-1] if lines else "")
    except json.JSONDecodeError:
        return None
    say(lines[-1])  # all that it measured, beside the figures that are judged
    return measured
