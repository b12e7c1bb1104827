"""Work behind a page: django-tasks on the database, kept behind this door while its major version is 0."""

from __future__ import annotations

from django_tasks import task

__all__ = ["run_waiting", "task"]


def run_waiting() -> None:
    """Run all tasks that wait, in this process, and return when none is left."""
    from django_tasks_db.management.commands.db_worker import Worker

    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="saiban",
        excluded_queue_names=[],
    ).run()
