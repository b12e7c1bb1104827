"""A value that a person typed, read by the field dictionary."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from saiban.core.errors import NotAllowed
from saiban.core.models import Actor
from saiban.data.dictionary import DictionaryField, fields
from saiban.data.errors import BadInput

Value = int | bool | str | Decimal
WORDS_OF_BOOL = {"yes": True, "true": True, "no": False, "false": False}


def correctable(actor: Actor) -> dict[str, DictionaryField]:
    """Household fields that the actor may correct: reported ones that its duty shows, and that identify
    nobody."""
    return {
        code: field
        for code, field in fields("household").items()
        if not field.derived and not field.identifying and actor.sees(field.sensitivity)
    }


def parse_value(code: str, value: object, *, actor: Actor) -> Value:
    """Return the value in the field's type.

    Raises: NotAllowed (403) for a field that the duty does not show; BadInput with what was expected.
    """
    field = fields("household").get(code)
    if field is None or field.derived or field.identifying:
        raise BadInput(
            _("This field cannot be corrected here."), place=code, expected=_("a field of the list")
        )
    if not actor.sees(field.sensitivity):
        raise NotAllowed
    parsed = _read(field, value)
    if parsed is None:
        raise BadInput(_("This value does not fit the field."), place=code, expected=expectation(field))
    return parsed


def _read(field: DictionaryField, value: object) -> Value | None:
    if field.type == "bool":
        return value if isinstance(value, bool) else WORDS_OF_BOOL.get(str(value).strip().lower())
    text = str(value).strip()
    if field.type in ("int", "decimal") and not isinstance(value, bool):
        return _number(field, text)
    return text if text in field.answers else None


def _number(field: DictionaryField, text: str) -> int | Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    places = 0 if field.type == "int" else field.places
    if not number.is_finite() or number != round(number, places):
        return None
    if (field.minimum is not None and number < field.minimum) or (
        field.maximum is not None and number > field.maximum
    ):
        return None
    return int(number) if number == int(number) else number


def expectation(field: DictionaryField) -> str:
    """What a field takes, in the reader's language."""
    if field.type == "bool":
        return _("yes or no")
    if field.answers:
        return _("one of the answers listed")
    limits = {"low": field.minimum, "high": field.maximum}
    if field.type == "int":
        return _("a whole number from %(low)s to %(high)s") % limits
    return _("a number from %(low)s to %(high)s, with at most three decimals") % limits
