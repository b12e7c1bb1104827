"""Random households with plausible answers, written to Parquet in chunks: work for the benches, no survey at
all.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from saiban.calc.scorecard import Scorecard
from saiban.data.dictionary import DictionaryField, fields

CHUNK = 250_000
MEAN_COUNTS = {
    "household_size": 5,
    "rooms": 2,
    "head_age": 34,
    "head_schooling_years": 6,
    "max_schooling_years": 9,
}


def write_households(path: Path, scorecard: Scorecard, *, size: int, seed: int = 1) -> None:
    """Write ``household_id`` 0 … size-1 and every field that the scorecard needs; one in a thousand answers
    is null.
    """
    known = fields("household")
    write_inputs(path, [known[code] for code in scorecard.inputs], size=size, seed=seed)


def write_inputs(path: Path, asked: Sequence[DictionaryField], *, size: int, seed: int = 1) -> None:
    """The same with a column for each of these fields."""
    rng = np.random.default_rng(seed)
    writer: pq.ParquetWriter | None = None
    for start in range(0, size, CHUNK):
        chunk = inputs(rng, asked, np.arange(start, min(start + CHUNK, size)))
        writer = writer or pq.ParquetWriter(path, chunk.schema, compression="zstd")
        writer.write_table(chunk)
    if writer is not None:
        writer.close()


def inputs(
    rng: np.random.Generator,
    asked: Sequence[DictionaryField],
    ids: "np.ndarray[tuple[int], np.dtype[np.int64]]",
) -> pa.Table:
    """Return ``household_id`` and a column for each of these fields, for these ids."""
    columns = {"household_id": pa.array(ids, pa.int64())}
    for field in asked:
        columns[field.code] = _answers(rng, field, len(ids))
    return pa.table(columns)


def _answers(rng: np.random.Generator, field: DictionaryField, size: int) -> pa.Array:
    unknown = rng.random(size) < 0.001
    if field.type == "bool":
        return pa.array(rng.random(size) < 0.4, pa.bool_(), mask=unknown)
    if field.type == "string":
        chosen = rng.integers(0, len(field.answers), size)
        return pa.array(np.array(field.answers)[chosen], pa.string(), mask=unknown)
    if field.places == 4:  # a score: spread evenly
        return _decimals(rng.integers(0, 1_000_001, size), unknown, "0.0001", pa.decimal128(9, 4))
    if field.type == "decimal":
        eighths = np.where(rng.random(size) < 0.7, 0, rng.integers(1, 100, size)) * 125
        return _decimals(eighths, unknown, "0.001", pa.decimal128(12, 3))
    least = field.minimum or 0
    counts = np.minimum(least + rng.poisson(MEAN_COUNTS.get(field.code, 1), size), field.maximum or 60)
    return pa.array(counts.astype(np.int64), pa.int64(), mask=unknown)


def _decimals(units: np.ndarray, unknown: np.ndarray, unit: str, kind: pa.DataType) -> pa.Array:
    """Whole units of the last place as decimals, without a float on the way."""
    whole = pa.array(units, pa.int64(), mask=unknown).cast(pa.decimal128(19, 0))
    places = kind.scale
    return pa.compute.multiply(whole, pa.scalar(unit).cast(pa.decimal128(places + 1, places))).cast(kind)
