"""The worker: background tasks, announcements, the audit's chain and periodic work, round after round."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from django.db import close_old_connections, connections

from saiban.core import background, chain, outbox, periodic

logger = logging.getLogger(__name__)
REST = 1.0  # seconds between two rounds with nothing to do
REST_AFTER_ERROR = 5.0


def work_once(stop: Callable[[], bool] = bool) -> int:
    """Do all that is due, in the order in which one thing causes the next; return how much was done.

    ``stop`` is asked between two pieces of work.
    """
    done = 0
    while not stop():
        round_ = (
            background.run_waiting(stop) + outbox.drain(stop=stop) + chain.chain_all() + periodic.run_due()
        )
        if not round_:
            break
        done += round_
    return done


def tell_once(stop: Callable[[], bool] = bool) -> int:
    """Tell the announcements that are due, and nothing else; return how many."""
    return outbox.drain(stop=stop)


def work(
    once: Callable[[Callable[[], bool]], int] | None = None,
    *,
    rest: float | None = None,
    until: Callable[[], bool] = bool,
) -> None:
    """Work, round after round of ``once`` (by default all that is due), until told to stop (SIGTERM, SIGINT)
    or ``until`` says so; ``rest`` is the seconds between two rounds.

    A round that fails is logged, and the next begins on new connections, so a database that is away is waited
    for.
    """
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)

    def is_over() -> bool:
        return stop.is_set() or until()

    while not is_over():
        close_old_connections()
        try:
            (once or work_once)(is_over)
        except Exception:
            logger.exception("a round of the worker failed; trying again")
            connections.close_all()
            stop.wait(REST_AFTER_ERROR)
        stop.wait(REST if rest is None else rest)
