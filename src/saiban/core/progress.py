"""Progress of long work, written beside its transaction: a page shows it while the work is still
uncommitted.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from saiban.core.errors import told
from saiban.core.models import Progress

EVERY = 0.5  # seconds between two writes
UPSERT = """
insert into core_progress
  (id, name, subject_kind, subject_id, state, step, done, total, started_at, step_started_at, updated_at,
   error, actor_id)
values (%s, %s, %s, %s, %s, %s, %s, %s, now(), now(), now(), %s, %s)
on conflict (id) do update set state = excluded.state, step = excluded.step, done = excluded.done,
  step_started_at = case when core_progress.step = excluded.step
    then core_progress.step_started_at else now() end,
  total = excluded.total, started_at = coalesce(core_progress.started_at, now()), updated_at = now(),
  error = excluded.error
"""


class Meter:
    """Reports of one piece of work: ``step`` names what goes on, ``advance`` counts."""

    def __init__(self, row: Progress, connection: BaseDatabaseWrapper) -> None:
        """Write through a connection of one's own, which commits each report at once."""
        self._row, self._connection, self._written = row, connection, 0.0

    def step(self, code: str, *, total: int | None = None) -> None:
        """Begin a step; counting starts anew."""
        self._row.step, self._row.done, self._row.total = code, 0, total
        self.write()

    def advance(self, count: int) -> None:
        """Add to what is done; written twice a second at most."""
        self._row.done += count
        if time.monotonic() - self._written > EVERY:
            self.write()

    def write(self, state: str = Progress.State.RUNNING, error: str = "") -> None:
        """Write the present state now."""
        row, self._written = self._row, time.monotonic()
        values = (
            row.id,
            row.name,
            row.subject_kind,
            row.subject_id,
            str(state),
            row.step,
            row.done,
            row.total,
            error,
            row.actor_id,
        )
        with self._connection.cursor() as cursor:
            cursor.execute(UPSERT, values)


@contextmanager
def measured(
    name: str,
    *,
    actor_id: int | None = None,
    subject_kind: str = "",
    subject_id: int | None = None,
    id: uuid.UUID | None = None,
) -> Iterator[Meter]:
    """Show the progress of the work in the block: running, then done or failed (with the error's words)."""
    row = Progress(
        id=id or uuid.uuid4(), name=name, actor_id=actor_id, subject_kind=subject_kind, subject_id=subject_id
    )
    connection: Any = connections.create_connection("default")
    connection.settings_dict = connections["default"].settings_dict | {
        "OPTIONS": _plain(connections["default"].settings_dict)
    }
    try:
        meter = Meter(row, connection)
        meter.write()
        try:
            yield meter
        except BaseException as error:  # an interruption too: the page would show it running for ever
            meter.write(Progress.State.FAILED, told(error))
            raise
        meter.write(Progress.State.DONE)
    finally:
        connection.close()


def _plain(settings_dict: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings_dict["OPTIONS"].items() if key != "pool"}
