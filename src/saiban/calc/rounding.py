"""Integer division that rounds half to even, the only rounding of this room; and look-ups as nested CASE.

The same two ideas in Ibis and in plain Python. Ibis writes ``a // b`` as ``FLOOR(a / b)`` over doubles, which is
exact while ``a + b`` stays below 2**53; every caller keeps far below that.
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


def half_even_column(numerator: ir.IntegerValue, divisor: ir.IntegerValue | int) -> ir.IntegerValue:
    """The same of columns; the numerator must be 0 or more (engines differ on remainders of negative numbers)."""
    doubled = numerator * 2 + divisor
    quotient = doubled // (divisor * 2)
    is_tie = doubled % (divisor * 2) == 0
    return ibis.ifelse(is_tie & (quotient % 2 == 1), quotient - 1, quotient)


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
