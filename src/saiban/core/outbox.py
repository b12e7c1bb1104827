"""What happened is announced in the transaction that did it; a worker tells the listeners, at least once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from saiban.core.errors import told
from saiban.core.models import Announcement

logger = logging.getLogger(__name__)
Handler = Callable[..., None]
TRIES = 8
SOON = 3  # so many tries come within seconds


class ArrayAppend(Func):
    """An array with one more element."""

    function = "array_append"


def announce(name: str, *, key: str, **payload: int | str | list[int]) -> None:
    """Say that something happened. The same key is announced once; ``payload`` holds ids, never values of
    people.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            f"{name} announced outside of a transaction: it could be told without having happened"
        )
    Announcement.objects.bulk_create(
        [Announcement(name=name, key=key, payload=payload)], ignore_conflicts=True
    )


@cache
def listeners() -> Mapping[str, Sequence[Handler]]:
    """Return the one table of who hears what (``settings.SAIBAN_LISTENERS``)."""
    table: Mapping[str, Sequence[Handler]] = import_string(settings.SAIBAN_LISTENERS)
    return table


@cache
def told_last() -> Sequence[str]:
    """Return the names that wait while any other is due (``settings.SAIBAN_TOLD_LAST``)."""
    names: Sequence[str] = import_string(settings.SAIBAN_TOLD_LAST)
    return names


def try_again() -> int:
    """Let what was given up be tried anew, now; return how many announcements."""
    return Announcement.objects.waiting().filter(tries__gte=TRIES).update(tries=0, not_before=Now())


def is_at_work() -> bool:
    """Whether announcements wait that have not failed for good: due, in the hands of some process, or soon
    to be told again.
    """
    hopeful = Q(last_error="", tries__lt=TRIES) | Q(tries__lt=SOON)
    return Announcement.objects.waiting().filter(hopeful).exists()


def drain(*, limit: int | None = None, stop: Callable[[], bool] = bool) -> int:
    """Hand waiting announcements to their listeners until none is due; return how many were handled.

    ``stop`` is asked before each of them.
    """
    handled = 0
    while not stop() and (limit is None or handled < limit):
        row = _claim()
        if row is None:
            break
        handled += _handle(row)
    return handled


def _claim() -> Announcement | None:
    """Take the oldest announcement that is due, of those told last only where no other is: the try counts
    even if the process or connection then dies.

    The database's clock decides: it is that which wrote when an announcement is due.
    """
    with transaction.atomic():
        waiting = Announcement.objects.select_for_update(skip_locked=True).waiting()
        due = waiting.filter(not_before__lte=Now(), tries__lt=TRIES)
        row = due.exclude(name__in=told_last()).first() or due.first()
        if row is not None:
            row.tries += 1
            Announcement.objects.filter(pk=row.pk).update(tries=row.tries, not_before=_again(row))
    return row


def _again(row: Announcement) -> Combinable:
    """From when another may take it, counted from the statement that says so: long work holds the row's lock
    and counts anew when it is done, so that nobody takes it between two listeners.
    """
    return Now() + timedelta(seconds=2**row.tries)


def _handle(row: Announcement) -> int:
    """Tell the listeners that have not heard it yet: 1 once all have, 0 where one failed (it alone is told
    again) or where nobody is listed.
    """
    if row.name in listeners():
        errors = [error for handler in listeners()[row.name] if (error := _tell(row, handler))]
    else:
        errors = ["no row among the listeners names it"]
    waiting = Announcement.objects.waiting().filter(pk=row.pk, tries=row.tries)
    if errors:
        waiting.update(last_error="; ".join(errors), not_before=_again(row))
        return 0
    return waiting.update(handled_at=Now(), last_error="")


def _tell(row: Announcement, handler: Handler) -> str:
    """Tell one listener, in one transaction with the note that it has heard; return what went wrong."""
    name = f"{handler.__module__}.{handler.__qualname__}"
    try:
        with transaction.atomic():
            waiting = Announcement.objects.waiting().filter(pk=row.pk, tries=row.tries)
            unheard = waiting.exclude(heard__contains=[name])
            # No skip_locked: a worker that only looks holds the row for a moment, and that is not "heard".
            if unheard.select_for_update().first() is not None:
                handler(**row.payload)
                waiting.update(heard=ArrayAppend("heard", Value(name)), not_before=_again(row))
    except Exception as error:
        logger.exception("announcement %s (%s) was not handled by %s", row.pk, row.name, name)
        return told(error)
    return ""
