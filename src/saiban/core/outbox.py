"""What happened is announced in the transaction that did it; a worker tells the listeners, at least once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from saiban.core.models import Announcement

logger = logging.getLogger(__name__)
Handler = Callable[..., None]
BATCH, TRIES = 50, 8


def announce(name: str, *, key: str, **payload: int | str) -> None:
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


def drain(*, limit: int | None = None) -> int:
    """Hand waiting announcements to their listeners until none is due; return how many were handled."""
    handled = 0
    while limit is None or handled < limit:
        outcome = _handle_next()
        if outcome is None:
            break
        handled += outcome
    return handled


def _handle_next() -> int | None:
    """Handle the oldest announcement that is due: 1 handled, 0 failed (kept for later), None where none is
    due.
    """
    with transaction.atomic():
        row = (
            Announcement.objects.select_for_update(skip_locked=True)
            .waiting()
            .filter(not_before__lte=timezone.now(), tries__lt=TRIES)
            .first()
        )
        if row is None:
            return None
        error = _tell(row)
        row.tries += 1
        row.last_error = error
        if error:
            row.not_before = timezone.now() + timedelta(seconds=2**row.tries)
        else:
            row.handled_at = timezone.now()
        row.save(update_fields=["tries", "last_error", "not_before", "handled_at"])
    return 0 if error else 1


def _tell(row: Announcement) -> str:
    """Tell all listeners within a savepoint; return the error in words, or nothing."""
    try:
        with transaction.atomic():
            for handler in listeners().get(row.name, ()):
                handler(**row.payload)
    except Exception as error:
        logger.exception("announcement %s (%s) was not handled", row.pk, row.name)
        return f"{type(error).__name__}: {error}"
    return ""
