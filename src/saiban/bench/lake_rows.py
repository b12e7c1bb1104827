"""What the bench of the lake writes: random households in files, one for each district, and feeds that move
some of them. Rows have the columns of ``registry.lake.HOUSEHOLDS``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from saiban.bench.households import inputs

if TYPE_CHECKING:
    import pyarrow as pa

    Ids = np.ndarray[tuple[int], np.dtype[np.int64]]

ON = date(2026, 11, 1)
DISTRICTS = [f"PK6{number:02}" for number in range(1, 37)]
OF_A_SUPPLIER = DISTRICTS[:6]
PIECE = 50_000  # rows handed over at once, as they come from PostgreSQL
MOVED = 100  # one household in so many is moved by a feed
GONE = 50  # and one in so many of these lives nowhere any more
MONTHS = 30  # within which what is known was observed


def make(given: Path, size: int) -> None:
    """Write so many households."""
    import pyarrow.parquet as pq

    from saiban.registry.lake import HOUSEHOLDS

    given.mkdir()
    for district in DISTRICTS:
        with pq.ParquetWriter(given / f"{district}.parquet", HOUSEHOLDS.schema()) as writer:
            ids = _ids(district, size)
            for start in range(0, len(ids), PIECE):
                writer.write_table(_rows(ids[start : start + PIECE], district))


def _ids(district: str, size: int) -> Ids:
    """The households of a district: each has as many as the next, but for one."""
    place = DISTRICTS.index(district)
    return np.arange(size * place // len(DISTRICTS), size * (place + 1) // len(DISTRICTS))


def _rows(ids: Ids, district: str, seed: int = 0) -> pa.Table:
    """Rows of these households, in the columns of the lake."""
    import pyarrow as pa

    from saiban.core.lake.tables import DISTRICT
    from saiban.registry.lake import HOUSEHOLDS, known

    rng = np.random.default_rng([seed, DISTRICTS.index(district), *ids[:1]])
    fields, size = known("household"), len(ids)
    days = np.datetime64(ON) - 30 * rng.integers(0, MONTHS, size)
    answers = inputs(rng, list(fields.values()), ids)
    columns = {
        **{code: answers.column(code) for code in fields},
        **{f"on_{code}": pa.array(np.roll(days, place)) for place, code in enumerate(fields)},
        HOUSEHOLDS.key: _keys(ids),
        DISTRICT: pa.repeat(district, size),
        "area": pa.repeat(f"PK.PK6.{district}", size),
        "score": pa.array(rng.integers(0, 101, size).astype(np.int16)),
        "band": pa.array(np.array(["poor", "near", "above"])[rng.integers(0, 3, size)]),
        "disagreements": pa.array(rng.poisson(0.2, size)),
        "oldest_on": pa.array(days),
    }
    return pa.table({name: columns[name] for name in HOUSEHOLDS.columns}).cast(HOUSEHOLDS.schema())


def _keys(ids: Ids) -> pa.Array:
    import pyarrow as pa

    from saiban.core.lake import keys
    from saiban.registry.lake import HOUSEHOLD

    return keys.keys_of(HOUSEHOLD, pa.array(ids, pa.int64()))


def pieces(given: Path) -> Iterator[pa.Table]:
    """Read them again, so many at once."""
    import pyarrow.parquet as pq

    for path in sorted(given.iterdir()):
        file = pq.ParquetFile(path)
        yield from (file.read_row_group(number) for number in range(file.num_row_groups))


@dataclass(frozen=True)
class Feed:
    """Households that moved, by their keys, with the rows of those that still live somewhere."""

    name: str
    keys: pa.Array
    rows: pa.Table

    def merge(self) -> None:
        """Renew the lake, so many rows with each commit as the worker does."""
        import pyarrow as pa

        from saiban.core.lake import store
        from saiban.core.lake.services import PIECE as AT_ONCE
        from saiban.registry.lake import HOUSEHOLDS

        for start in range(0, len(self.keys), AT_ONCE):
            asked = self.keys[start : start + AT_ONCE]
            rows = self.rows.filter(pa.compute.is_in(self.rows.column(HOUSEHOLDS.key), asked))
            store.merge(HOUSEHOLDS, rows, asked)


def feed(name: str, districts: list[str], size: int, *, shift: int) -> Feed:
    """A feed of one household in a hundred of the province, all of them of these districts."""
    import pyarrow as pa

    every = MOVED * len(districts) // len(DISTRICTS)
    homes = {each: _ids(each, size) for each in districts}
    moved = {each: ids[ids % every == shift] for each, ids in homes.items()}
    stay = {each: ids[ids // every % GONE != 0] for each, ids in moved.items()}
    rows = [_rows(ids, each, seed=1) for each, ids in stay.items()]
    return Feed(name, _keys(np.concatenate(list(moved.values()))), pa.concat_tables(rows))
