"""Random draws that can be repeated: a stream per seed, place and topic, and sums in fixed point.

Latent values are integers (normals and loadings in 1/4096), so that the answer of a household never depends
on the linear algebra library, the number of threads or the order of the districts.
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Columns = dict[str, NDArray[Any]]

UNIT = 1 << 12
LATENT_UNIT = UNIT * UNIT
NO_DAY = -1_000_000
TOPICS = (
    "villages",
    "answers",
    "assets",
    "people",
    "schooling",
    "work",
    "names",
    "numbers",
    "interviews",
    "changes",
    "misreports",
    "spelling",
    "telephones",
    "planted",
    "electricity",
    "vehicles",
    "targets",
    "enrolments",
    "doubles",
    "strangers",
    "list_rows",
    "list_spelling",
    "events",
)


def stream(seed: int, place: tuple[int, ...], topic: str) -> np.random.Generator:
    """The generator of one topic in one place (district number, stratum, block)."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *place, TOPICS.index(topic)])))


def fixed_normals(generator: np.random.Generator, shape: tuple[int, ...]) -> Ints:
    """Standard normals in 1/4096."""
    return np.rint(generator.standard_normal(shape) * UNIT).astype(np.int64)


def latent_thresholds(cumulative: Sequence[float]) -> Ints:
    """Where the latent scale is cut for the given cumulative shares, in 1/4096²."""
    normal = NormalDist()
    return np.array([round(normal.inv_cdf(share) * LATENT_UNIT) for share in cumulative], dtype=np.int64)


def zipf(count: int) -> Floats:
    """Weights of ``count`` names, the first the commonest; they add up to 1."""
    weights = 1.0 / (np.arange(count) + 4.0)
    return np.asarray(weights / weights.sum())


def happens(generator: np.random.Generator, to: Bools, share: float | Floats) -> Bools:
    """Choose a share of those to whom it can happen; every row draws once, so that rows stay independent."""
    return np.asarray(to & (generator.random(len(to)) < share))


def rank_within(group: Ints, score: Floats) -> Ints:
    """The place of each row within its group, highest score first (0). ``group`` counts from 0."""
    order = np.lexsort((-score, group))
    counts = np.bincount(group)
    starts = np.cumsum(counts) - counts
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = np.arange(len(group)) - starts[group[order]]
    return ranks


def count_by(group: Ints, rows: Bools, groups: int) -> Ints:
    """How many of ``rows`` stand in each group."""
    return np.bincount(group[rows], minlength=groups).astype(np.int64)


def largest_remainder(total: int, weights: Sequence[float]) -> list[int]:
    """Divide a whole number by weights, so that the parts add up; equal remainders go to the first.

    >>> largest_remainder(10, [1, 1, 1])
    [4, 3, 3]
    """
    whole = sum(weights)
    shares = [total * weight / whole for weight in weights]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
