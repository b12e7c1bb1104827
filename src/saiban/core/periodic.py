"""Work that comes back by the clock: one table (``settings.SAIBAN_PERIODIC``), run by the worker under an
advisory lock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from saiban.core import locks
from saiban.core.errors import told
from saiban.core.models import PeriodicRun

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Periodic:
    """A task and how often it runs. Missed runs are caught up by one run, as soon as a worker is there
    again.
    """

    name: str
    every: timedelta
    run: Callable[[], None]


def table() -> Sequence[Periodic]:
    """Return the table of the composition."""
    tasks: Sequence[Periodic] = import_string(settings.SAIBAN_PERIODIC)
    return tasks


def run_due(*, now: datetime | None = None) -> int:
    """Run what is due and return how many ran; while another worker does so, none."""
    now, ran = now or timezone.now(), 0
    for task in table():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select pg_try_advisory_xact_lock(%s)", [locks.PERIODIC])
                if not cursor.fetchone()[0]:
                    return ran
            ran += _run_if_due(task, now)
    return ran


def _run_if_due(task: Periodic, now: datetime) -> int:
    row, _ = PeriodicRun.objects.get_or_create(name=task.name)
    if row.last_started_at and row.last_started_at + task.every > now:
        return 0
    row.last_started_at, row.last_error = now, ""
    try:
        with transaction.atomic():
            task.run()
    except Exception as error:
        logger.exception("periodic task %s failed", task.name)
        row.last_error = told(error)
    row.last_ended_at = timezone.now()
    row.save()
    return 1
