"""The worker: background tasks, announcements, the audit's chain and periodic work, round after round."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType

from django.db import OperationalError, close_old_connections

from saiban.core import background, chain, outbox, periodic

logger = logging.getLogger(__name__)
REST = 1.0  # seconds between two rounds with nothing to do


def work_once() -> int:
    """Do all that is due, in the order in which one thing causes the next; return how much was done."""
    done = 0
    while True:
        background.run_waiting()
        round_ = outbox.drain() + chain.chain_all() + periodic.run_due()
        if not round_:
            return done
        done += round_


def work() -> None:
    """Work until told to stop (SIGTERM, SIGINT); a lost database is waited for."""
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while not stop.is_set():
        close_old_connections()
        try:
            work_once()
        except OperationalError:
            logger.exception("the database cannot be reached; trying again")
        stop.wait(REST)
