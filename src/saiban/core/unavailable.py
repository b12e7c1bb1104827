"""The database cannot answer just now: which of three things happened, and the page that says so.

The page asks the database nothing, neither for the session nor for who acts. Nothing was saved where no
connection was to be had or a statement was stopped: its transaction is undone. Where a connection broke off
in the middle of a form, nobody knows, and the page says that.
"""

from __future__ import annotations

import logging

import psycopg
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _

from saiban.core.errors import Refused, told

logger = logging.getLogger(__name__)
RETRY_AFTER = 60  # seconds
SAFE = ("GET", "HEAD", "OPTIONS")
STOPPED = {
    "57014",  # statement_timeout
    "55P03",  # lock_timeout
    "25P03",  # idle_in_transaction_session_timeout
    "40P01",  # two waited for each other
}
AWAY = {"53000", "53200", "53300", "53400", "57P01", "57P02", "57P03", "57P04"}  # full, or shutting down
# what the driver says of a connection that never was, or of none that is free in the pool
NEVER = ("connection failed", "connection is bad", "connection timeout", "couldn't get a connection")
NONE_FREE = ("PoolTimeout", "TooManyRequests", "PoolClosed", "ConnectionTimeout")


class Away(Refused):
    """No connection was to be had."""

    code = "core.database_away"
    status = 503
    title = _("Not available just now")
    sentence = _("The database cannot be reached, or all its places are taken. Try again in a minute.")
    kept = _("Nothing was saved.")


class Stopped(Away):
    """A statement took longer than a page may take, or waited too long for another's."""

    code = "core.database_stopped"
    sentence = _(
        "This took too long and was stopped, so that others can work. Try again in a minute; "
        "if it happens again, tell the administrator which page it was."
    )


class BrokenOff(Away):
    """The connection ended in the middle of a request that only reads."""

    code = "core.database_broken_off"
    sentence = _("The connection to the database broke off. Try again in a minute.")


class Uncertain(BrokenOff):
    """The connection ended in the middle of a request that writes: perhaps just after it was kept."""

    kept = _("It is not certain whether what you sent was saved: look before you send it again.")


def cause(error: BaseException | None, *, safe: bool = True) -> Away | None:
    """Say which of these an error is; None where it is another error. ``safe``: the request only reads."""
    one = _innermost(error)
    if one is None:
        return None
    state, words = getattr(one, "sqlstate", None) or "", str(one).lower()
    if state in STOPPED:
        return Stopped()
    if type(one).__name__ in NONE_FREE or state == "53300" or any(part in words for part in NEVER):
        return Away()
    if state in AWAY or state.startswith("08") or _is_broken(one, state, words):
        return BrokenOff() if safe else Uncertain()
    return None


def page(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """Answer 503 where the error is the database's absence or slowness; None where it is another error."""
    refused = cause(error, safe=request.method in SAFE)
    if refused is None or error is None:
        return None
    logger.warning("%s: %s", refused.code, told(error))
    again = request.get_full_path() if request.method in SAFE else ""
    context = {"refused": refused, "again": again, "in_part": "HX-Request" in request.headers}
    # without the request: its context processors would ask for the session and for who acts
    answer = HttpResponse(loader.get_template("ui/unavailable.html").render(context), status=503)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _innermost(error: BaseException | None) -> BaseException | None:
    """Return the database's error that came first: the driver's, which knows its code, under Django's."""
    found = None
    while error is not None:
        found = error if isinstance(error, psycopg.Error | DatabaseFault) else found
        error = error.__cause__
    return found


def _is_broken(error: BaseException, state: str, words: str) -> bool:
    """Say whether a connection ended: the driver has no code for it, and Django may find it closed later."""
    name = type(error).__name__
    return (name == "OperationalError" and not state) or (
        name == "InterfaceError" and "connection" in words and "closed" in words
    )
