"""More hands for long work: processes that hand out announcements beside the one that makes them.

A part of a batch is loaded here while the parts before it are applied, resolved and scored there. What a
process had in hand when it was killed waits for the next one, as with any worker.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from django.conf import settings

from saiban.core import outbox

COMMAND = (sys.executable, "-m", "saiban", "worker", "--announcements")
REST = 0.1  # seconds until one looks again whether the others are done
PATIENCE = 60


class Hands:
    """As many processes as ``SAIBAN_WORKERS`` says, from the moment when work for them is foreseen."""

    def __init__(self, *, is_long: Callable[[], bool]) -> None:
        """``is_long`` is asked whether what is to come is worth the seconds that a process takes to start."""
        self._is_long = is_long
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Hands:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self._children, patience=PATIENCE)

    def meanwhile(self) -> None:
        """Between two parts: hand out what they announced, or see that others do so."""
        if not self._children and settings.SAIBAN_WORKERS > 1 and self._is_long():
            self._children = [_started() for _hand in range(settings.SAIBAN_WORKERS)]
        if not self._children:
            outbox.drain()

    def finish(self) -> None:
        """Hand out what is left, and wait for what others have in hand; what failed is left to a worker."""
        outbox.drain()
        while self._children and outbox.is_at_work():
            time.sleep(REST)
            outbox.drain()


def end(children: Sequence[subprocess.Popen[bytes]], *, patience: int) -> None:
    """Let workers end their piece of work, each within some seconds; what takes longer is done again by the
    next worker.
    """
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(COMMAND, env=os.environ)  # noqa: S603 our own command
