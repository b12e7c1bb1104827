"""A process that carries an erasure out and kills itself at its n-th statement.

``python -m tests.flow.killed_erasing DATABASE ERASURE STATEMENT``; 0 never. Ends with 0 where it is done, and
prints how many statements it took.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


def main(database: str, erasure_id: int, statement: int) -> None:
    """Work on the test's database until it is done, or until killed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "saiban.config.settings.test"
    django.setup()
    from django.db import connection, connections

    from saiban.core.foundation import system_actor
    from saiban.registry.erasure.services import carry_out

    for alias in connections:
        connections[alias].settings_dict["NAME"] = database
    asked = 0

    def count(execute: Any, *args: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    with connection.execute_wrapper(count):
        carry_out(actor=system_actor(), erasure_id=erasure_id)
    sys.stdout.write(f"{asked}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
