"""A process that goes on with a batch and what follows from it, and kills itself at its n-th statement.

``python -m tests.flow.killed DATABASE BATCH STATEMENT``; 0 never, -1: never, and it only hands out what
others announce until the batch is applied. Ends with 0 where nothing is left to do.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

MOST_SECONDS = 120


def main(database: str, batch_id: int, statement: int) -> None:
    """Work on the test's database until all is done, or until killed."""
    with killed_at(database, statement):
        _go_on(batch_id, loads=statement >= 0)


@contextmanager
def killed_at(database: str, statement: int) -> Iterator[Callable[[], int]]:
    """Be on the test's database, and killed at the n-th statement of the block; gives how many there were."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "saiban.config.settings.test"
    django.setup()
    from django.db import connection, connections

    for alias in connections:
        connections[alias].settings_dict["NAME"] = database
    asked = 0

    def count(execute: Any, *args: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    with connection.execute_wrapper(count):
        yield lambda: asked


def _go_on(batch_id: int, *, loads: bool) -> None:
    from saiban.core import outbox
    from saiban.core.models import Announcement
    from saiban.intake.models import Batch
    from saiban.intake.tasks import load_uploaded

    if loads:
        load_uploaded.func(batch_id)
    until = time.monotonic() + MOST_SECONDS
    unapplied = Batch.objects.filter(pk=batch_id).exclude(state="applied")
    while (Announcement.objects.waiting().exists() or unapplied.exists()) and time.monotonic() < until:
        if not outbox.drain():
            time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
