"""When a disk or the database is full: no fault of the file, which stays as it is and can be loaded again."""

from __future__ import annotations

import errno
import re

from django.utils.translation import gettext_lazy as _

from saiban.core.errors import Refused

FULL = (errno.ENOSPC, errno.EDQUOT)
WORDS = re.compile(r"no space left|not enough space|disk full|disk quota|failed to offload", re.IGNORECASE)
SQLSTATES = ("53100",)  # disk_full


class NoRoom(Refused):
    """A disk is full; parts that were loaded before stay, and nothing is lost."""

    code = "intake.no_room"
    status = 507
    sentence = _(
        "There is no room left on the disk. Nothing is lost or half-done: what was loaded before stays, and "
        "the rest can be loaded when the administrator has made room."
    )


def is_no_room(error: BaseException | None) -> bool:
    """Whether an error of the system, of DuckDB or of PostgreSQL says that a disk is full."""
    if error is None:
        return False
    if isinstance(error, OSError):
        return error.errno in FULL
    if type(error).__module__.startswith(("duckdb", "_duckdb")):
        return type(error).__name__ == "OutOfMemoryException" or bool(WORDS.search(str(error)))
    return getattr(error, "sqlstate", None) in SQLSTATES or is_no_room(error.__cause__)
