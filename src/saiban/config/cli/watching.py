"""How far an import is, on the terminal or in a log: the same figures as on the page of the batch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from saiban.ui.components import Job

EVERY = 0.5  # seconds between two looks
AGAIN = 30  # seconds after which a log gets another line of the same step


def said(job: Job) -> list[str]:
    """Say how far a job is: the step, what is done of all, how many a second and the time left; then a line
    for each stage.
    """
    from saiban.ui.words import duration

    parts = [str(job.label), str(job.step), _of(job.done, job.total) if job.total or job.done else ""]
    if job.state == "failed":
        parts.append("broke off")
    elif job.rate:
        parts.append(f"{job.rate:,.0f} a second")
        left = job.seconds_left
        parts.append("" if left is None else f"about {duration(left)} to go")
    stages = [f"{stage.label}: {_of(stage.done, stage.total)}" for stage in job.stages]
    return [" · ".join(part for part in parts if part), *stages]


def _of(done: int, total: int | None) -> str:
    return f"{done:,} of {total:,}" if total else f"{done:,}"


class Log:
    """A line where the step changes, and one in a while: for a log, in which nothing can be overwritten."""

    def __init__(
        self, write: Callable[[str], object], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``write`` takes a line."""
        self._write, self._clock = write, clock
        self._step: tuple[str, ...] = ()
        self._at = 0.0

    def update(self, job: Job) -> None:
        """Write a line, if there is reason for one."""
        now, step = self._clock(), (str(job.label), str(job.step), job.state)
        if step != self._step or now - self._at >= AGAIN:
            self._step, self._at = step, now
            self._write("; ".join(said(job)))


class Watch:
    """Says how far a batch is for as long as the block lasts, read from where its page reads it."""

    def __init__(self, batch_id: int) -> None:
        """Watch one batch."""
        self._batch_id, self._stop = batch_id, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._job()  # what it needs is imported by one thread alone
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _job(self) -> Job | None:
        from saiban.intake.models import Batch
        from saiban.intake.working import job_of

        return job_of(Batch.objects.get(pk=self._batch_id))

    def _watch(self) -> None:
        from django.db import connections
        from rich.console import Console

        console = Console(stderr=True)
        try:
            if console.is_terminal:
                with console.status("reading") as status:
                    self._tell(lambda job: status.update("\n  ".join(said(job))))
            else:
                self._tell(Log(lambda line: click.echo(line, err=True)).update)
        finally:
            connections.close_all()

    def _tell(self, show: Callable[[Job], None]) -> None:
        while not self._stop.wait(EVERY):
            job = self._job()
            if job is not None:
                show(job)
