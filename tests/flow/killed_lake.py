"""A process that writes the lake and is killed on the way.

``python -m tests.flow.killed_lake DATABASE FOLDER write|rebuild POINT``. A whole POINT kills it at the n-th
step (a statement of the database, or a call of the table format), a fraction after ten times so many seconds
wherever it is then, in the library's own threads too; 0 never. Ends with 0 where nothing is left to write,
and says how many steps that were.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import django

STEPS = ("overwrite", "merge", "extent", "_version", "_merge", "_append")


def main(database: str, folder: str, what: str, point: float) -> None:
    """Write on the test's database, until killed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "saiban.config.settings.test"
    os.environ["SAIBAN_LAKE"] = folder
    django.setup()
    from django.conf import settings
    from django.db import connection, connections

    settings.SAIBAN_LAKE = folder
    for alias in connections:
        connections[alias].settings_dict["NAME"] = database
    step = _counter(int(point) if point >= 1 else 0)
    _watch(step)
    import deltalake  # noqa: F401 before the clock begins

    if 0 < point < 1:
        threading.Thread(target=_kill_after, args=[point * 10], daemon=True).start()
    with connection.execute_wrapper(lambda execute, *given: (step(), execute(*given))[1]):
        _work(what)
    sys.stdout.write(f"{step.count}\n")  # type: ignore[attr-defined]


def _counter(point: int) -> Callable[[], None]:
    def step() -> None:
        step.count += 1  # type: ignore[attr-defined]
        if step.count == point:  # type: ignore[attr-defined]
            os.kill(os.getpid(), signal.SIGKILL)

    step.count = 0  # type: ignore[attr-defined]
    return step


def _kill_after(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def _watch(step: Callable[[], None]) -> None:
    """Count before and after each call of the table format, and around the manifest."""
    from saiban.core.lake import manifest, store

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            step()
            found = function(*given, **named)
            step()
            return found

        return call

    for name in STEPS:
        setattr(store, name, watched(getattr(store, name)))
    manifest.write = watched(manifest.write)


def _work(what: str) -> None:
    from saiban.core import foundation
    from saiban.core.lake import services

    system = foundation.system_actor()
    if what == "rebuild":
        services.rebuild(actor=system)
        return
    while services.write_noted(actor=system).notes:
        pass


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
