"""The periods of a cycle: whole ones only, counted from its first day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from saiban.calc.precedence import months_before
from saiban.data.errors import BadInput
from saiban.programmes.models import Period

MONTHS: dict[str, int] = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}
PAYABLE = (*MONTHS, Period.ONCE.value)  # what a cycle can be cut into; the others have no fixed length
LONGEST = 60  # months


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    return months_before(day, -months)


def periods_of(starts_on: date, ends_on: date, period: str) -> list[tuple[date, date]]:
    """Cut the days of a cycle into its periods, from and until (that day excluded).

    A benefit that is given once is due for the cycle as a whole. Raises: BadInput for days out of order, a
    remainder, a cycle of more than five years, a period without a length.
    """
    if ends_on <= starts_on:
        raise BadInput(_("The cycle ends before it begins."), place="ends_on", expected=_("a later day"))
    if ends_on > months_after(starts_on, LONGEST):
        raise BadInput(_("The cycle is too long."), place="ends_on", expected=_("at most five years"))
    if period == Period.ONCE:
        return [(starts_on, ends_on)]
    length = months_of(period)
    edges = [starts_on]
    while edges[-1] < ends_on:
        edges.append(months_after(starts_on, length * len(edges)))
    if edges[-1] != ends_on:
        raise BadInput(
            _("The cycle does not consist of whole periods."), place="ends_on", expected=_nearest(edges)
        )
    return list(pairwise(edges))


def _nearest(edges: list[date]) -> str:
    """The days on which it could end: the one before and the one after."""
    days = [day.isoformat() for day in edges[1:][-2:]]
    return _("%(earlier)s or %(later)s") % {"earlier": days[0], "later": days[1]} if days[1:] else days[0]


def months_of(period: str) -> int:
    """How many months a period has. Raises: BadInput for one that has no length."""
    if period not in MONTHS:
        named = ", ".join(str(Period(code).label) for code in PAYABLE)
        raise BadInput(_("This period has no fixed length."), place="period", expected=named)
    return MONTHS[period]


def in_words(count: int) -> str:
    """How many periods."""
    return ngettext("%(count)s period", "%(count)s periods", count) % {"count": count}
