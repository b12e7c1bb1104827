"""A single value as the dictionary's field takes it, and as JSON keeps it."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from saiban.core.numbers import PARSERS
from saiban.data.dictionary import DictionaryField
from saiban.data.errors import BadInput
from saiban.intake.mapping import all_fields
from saiban.intake.reasons import row_expected, row_sentence

LONGEST = 200


def checked_value(code: str, value: Any) -> Any:
    """Return the value as JSON keeps it: int, bool, str, a number of at most the field's places, an ISO
    date.

    Takes Python values of the field's type, and text as a form sends it. Raises: BadInput for an unknown
    or derived field, and for a value of another type, outside its limits, or not one of its answers.
    """
    field = all_fields().get(code)
    if field is None or field.derived:
        raise BadInput(
            _("Nothing is reported under this name."), place=code, expected=_("a field of the dictionary")
        )
    if code in PARSERS:
        return PARSERS[code](str(value))
    made = {"bool": _bool, "int": _number, "decimal": _number, "date": _day, "string": _words}[field.type](
        field, value
    )
    return made


def _wrong(field: DictionaryField, reason: str, expected: str = "") -> BadInput:
    return BadInput(row_sentence(reason), place=field.code, expected=row_expected(reason, expected))


def _bool(field: DictionaryField, value: Any) -> bool:
    words = str(value).strip().lower()
    if words not in ("yes", "true", "1", "no", "false", "0"):
        raise _wrong(field, "not_yes_no")
    return words in ("yes", "true", "1")


def _number(field: DictionaryField, value: Any) -> int | float:
    try:
        exact = Decimal(str(value).strip())
    except InvalidOperation:
        exact = Decimal("NaN")
    is_whole = field.type == "int"
    if isinstance(value, bool) or not exact.is_finite() or (is_whole and exact != exact.to_integral_value()):
        raise _wrong(field, "not_whole" if is_whole else "not_decimal")
    low, high = field.minimum, field.maximum
    if (low is not None and exact < low) or (high is not None and exact > high):
        raise _wrong(field, "out_of_range", f"{low}–{high}")
    if field.exact and exact != round(exact, field.places):
        raise _wrong(field, "too_many_places", str(field.places))
    if is_whole:
        return int(exact)
    return float(exact.quantize(Decimal(1).scaleb(-field.places), ROUND_HALF_EVEN))


def _day(field: DictionaryField, value: Any) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise _wrong(field, "not_a_date") from None
    return day.isoformat()


def _words(field: DictionaryField, value: Any) -> str:
    words = str(value).strip()
    if field.answers and words not in field.answers:
        raise _wrong(field, "unknown_answer", ", ".join(field.answers))
    if not words:
        raise _wrong(field, "missing")
    if len(words) > LONGEST:
        raise _wrong(field, "too_long", str(LONGEST))
    return words
