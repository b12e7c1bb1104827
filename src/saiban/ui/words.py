"""How figures, days and answers are written, in both languages; digits stay Latin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from saiban.core import money
from saiban.data.dictionary import DictionaryField, Level, fields

NOTHING = "—"
MINUTE, HOUR, DAY = 60, 3600, 86400


def number(value: Any, places: int | None = None) -> str:
    """Write a number with thousands; at most two decimals unless ``places`` says how many.

    >>> number(1412380), number(18.4), number(None)
    ('1,412,380', '18.4', '—')
    """
    if value is None or value == "":
        return NOTHING
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not amount.is_finite():
        return NOTHING
    amount = amount.quantize(Decimal(1).scaleb(-(2 if places is None else places)), rounding=ROUND_HALF_EVEN)
    text = f"{amount:,f}"
    return _minus(text.rstrip("0").rstrip(".") if places is None and "." in text else text)


def score(value: Any) -> str:
    """Write a score with one decimal."""
    return number(value, 1)


def points(value: Any) -> str:
    """Write points of a score with their sign and one decimal.

    >>> points(1.94), points(-6.1)
    ('+1.9', '−6.1')
    """
    text = number(value, 1)
    return text if "−" in text or text in (NOTHING, "0.0") else f"{_mark()}+{text}"


def percent(share: Any, places: int = 0) -> str:
    """Write a share of one as a percentage.

    >>> percent(0.714)
    '71 %'
    """
    if share is None or share == "":
        return NOTHING
    space = (
        "" if _language() == "ur" else " "
    )  # a space would let the sign change sides in a line from right to left
    return f"{number(Decimal(str(share)) * 100, places)}{space}%"


def rupees(paisa: int | None) -> str:
    """Write paisa as rupees."""
    return NOTHING if paisa is None else money.rupees(paisa)


def day(value: date | datetime | None) -> str:
    """Write a day in the reader's language, in the time of Pakistan."""
    if value is None or value == "":
        return NOTHING
    return date_format(timezone.localtime(value) if isinstance(value, datetime) else value, "DATE_FORMAT")


def moment(value: date | datetime | None) -> str:
    """Write a day, and the time of day where it is known."""
    return (
        date_format(timezone.localtime(value), "DATETIME_FORMAT")
        if isinstance(value, datetime)
        else day(value)
    )


def duration(seconds: float | None) -> str:
    """Write how long something takes, in the largest unit that fits.

    >>> duration(200)
    '3 minutes'
    """
    if seconds is None:
        return NOTHING
    if seconds < MINUTE:
        return ngettext("%(count)d second", "%(count)d seconds", round(seconds)) % {"count": round(seconds)}
    if seconds < HOUR:
        return ngettext("%(count)d minute", "%(count)d minutes", round(seconds / MINUTE)) % {
            "count": round(seconds / MINUTE)
        }
    if seconds < 2 * DAY:
        return ngettext("%(count)d hour", "%(count)d hours", round(seconds / HOUR)) % {
            "count": round(seconds / HOUR)
        }
    return ngettext("%(count)d day", "%(count)d days", round(seconds / DAY)) % {"count": round(seconds / DAY)}


def field_label(code: str, level: Level = "household") -> str:
    """Return the dictionary's label of a field in the reader's language. Raises: KeyError for an unknown
    code.
    """
    return fields(level)[code].label[_language()]


def answer_label(code: str, value: Any, level: Level = "household") -> str:
    """Write a value of a field as its answers and unit say; integers in thousandths as decimals.

    Raises: KeyError for an unknown code.
    """
    field = fields(level)[code]
    if value is None or value == "":
        return NOTHING
    if field.type == "bool":
        return _("yes") if value in (True, "yes") else _("no")
    if field.answers:
        return field.answer_labels[value][_language()] if value in field.answer_labels else str(value)
    if field.type == "date":
        return day(date.fromisoformat(value) if isinstance(value, str) else value)
    return _with_unit(field, value) if field.type in ("int", "decimal") else str(value)


def changes(moved: Iterable[Mapping[str, Any]]) -> list[str]:
    """Answers about a household that moved (``field``, ``before``, ``after``), each from what to what; values
    that the dictionary does not know are passed over.
    """
    return [_change(change) for change in moved if change["field"] in fields("household")]


def _change(change: Mapping[str, Any]) -> str:
    code, before, after = change["field"], change["before"], change["after"]
    said = {
        "field": field_label(code),
        "before": answer_label(code, before),
        "after": answer_label(code, after),
    }
    if before is None:
        return _("%(field)s: %(after)s, not known before") % said
    return _("%(field)s: %(before)s → %(after)s") % said


def _with_unit(field: DictionaryField, value: Any) -> str:
    if field.derived and value == field.derived.when_zero:
        return _("does not apply")
    if field.unit == "thousandths":
        return number(Decimal(str(value)) / 1000)
    text = number(value, field.places if field.unit == "degrees" else None)
    units = {
        "persons": _("%(number)s persons"),
        "rooms": _("%(number)s rooms"),
        "years": _("%(number)s years"),
        "acres": _("%(number)s acres"),
        "kWh a month": _("%(number)s units a month"),
    }
    return units.get(field.unit, "%(number)s") % {"number": text}


def _language() -> Any:
    return "ur" if get_language() == "ur" else "en"


def _minus(text: str) -> str:
    return text.replace("-", f"{_mark()}−")


def _mark() -> str:
    """The mark that keeps a sign before its number in a line from right to left."""
    return "\u200e" if _language() == "ur" else ""
