"""Values in thousandths, and the derived fields of the dictionary: as Ibis columns and of one household.

Both ways follow the same definition (``derived`` in the field dictionary) and are proved equal by tests.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from saiban.calc.rounding import half_even, with_half_even
from saiban.data.dictionary import Derivation, DictionaryField, fields

THOUSAND = 1000


def inputs(code: str) -> tuple[str, ...]:
    """Reported fields behind a field: itself, or what it is derived from.

    >>> inputs("rooms_per_person"), inputs("rooms")
    (('rooms', 'household_size'), ('rooms',))
    """
    derived = fields("household")[code].derived
    return derived.inputs if derived else (code,)


def with_derived(table: ir.Table, codes: Iterable[str]) -> ir.Table:
    """Add the derived ones among these fields, by their codes: ratios as int64 in thousandths, the others
    boolean.

    In:      table  one row per household, a column for each of ``inputs(code)`` in the type of the
             dictionary.
    """
    for code in codes:
        derived = fields("household")[code].derived
        if derived and derived.ratio:
            table = _with_ratio(table, code, derived)
        elif derived:
            table = table.mutate(**{code: _any_column(table, derived)})
    return table


def weighed(table: ir.Table, code: str, weight: int) -> ir.IntegerValue:
    """``weight`` times a number or bool of the dictionary in thousandths, int64; null where unknown.

    Derived fields must be there (``with_derived``). One multiplication only: it is what scoring spends its
    time on.

    Raises:  ValueError for a string or a date.
    """
    field = fields("household")[code]
    if field.derived and field.derived.ratio:
        return table[code] * weight
    if field.type == "decimal":
        exact = table[code].cast("decimal(12,3)")
        return (exact * ibis.literal(Decimal(THOUSAND), "decimal(7,3)")).cast("int64") * weight
    if field.type in ("int", "bool"):
        return table[code].cast("int64") * (THOUSAND * weight)
    raise ValueError(f"{code} is a {field.type}; only a number or a bool has thousandths")


def thousandths(values: Mapping[str, object], code: str) -> int | None:
    """The same of one household: int, or None where unknown.

    ``values`` holds int, bool, str and Decimal (or text of a decimal) by field code; absent and None both
    mean unknown.
    Raises:  ValueError for a value that is not of the field's type.
    """
    field = fields("household")[code]
    if field.derived and field.derived.ratio:
        return _ratio(values, field.derived)
    if field.derived:
        known = _any(values, field.derived)
        return None if known is None else int(known) * THOUSAND
    return _reported(values.get(code), field)


def _reported(value: object, field: DictionaryField) -> int | None:
    if value is None:
        return None
    if (
        field.type == "decimal"
        and isinstance(value, int | float | str | Decimal)
        and not isinstance(value, bool)
    ):
        scaled = Decimal(str(value)) * THOUSAND
        return int(scaled.to_integral_value())
    if field.type == "bool" and isinstance(value, bool):
        return int(value) * THOUSAND
    if field.type == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value * THOUSAND
    raise ValueError(f"{field.code} must be a {field.type}, got {value!r}")


def _with_ratio(table: ir.Table, code: str, derived: Derivation) -> ir.Table:
    above, below = (table[each].cast("int64") for each in derived.inputs)
    is_zero = (below == 0).cast("int64")  # added to the divisor: a null there would slow every step down
    shared = with_half_even(table, code, above * THOUSAND, below + is_zero)
    at_zero = ibis.null("int64") if derived.when_zero is None else ibis.literal(derived.when_zero, "int64")
    return shared.mutate(**{code: ibis.ifelse(shared[derived.inputs[1]] == 0, at_zero, shared[code])})


def _ratio(values: Mapping[str, object], derived: Derivation) -> int | None:
    household = fields("household")
    above, below = (_reported(values.get(code), household[code]) for code in derived.inputs)
    if below == 0:
        return derived.when_zero
    if above is None or below is None:
        return None
    return half_even(above * THOUSAND, below)


def _any_column(table: ir.Table, derived: Derivation) -> ir.BooleanValue:
    """SQL's own OR of three values is the definition: true wins, then unknown, then false."""
    columns: list[ir.BooleanValue] = [table[code] for code in derived.inputs]
    return reduce(or_, columns)


def _any(values: Mapping[str, object], derived: Derivation) -> bool | None:
    household = fields("household")
    known = [_reported(values.get(code), household[code]) for code in derived.inputs]
    if any(value == THOUSAND for value in known):
        return True
    return None if None in known else False
