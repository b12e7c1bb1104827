"""Integer division that rounds half to even, the only rounding of this room; and look-ups.

Half to even in Ibis and in plain Python. Ibis writes ``a // b`` as ``FLOOR(a / b)`` over doubles, which
is exact while ``a + b`` stays below 2**53; every caller keeps far below that.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import ibis
import ibis.expr.types as ir

STRETCH_BITS = 10  # at most 1024 stretches in a look-up, small enough for the nearest cache


def half_even(numerator: int, divisor: int) -> int:
    """Divide integers, half to even; any sign of the numerator, divisor above 0.

    >>> [half_even(n, 10) for n in (-25, -15, 5, 15, 25, 26)]
    [-2, -2, 0, 2, 2, 3]
    """
    quotient, rest = divmod(2 * numerator + divisor, 2 * divisor)
    return quotient - 1 if rest == 0 and quotient % 2 == 1 else quotient


def with_half_even(
    table: ir.Table, name: str, numerator: ir.IntegerValue, divisor: ir.IntegerValue | int
) -> ir.Table:
    """Add a column of the same; the numerator must be 0 or more (engines differ on remainders of negative
    numbers), the divisor above 0.

    Null where either is null.

    In steps, each a column of its own (``doubled_``, ``twice_``, ``quotient_`` stay behind): an engine works
    out a repeated expression each time that it stands in a CASE.
    """
    if isinstance(divisor, int) and divisor % 2 == 0:  # the same, with both sides halved
        parts = table.mutate(doubled_=numerator + divisor // 2, twice_=ibis.literal(divisor, "int64"))
    else:
        parts = table.mutate(doubled_=numerator * 2 + divisor, twice_=ibis.literal(2, "int64") * divisor)
    divided = parts.mutate(quotient_=parts.doubled_ // parts.twice_)
    is_tie = (divided.quotient_ * divided.twice_ == divided.doubled_).cast("int64")
    return divided.mutate(**{name: divided.quotient_ - is_tie * (divided.quotient_ & 1)})


def looked_up(items: Sequence[int], index: ir.IntegerValue) -> ir.IntegerValue:
    """The item at an index from 0, int64; null where the index is null. No index may lie beyond the items.

    The index is cast to int32: Spark's ``element_at`` takes no other.
    """
    return ibis.array([ibis.literal(item, "int64") for item in items])[index.cast("int32")]


def with_rank(table: ir.Table, name: str, value: str, cuts: Sequence[int]) -> ir.Table:
    """Add how many of the rising cuts are at or below the column ``value``; null where it is null.

    The value must lie between ``cuts[0] - 1`` and ``cuts[-1] + 1``.

    A table over stretches of equal width says it for the first value of the stretch, and halving finds what
    lies within the stretch: one comparison where cuts stand no closer than stretches, at most seven for a
    hundred. The work is the same for every row, which engines do faster than a tree of CASE.
    """
    first, beyond = cuts[0] - 1, cuts[-1] + 2
    shift = max((beyond - first).bit_length() - STRETCH_BITS, 0)
    starts = range(first, beyond, 1 << shift)
    ranks = [bisect_right(cuts, start) for start in starts]
    ranked = table.mutate(**{name: looked_up(ranks, (table[value] - first) >> shift)})
    most = max(after - before for before, after in pairwise([*ranks, len(cuts)]))
    for half in reversed(range(most.bit_length())):
        padded = [*cuts, *[beyond] * (1 << half)]
        next_cut = looked_up(padded[(1 << half) - 1 :], ranked[name])
        is_above = (ranked[value] >= next_cut).cast("int64")
        ranked = ranked.mutate(**{name: ranked[name] + is_above * (1 << half)})
    return ranked


def staircase(value: ir.IntegerValue, cuts: Sequence[int], steps: Sequence[ir.Value]) -> ir.Value:
    """Look a number up between rising cuts: ``steps[i]`` where exactly ``i`` cuts are at or below the value.

    A balanced tree of CASE: seven comparisons find one of a hundred steps, in DuckDB and in Spark alike.
    The value must not be null: SQL sends a null to the last step.
    """
    if not cuts:
        return steps[0]
    middle = len(cuts) // 2
    return ibis.ifelse(
        value < cuts[middle],
        staircase(value, cuts[:middle], steps[: middle + 1]),
        staircase(value, cuts[middle + 1 :], steps[middle + 1 :]),
    )
