"""Which fields move a score: rooms downstream that weigh them say so, through a table of the composition."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string


@cache
def _table() -> Sequence[Callable[[], Collection[str]]]:
    """Return the table of the composition (``settings.SAIBAN_WEIGHED_FIELDS``)."""
    table: Sequence[Callable[[], Collection[str]]] = import_string(settings.SAIBAN_WEIGHED_FIELDS)
    return table


def moves_a_score(field: str) -> bool:
    """Say whether any scorecard weighs a household field at present, by itself or through a derived one."""
    return any(field in weighed() for weighed in _table())
