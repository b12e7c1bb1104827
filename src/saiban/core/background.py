"""Work behind a page: django-tasks on the database, kept behind this door while its major version is 0.

One process runs tasks at a time. So a task that is marked as running while nobody holds the lock was
abandoned, by a process that was killed or a machine that went dark, and is taken up again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db import connections
from django_tasks import task as django_task

from saiban.core import locks
from saiban.core.errors import told

__all__ = ["run_waiting", "task"]
logger = logging.getLogger(__name__)
TRIES = 3


class TaskFailed(Exception):
    """A task that failed, in words that may be kept."""


def task(function: Callable[..., Any] | None = None) -> Any:
    """Make a function of a module a task: ``name.enqueue(…)`` runs it in the worker; arguments are ids."""
    if function is None:
        return task

    @wraps(function)
    def quietly(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            logger.exception("task %s failed", function.__qualname__)
            words = told(error)
        raise TaskFailed(words)  # out of the block: the library keeps the text of what led to it

    return django_task(quietly)


def run_waiting(stop: Callable[[], bool] = bool) -> int:
    """Run the tasks that wait, in this process, and return how many ran; while another process does so, none.

    ``stop`` is asked before each of them.
    """
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    open_ones = DBTaskResult.objects.filter(status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    if not open_ones.exists():
        return 0
    ran = 0
    with _alone() as alone:
        if alone:
            _take_up_abandoned()
        while alone and not stop() and _run_one():
            ran += 1
    return ran


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the lock on a connection of its own, which ends with the process: then the lock ends too."""
    connection: Any = connections.create_connection("default")
    try:
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s)", [locks.TASKS])
            alone = bool(cursor.fetchone()[0])
        yield alone
    finally:
        connection.close()


def _take_up_abandoned() -> None:
    """Let abandoned tasks run again, or give them up where they brought their process down several times."""
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    for row in DBTaskResult.objects.running():
        if len(row.worker_ids) >= TRIES:
            row.set_failed(TaskFailed(f"its process ended {TRIES} times before it did"))
        else:
            row.status = TaskResultStatus.READY
            row.save(update_fields=["status"])


def _run_one() -> bool:
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id="saiban",
        excluded_queue_names=[],
    )
    worker.run()
    return worker._run_tasks > 0
