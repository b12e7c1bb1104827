"""Logs say where something went wrong and of what kind, not an error's text: it may quote a person's data."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

from saiban.core.errors import told

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class QuietFormatter(logging.Formatter):
    """Writes an exception as its kind and the lines of the program it passed through; what led to it, too."""

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 (the name is logging's)
        """Write the exception, the one that led to it first."""
        return "\n\n".join(reversed(list(_chain(ei[1]))))


def _chain(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield "".join(traceback.format_tb(error.__traceback__)) + told(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
