"""The whole province, district by district, in a stream: memory is bounded by one block of a district."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from saiban.data.errors import BadInput
from saiban.synth import tables
from saiban.synth.block import EPOCH, Block, Frame, make_block
from saiban.synth.feeds import tariff
from saiban.synth.later import Later
from saiban.synth.list_tables import list_name, list_tables, truth_beneficiaries
from saiban.synth.lists import draw_lists, schemes_of_lists
from saiban.synth.moments import Moments
from saiban.synth.places import Share, shares, villages
from saiban.synth.sinks import FileFormat, Sink

BLOCK = 10_000
FEWEST, MOST = 36, 30_000_000
PLANTED_IN = ("planted", "beneficiaries")


@dataclass
class Counts:
    """What was written: rows by file, planted things by kind, moments of the answers."""

    rows: dict[str, int] = field(default_factory=dict)
    planted: dict[str, int] = field(default_factory=dict)
    moments: Moments = field(default_factory=Moments)


def frame_of(seed: int, month: date) -> Frame:
    """The frame of a province whose feeds are of ``month``. Raises: BadInput for a month without tariff."""
    first = month.replace(day=1)
    tariff(first)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Frame(seed, first, (last - EPOCH).days)


def blocks(frame: Frame, households: int, districts: Iterable[str] | None = None) -> Iterator[Block]:
    """All blocks of the province in the order of the districts, or only those of some districts.

    A district comes out the same whichever others are made.
    Raises: BadInput for too few or too many households.
    """
    if not FEWEST <= households <= MOST:
        raise BadInput(f"{households} households", place="--households", expected=f"{FEWEST} to {MOST}")
    wanted = None if districts is None else set(districts)
    for share in shares(households):
        if share.households and (wanted is None or share.district.code in wanted):
            yield from _blocks_of(frame, share)


def _blocks_of(frame: Frame, share: Share) -> Iterator[Block]:
    village = villages(frame.seed, share)
    for number, begin in enumerate(range(0, share.households, BLOCK)):
        end = min(begin + BLOCK, share.households)
        yield make_block(frame, share, number, share.first + np.arange(begin, end), village)


def write_province(
    frame: Frame, households: int, folder: Path, file_format: FileFormat = "parquet",
    progress: Callable[[int], None] = lambda households: None, districts: Iterable[str] | None = None,
    months: int = 0,
) -> Counts:  # fmt: skip
    """Write survey, feeds, lists and truth into a folder; tells ``progress`` of each block.

    ``months`` is for how many months after the frame's life goes on and offices report (``later/``).
    """
    for name in ("truth", "lists", *(["later"] if months else [])):
        (folder / name).mkdir(parents=True, exist_ok=True)
    counts, plates = Counts(), dict[str, int]()
    with ExitStack() as open_files:
        sinks = {
            name: open_files.enter_context(sink) for name, sink in _sinks(frame, folder, file_format).items()
        }
        later = Later(frame, folder, file_format, months)
        sinks_later = [open_files.enter_context(sink) for sink in later.every_sink()]
        for block in blocks(frame, households, districts):
            first = plates.get(block.share.district.code, 0)
            parts = _tables(frame, block, first)
            plates[block.share.district.code] = first + len(parts["vehicles"])
            for name, sink in sinks.items():
                sink.write(parts[name])
            _count_planted(counts, parts)
            later.write(block)
            counts.moments.add(block)
            progress(len(block.order))
    every = [*sinks.values(), *sinks_later]
    counts.rows = {sink.path.relative_to(folder).as_posix(): sink.rows for sink in every}
    return counts


def _sinks(frame: Frame, folder: Path, file_format: FileFormat) -> dict[str, Sink]:
    month = f"{frame.month:%Y-%m}"
    files = {"survey": "survey", "electricity": f"electricity-{month}", "vehicles": f"vehicles-{month}"}
    sinks = {name: Sink(folder / file, file_format) for name, file in files.items()}
    sinks |= {
        code: Sink(folder / "lists" / list_name(code, frame), "csv", plain=True)
        for code in schemes_of_lists()
    }
    truth = ("households", "persons", *PLANTED_IN)
    return sinks | {name: Sink(folder / "truth" / name, "parquet") for name in truth}


def _tables(frame: Frame, block: Block, first_vehicle: int) -> dict[str, Any]:
    """The tables of a block by the name of their sink."""
    lists = draw_lists(frame, block)
    return {
        "survey": tables.survey(frame, block),
        "electricity": tables.electricity(block.electricity, frame.month),
        "vehicles": tables.vehicles(block, first_vehicle),
        "households": tables.truth_households(block),
        "persons": tables.truth_persons(block),
        "planted": tables.planted(block, first_vehicle),
        **list_tables(frame, block, lists),
        "beneficiaries": truth_beneficiaries(block, lists),
    }


def _count_planted(counts: Counts, parts: dict[str, Any]) -> None:
    for name in PLANTED_IN:
        for entry in parts[name]["kind"].value_counts().to_pylist():
            if entry["values"]:
                kind = entry["values"]
                counts.planted[kind] = counts.planted.get(kind, 0) + entry["counts"]
