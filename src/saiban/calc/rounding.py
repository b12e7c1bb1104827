"""Integer division that rounds half to even, the only rounding of this room; and look-ups as nested CASE.

The same two ideas in Ibis and in plain Python. Ibis writes ``a // b`` as ``FLOOR(a / b)`` over doubles, which
is exact while ``a + b`` stays below 2**53; every caller keeps far below that.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir


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
    numbers).

    Null where either is null; where the divisor is 0 there is some number, for the caller to replace.

    In steps, each a column of its own (``doubled_``, ``twice_``, ``quotient_`` stay behind): an engine works
    out a repeated expression each time that it stands in a CASE.
    """
    if isinstance(divisor, int) and divisor % 2 == 0:  # the same, with both sides halved
        parts = table.mutate(doubled_=numerator + divisor // 2, twice_=ibis.literal(divisor, "int64"))
    else:
        parts = table.mutate(doubled_=numerator * 2 + divisor, twice_=ibis.greatest(divisor, 1) * 2)
    divided = parts.mutate(quotient_=parts.doubled_ // parts.twice_)
    is_odd_tie = (divided.quotient_ * divided.twice_ == divided.doubled_) & (divided.quotient_ % 2 == 1)
    return divided.mutate(**{name: divided.quotient_ - is_odd_tie.cast("int64")})


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
