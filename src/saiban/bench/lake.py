"""Bench ``lake``: a province's households into the lake, renewed where feeds moved them, and scored from it.

The rows are random, as wide as those of the registry, with keys as the lake has them, and lie district by
district. The baseline is what Arrow does with the same rows of the same files: plain Parquet by district,
without a commit. Scores are read from the table itself, beside integer SQL by hand.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from saiban.bench import lake_rows
from saiban.bench.by_hand import integer_sql
from saiban.bench.lake_rows import DISTRICTS, OF_A_SUPPLIER, ON, Feed
from saiban.bench.measure import Measured, peak_mb, ratio, timed, written_in_turn
from saiban.bench.score import SCORECARD, differing
from saiban.bench.server import say
from saiban.calc import engine
from saiban.calc.bands import band_limits
from saiban.calc.scorecard import score_sql, shipped_scorecard

if TYPE_CHECKING:
    import duckdb

MEMORY = "3GB"


def lake(size: int, *, rounds: int = 3) -> Measured:
    """Build, renew and score a lake of so many households; compare what it holds, and what it scores."""
    _set_up()
    from django.test import override_settings

    with tempfile.TemporaryDirectory(prefix="saiban-bench-") as name, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="SAIBAN_KEYS is not set")
        folder = Path(name)
        with override_settings(SAIBAN_LAKE=str(folder / "lake")):
            return _measured(folder, size, rounds)


def _set_up() -> None:
    """Django without a server: the tables of the lake are known, and a key that everyone knows will do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saiban.config.settings.typing")
    import django

    django.setup()


def _measured(folder: Path, size: int, rounds: int) -> Measured:
    given = folder / "given"
    say("making households")
    lake_rows.make(given, size)
    by_hand, _ = timed(lambda: _plain(given, folder / "plain"))
    say(f"plain Parquet by district: {by_hand:.1f} s")
    made, built = timed(lambda: _build(given))
    say(f"the lake: {made:.1f} s")
    feeds = [
        lake_rows.feed("supplier", OF_A_SUPPLIER, size, shift=0),
        lake_rows.feed("scattered", DISTRICTS, size, shift=1),
    ]
    renewed = {f"{feed.name}_seconds": round(timed(feed.merge)[0], 2) for feed in feeds}
    say(f"renewed: {renewed}")
    connection = _opened(folder)
    scores, is_same = _scored(connection, folder, rounds)
    return Measured(
        name="lake", size=size, seconds=round(made, 2), baseline="plain Parquet by district, by Arrow",
        baseline_seconds=round(by_hand, 2), ratio=round(made / by_hand, 3), peak_mb=peak_mb(),
        equal=is_same and _holds(connection, given, feeds),
        extra={**built, "moved_by_each": min(len(feed.keys) for feed in feeds), **renewed, **scores},
    )  # fmt: skip


def _build(given: Path) -> dict[str, int]:
    from saiban.core.lake import store
    from saiban.registry.lake import HOUSEHOLDS

    extent = store.extent(HOUSEHOLDS.name, store.overwrite(HOUSEHOLDS, lake_rows.pieces(given)))
    return {"files": extent.files, "mb": extent.size // 2**20}


def _plain(given: Path, out: Path) -> None:
    """The baseline."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    from saiban.core.lake.tables import DISTRICT
    from saiban.registry.lake import HOUSEHOLDS

    schema = HOUSEHOLDS.schema()
    batches = (batch for piece in lake_rows.pieces(given) for batch in piece.to_batches())
    by_district = ds.partitioning(pa.schema([schema.field(DISTRICT)]), flavor="hive")
    ds.write_dataset(
        pa.RecordBatchReader.from_batches(schema, batches), out, format="parquet", partitioning=by_district
    )


def _opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with the table, as ``saiban score`` opens it."""
    from saiban.registry.lake import HOUSEHOLDS

    connection = engine.connect(memory=MEMORY, spill=folder)
    engine.read(connection, folder / "lake" / HOUSEHOLDS.name, name="lake")
    return connection


def _holds(connection: duckdb.DuckDBPyConnection, given: Path, feeds: Sequence[Feed]) -> bool:
    """Whether the lake holds the rows that were given, but for those that moved, and those of the feeds."""
    import pyarrow as pa

    from saiban.registry.lake import HOUSEHOLDS

    connection.register("moved", pa.table({"key": pa.concat_arrays([feed.keys for feed in feeds])}))
    connection.register("told", pa.concat_tables([feed.rows for feed in feeds]))
    left = f"FROM read_parquet('{given}/*.parquet') ANTI JOIN moved ON key = {HOUSEHOLDS.key}"
    whole = f"SELECT count(*), sum(hash({', '.join(HOUSEHOLDS.columns)})::HUGEINT) FROM"
    expected = connection.execute(f"{whole} (({left}) UNION ALL BY NAME FROM told)").fetchone()
    return expected == connection.execute(f"{whole} lake").fetchone()


def _scored(
    connection: duckdb.DuckDBPyConnection, folder: Path, rounds: int
) -> tuple[dict[str, float], bool]:
    """Seconds of the expression and of integer SQL over the lake, and whether they come to the same."""
    from saiban.registry.lake import HOUSEHOLDS

    scorecard, bands = shipped_scorecard(SCORECARD), band_limits(ON, allow_unconfirmed=True)
    asked = f"{HOUSEHOLDS.key} AS household_id, {', '.join(scorecard.inputs)}"
    connection.execute(f"CREATE VIEW households AS SELECT {asked} FROM lake")  # noqa: S608 our own names
    columns = engine.over(connection).table("households").schema()
    queries = {
        "saiban": score_sql(scorecard, columns, relation="households", bands=bands),
        "integer": integer_sql(scorecard, "households", bands=bands),
    }
    took, files = written_in_turn(connection, queries, folder, rounds=rounds)
    figures = {
        "score_seconds": round(median(took["saiban"]), 3),
        "score_by_hand_seconds": round(median(took["integer"]), 3),
        "score_ratio": ratio(took["saiban"], took["integer"]),
    }
    return figures, differing(connection, files["saiban"], files["integer"]) == 0
