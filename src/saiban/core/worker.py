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


def work() -> None:
    """Work until told to stop (SIGTERM, SIGINT).

    A round that fails is logged, and the next begins on new connections, so a database that is away is waited
    for.
    """
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while not stop.is_set():
        close_old_connections()
        try:
            work_once(stop.is_set)
        except Exception:
            logger.exception("a round of the worker failed; trying again")
            connections.close_all()
            stop.wait(REST_AFTER_ERROR)
        stop.wait(REST)
