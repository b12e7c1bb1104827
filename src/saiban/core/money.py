"""Money is a whole number of paisa; it is rupees only where a person reads or writes it."""

from decimal import Decimal, InvalidOperation

from saiban.data.errors import BadInput


def paisa(rupees: str) -> int:
    """Read rupees with at most two decimals. Raises: BadInput.

    >>> paisa("1,234.50")
    123450
    """
    try:
        amount = Decimal(rupees.replace(",", "").strip()) * 100
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise BadInput(f"{rupees!r} is not an amount of money.", expected="rupees with at most two decimals")
    return int(amount)


def rupees(amount: int) -> str:
    """Write paisa as rupees: whole ones without decimals.

    >>> rupees(5400000), rupees(-150)
    ('Rs 54,000', 'Rs -1.50')
    """
    sign, (whole, rest) = "-" if amount < 0 else "", divmod(abs(amount), 100)
    return f"Rs {sign}{whole:,}" + (f".{rest:02d}" if rest else "")
