"""What holds for the connections of web processes only: how long a request's statements may take, and the
pool from which they come.

The worker and the commands take as long as they need, each on one connection of its own.
"""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from psycopg import Connection

POOL_FORM = "SAIBAN_POOL is {given!r}; expected the fewest and the most connections, such as 1,4, or off"


def pool_of(given: str) -> tuple[int, int] | None:
    """Read SAIBAN_POOL: ``min,max`` or ``off``. Raises: ImproperlyConfigured."""
    if given.strip().lower() == "off":
        return None
    try:
        least, most = (int(part) for part in given.split(","))
    except ValueError:
        raise ImproperlyConfigured(POOL_FORM.format(given=given)) from None
    if not 0 <= least <= most or most == 0:
        raise ImproperlyConfigured(POOL_FORM.format(given=given))
    return least, most


def prepare() -> None:
    """Let the connections of this process be a web process's; called before the first is made."""
    from django.conf import settings
    from django.db import connections

    alias = connections.settings["default"]
    alias.update(for_web(alias, settings))
    if "pool" in alias["OPTIONS"]:
        atexit.register(_close_pool)


def for_web(alias: dict[str, Any], settings: Any) -> dict[str, Any]:
    """Give the settings of an alias as web processes use it: with time-outs, and with the pool if there is
    one.

    What DATABASE_URL says in its own ``options`` stands last and wins.
    """
    options = dict(alias.get("OPTIONS", {}))
    options["options"] = " ".join(filter(None, (_limits(settings), options.get("options"))))
    changed = {**alias, "OPTIONS": options, "CONN_HEALTH_CHECKS": True}
    if settings.SAIBAN_POOL is not None:
        least, most = settings.SAIBAN_POOL
        wait = settings.SAIBAN_POOL_SECONDS
        # a server that was away is tried anew by the first request after so long, not minutes later
        waits = {"timeout": wait, "reconnect_timeout": wait / 2}
        options["pool"] = {"min_size": least, "max_size": most, "reset": clean, **waits}
        changed["CONN_MAX_AGE"] = 0  # a connection goes back at the end of its request
    return changed


def clean(connection: Connection[Any]) -> None:
    """Make a connection as new before another request takes it: no temporary tables, locks or settings.

    What was given when it was made stays: the time-outs and the time zone.
    """
    connection.autocommit = True
    connection.execute("discard all")


def _limits(settings: Any) -> str:
    limits = {
        "TimeZone": "UTC",  # what Django would set by itself, and `discard all` undo
        "statement_timeout": f"{settings.SAIBAN_STATEMENT_SECONDS}s",
        "lock_timeout": f"{settings.SAIBAN_LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{settings.SAIBAN_IDLE_SECONDS}s",
    }
    return " ".join(f"-c {name}={value}" for name, value in limits.items())


def _close_pool() -> None:
    from django.db import connections

    connections["default"].close_pool()  # type: ignore[attr-defined]
