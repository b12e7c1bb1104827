"""Random households with plausible answers, written to Parquet in chunks: work for the benches, no survey at
all.
"""

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
    rng = np.random.default_rng(seed)
    writer: pq.ParquetWriter | None = None
    for start in range(0, size, CHUNK):
        chunk = _chunk(rng, scorecard, np.arange(start, min(start + CHUNK, size)))
        writer = writer or pq.ParquetWriter(path, chunk.schema, compression="zstd")
        writer.write_table(chunk)
    if writer is not None:
        writer.close()


def _chunk(
    rng: np.random.Generator, scorecard: Scorecard, ids: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> pa.Table:
    columns = {"household_id": pa.array(ids, pa.int64())}
    for code in scorecard.inputs:
        columns[code] = _answers(rng, fields("household")[code], len(ids))
    return pa.table(columns)


def _answers(rng: np.random.Generator, field: DictionaryField, size: int) -> pa.Array:
    unknown = rng.random(size) < 0.001
    if field.type == "bool":
        return pa.array(rng.random(size) < 0.4, pa.bool_(), mask=unknown)
    if field.type == "string":
        chosen = rng.integers(0, len(field.answers), size)
        return pa.array(np.array(field.answers)[chosen], pa.string(), mask=unknown)
    if field.type == "decimal":
        eighths = np.where(rng.random(size) < 0.7, 0, rng.integers(1, 100, size)) * 125
        thousandths = pa.array(eighths, pa.int64(), mask=unknown).cast(pa.decimal128(19, 0))
        return pa.compute.multiply(thousandths, pa.scalar("0.001").cast(pa.decimal128(4, 3))).cast(
            pa.decimal128(12, 3)
        )
    least = field.minimum or 0
    counts = np.minimum(least + rng.poisson(MEAN_COUNTS.get(field.code, 1), size), field.maximum or 60)
    return pa.array(counts.astype(np.int64), pa.int64(), mask=unknown)
