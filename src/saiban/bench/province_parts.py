"""Bench ``province`` at the size of a province: made, resolved and scored by district, nothing on disk.

What each district came to is kept in a file, a line for each: a run that is broken off goes on with the
districts that it has not yet. Memory is bounded by one block of at most 10,000 households.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from saiban.bench.measure import Measured, peak_mb
from saiban.bench.province import COUNTS, Work, measured
from saiban.data.errors import BadInput
from saiban.synth import tables
from saiban.synth.block import Frame
from saiban.synth.places import shares
from saiban.synth.province import blocks, frame_of

MONTH = date(2026, 10, 1)  # of the feeds
MAKING = "synth"  # seconds that making the households took; no part of what is measured


@dataclass(frozen=True)
class Part:
    """What a district came to."""

    district: str
    counts: dict[str, int]
    seconds: dict[str, float]
    peak_mb: int
    processor: float  # seconds of it, of all threads: what a busy machine does not lengthen


def by_district(
    size: int, *, seed: int, kept: Path | None = None, told: Callable[[str], None] = lambda line: None
) -> Measured:
    """Make, resolve and score so many households; ``told`` hears of each district.

    ``kept`` is the file that a run goes on with. Raises: BadInput where it is of another size or seed.
    """
    frame, parts = frame_of(seed, MONTH), _kept(kept, size, seed)
    districts = {share.district.code: share.district.name_en for share in shares(size) if share.households}
    for code, name in districts.items():
        if code not in parts:
            parts[code] = _district(frame, size, code)
            _keep(kept, asdict(parts[code]))
            told(_line(name, parts, size, len(districts)))
    counts = {name: sum(part.counts[name] for part in parts.values()) for name in COUNTS}
    stages = next(iter(parts.values())).seconds
    seconds = {name: sum(part.seconds[name] for part in parts.values()) for name in stages}
    processor = sum(part.processor for part in parts.values())
    peak = max(part.peak_mb for part in parts.values())
    return measured(counts, seconds, peak=peak, processor=processor)


def _district(frame: Frame, size: int, code: str) -> Part:
    work, counts, plates, making = Work(), dict.fromkeys(COUNTS, 0), 0, 0.0
    processor = process_time()
    begun = perf_counter()
    for block in blocks(frame, size, [code]):
        given = {
            "survey": tables.survey(frame, block),
            "bills": tables.electricity(block.electricity, frame.month),
            "vehicles": tables.vehicles(block, plates),
        }
        plates += len(given["vehicles"])
        making += perf_counter() - begun
        found = work.do(given)
        counts = {name: count + found[name] for name, count in counts.items()}
        begun = perf_counter()
    work.connection.close()
    return Part(code, counts, work.seconds | {MAKING: making}, peak_mb(), process_time() - processor)


def _line(name: str, parts: dict[str, Part], size: int, districts: int) -> str:
    """How far it is: districts, households, those of a second, what is left at that rate."""
    part = list(parts.values())[-1]
    done = sum(each.counts["households"] for each in parts.values())
    took = sum(sum(each.seconds.values()) for each in parts.values())
    left = (size - done) * took / done / 60
    return (
        f"{len(parts)} of {districts}: {name}, {part.counts['households']:,} households in "
        f"{sum(part.seconds.values()):.0f} s; {done:,} of {size:,}, {done / took:,.0f} a second, "
        f"about {left:.0f} minutes to go, at most {part.peak_mb:,} MB"
    )


def _kept(kept: Path | None, size: int, seed: int) -> dict[str, Part]:
    """The districts that an earlier run has done; a file that is new is begun."""
    run = {"size": size, "seed": seed}
    lines = list(_lines(kept)) if kept and kept.is_file() else []
    if not lines:
        _keep(kept, run)
        return {}
    if lines[0] != run:
        said = " ".join(f"{name} {value}" for name, value in lines[0].items())[:80]
        raise BadInput(
            f"this file is of another run ({said}).", place=str(kept), expected=f"size {size}, seed {seed}"
        )
    return {line["district"]: Part(**line) for line in lines[1:]}


def _lines(kept: Path) -> Iterator[dict[str, Any]]:
    """Whole lines; one that was broken off is done again."""
    for line in kept.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            try:
                yield json.loads(line)
            except ValueError:
                raise BadInput(
                    "this file is of no run.", place=str(kept), expected="what --keep wrote"
                ) from None


def _keep(kept: Path | None, line: dict[str, Any]) -> None:
    if kept is None:
        return
    whole = "".join(json.dumps(each) + "\n" for each in (_lines(kept) if kept.is_file() else ()))
    part = kept.with_name(f".{kept.name}.part")
    part.write_text(whole + json.dumps(line) + "\n", encoding="utf-8")
    part.replace(kept)
