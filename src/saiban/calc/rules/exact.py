"""Arithmetic on known numbers, as CEL has it; exact."""

from decimal import Decimal

Number = int | Decimal


def calculated(operator: str, left: Number, right: Number) -> Number:
    """Two whole numbers or two decimals joined; the divisor, of whole numbers only, is not 0.

    >>> [calculated(operator, -7, 2) for operator in "+-*/%"]
    [-5, -9, -14, -3, -1]
    """
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    assert isinstance(left, int) and isinstance(right, int), "only whole numbers are divided"  # noqa: S101, PT018
    return _quotient(left, right) if operator == "/" else left - right * _quotient(left, right)


def _quotient(left: int, right: int) -> int:
    """Toward zero."""
    absolute = abs(left) // abs(right)
    return absolute if (left < 0) == (right < 0) else -absolute
