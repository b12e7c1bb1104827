"""Which fields move a score, so that a second person approves a correction of one: the one table.

Each entry is asked for the codes of the household fields that its room weighs at present.
"""

from collections.abc import Callable, Collection, Sequence

from saiban.scoring.queries import weighed_fields

WEIGHED_FIELDS: Sequence[Callable[[], Collection[str]]] = [weighed_fields]
