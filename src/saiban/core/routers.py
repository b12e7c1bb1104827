"""Which role a query goes to: the application's, but the owner's while migrations run.

Migrations of libraries read and write by ``Model.objects``, which would ask the application's role on a
second
connection, and wait for ever for the table that the first one has locked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_migrating: ContextVar[bool] = ContextVar("migrating", default=False)


@contextmanager
def migrating() -> Iterator[None]:
    """Send all queries of the block to the owner's alias."""
    token = _migrating.set(True)
    try:
        yield
    finally:
        _migrating.reset(token)


class OwnerWhileMigrating:
    """The router of ``settings.DATABASE_ROUTERS``."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "owner" if _migrating.get() else None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "owner" if _migrating.get() else None

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True
