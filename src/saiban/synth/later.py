"""The months after the survey: each block lives on, and its offices report into files open for all blocks."""

from pathlib import Path

from saiban.synth.block import Block, Frame
from saiban.synth.event_tables import OFFICES, feed_tables, file_name, truth_at_end, truth_events
from saiban.synth.events import everything, live, months_after
from saiban.synth.feeds import tariff
from saiban.synth.sinks import FileFormat, Sink

GROUP_ROWS = 50_000  # a block has few births in a month: row groups wait for more of them


class Later:
    """The files of the later months: ``later/<office>-<month>``, and the truth of what happened."""

    def __init__(self, frame: Frame, folder: Path, file_format: FileFormat, months: int) -> None:
        """Raises: BadInput for a month without tariff."""
        self.frame, self.months = frame, months_after(frame.month, months)
        for month in self.months:
            tariff(month)
        self.sinks = {
            (office, month): Sink(
                folder / "later" / file_name(office, month), file_format, group_rows=GROUP_ROWS
            )
            for month in self.months
            for office in OFFICES
        }
        self.truth = {
            name: Sink(folder / "truth" / name, "parquet", group_rows=GROUP_ROWS)
            for name in (("events", "households_at_end") if months else ())
        }
        self.plates: dict[str, int] = {}

    def every_sink(self) -> list[Sink]:
        """All files, to be opened and closed."""
        return [*self.sinks.values(), *self.truth.values()]

    def write(self, block: Block) -> None:
        """Let a block live on and write what its offices report."""
        if not self.months:
            return
        life, months = live(self.frame, block, len(self.months))
        happened, district = everything(life), block.share.district.code
        for month in months:
            plate = self.plates.get(district, 0)
            parts = feed_tables(life, month, happened, plate)
            self.plates[district] = plate + len(parts["vehicles"])
            for office, table in parts.items():
                self.sinks[office, month.first].write(table)
        self.truth["events"].write(truth_events(life, happened))
        self.truth["households_at_end"].write(truth_at_end(life))
