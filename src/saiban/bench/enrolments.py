"""Random enrolments with planted duplicates, written to Parquet in chunks: work for the bench, no list."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from saiban.calc.overlap import OverlapPolicy, parse_policy

CHUNK = 1_000_000
SCHEMES = tuple(f"S{number:02}" for number in range(100))
OF_HOUSEHOLDS = 20  # the last of them have households as their unit
GROUP = SCHEMES[::3][:28]  # 28 schemes of which one person may have one: 378 pairs
ON = date(2026, 7, 1)
DAYS = int(np.datetime64(ON).astype(np.int64))
POLICY = f"""
exclusive:
  - code: group
    level: person
    schemes: [{", ".join(GROUP)}]
    label: {{en: one of these, ur: ان میں سے ایک}}
    reference: made for this bench
    page: none
    from: 2020-01-01
    confirmed: false
  - code: alone
    level: household
    scheme: S99
    excludes: [S98, S97, S96]
    label: {{en: alone in the household, ur: گھرانے میں اکیلا}}
    reference: made for this bench
    page: none
    from: 2020-01-01
    confirmed: false
caps:
  - code: most
    level: household
    schemes: all
    yearly_paisa: 20000000
    label: {{en: the most of a household, ur: ایک گھرانے کی زیادہ سے زیادہ رقم}}
    reference: made for this bench
    page: none
    from: 2020-01-01
    confirmed: false
"""


def bench_policy() -> OverlapPolicy:
    """378 pairs of persons, three of households, and a cap."""
    return parse_policy(POLICY, place="bench", schemes=SCHEMES)


def write_enrolments(path: Path, *, size: int, seed: int = 1) -> None:
    """Write ``size`` enrolments of about twice as many persons, four to a household.

    The same for the same seed. One in a hundred is a duplicate: person and scheme of the row before it.
    """
    rng = np.random.default_rng(seed)
    writer: pq.ParquetWriter | None = None
    for start in range(0, size, CHUNK):
        chunk = _chunk(rng, start, min(CHUNK, size - start), persons=2 * size)
        writer = writer or pq.ParquetWriter(path, chunk.schema, compression="zstd")
        writer.write_table(chunk)
    if writer is not None:
        writer.close()


def _chunk(rng: np.random.Generator, start: int, size: int, *, persons: int) -> pa.Table:
    scheme = rng.integers(0, len(SCHEMES), size)
    person = rng.integers(0, persons, size)
    planted = np.flatnonzero(rng.random(size) < 0.01)
    planted = planted[planted > 0]
    scheme[planted], person[planted] = scheme[planted - 1], person[planted - 1]
    of_household = scheme >= len(SCHEMES) - OF_HOUSEHOLDS
    starts = DAYS - rng.integers(0, 2000, size)
    ends = starts + rng.integers(1, 4000, size)
    unknown = rng.random(size) < 0.02
    return pa.table(
        {
            "enrolment_id": pa.array(np.arange(start, start + size), pa.int64()),
            "scheme": pa.DictionaryArray.from_arrays(pa.array(scheme, pa.int8()), pa.array(SCHEMES)),
            "unit": pa.array(np.where(of_household, "household", "person"), pa.string()),
            "person_id": pa.array(person, pa.int64(), mask=of_household | unknown),
            "household_id": pa.array(person // 4, pa.int64(), mask=unknown),
            "starts_on": pa.array(starts.astype("datetime64[D]"), pa.date32()),
            "ends_on": pa.array(ends.astype("datetime64[D]"), pa.date32(), mask=rng.random(size) < 0.7),
            "yearly_paisa": pa.array(rng.integers(0, 100, size) * 100_000, pa.int64()),
        }
    )
