"""Steps taken at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from saiban.core.errors import Refused


def at_once(*steps: Callable[[], object], refusals: type[Refused] = Refused) -> list[object]:
    """Run each step on a connection of its own, all begun at the same moment; what each gave, or how it was
    refused. Any other error is the test's.
    """
    start = Barrier(len(steps))

    def run(step: Callable[[], object]) -> object:
        try:
            start.wait(timeout=10)
            return step()
        except refusals as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))
