"""The heading of a file against the mapping: what is missing, renamed, twice, or of no use."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence

from saiban.intake.mapping import Mapping
from saiban.intake.reasons import FileRefused

MOST_COLUMNS = 1_000
LIKE = 0.6
MENDING = (
    "row",
    "field",
    "reason",
    "expected",
)  # columns of the sheet of rejected rows, ignored when it comes back


def whole_heading(heading: Sequence[str], name: str) -> list[str]:
    """Return the heading without the empty cells at its end. Raises: FileRefused."""
    names = list(heading)
    while names and not names[-1]:
        names.pop()
    if not names:
        raise FileRefused("empty", name)
    if len(names) > MOST_COLUMNS:
        raise FileRefused("too_many_columns", f"{name}, row 1", found=len(names), limit=f"{MOST_COLUMNS:,}")
    if "" in names:
        raise FileRefused("heading_empty", f"{name}, row 1, column {names.index('') + 1}")
    column, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise FileRefused("column_twice", f"{name}, row 1", column=column[:80])
    return names


def wanted_columns(heading: Sequence[str], mapping: Mapping, name: str) -> tuple[str, ...]:
    """Return the mapping's columns, and those that are here of the ones that may be missing. Raises:
    FileRefused for a missing one, with the nearest name of those not known.
    """
    strangers = strange_columns(heading, mapping)
    for column in mapping.columns:
        if column not in heading:
            nearest = _nearest(column, strangers)
            if nearest:
                raise FileRefused("column_renamed", f"{name}, row 1", column=column, nearest=nearest)
            raise FileRefused("column_missing", f"{name}, row 1", column=column)
    return (*mapping.columns, *(column for column in mapping.columns_besides if column in heading))


def strange_columns(heading: Sequence[str], mapping: Mapping) -> list[str]:
    """Columns that the mapping neither takes nor names as passed over."""
    known = {*mapping.columns, *mapping.columns_besides, *mapping.not_taken, *MENDING}
    return [column for column in heading if column not in known]


def _nearest(column: str, strangers: Sequence[str]) -> str:
    """The stranger most like a name, whatever its letters' case and however its words are joined."""
    plain = {re.sub(r"[\s_.-]+", "_", stranger.casefold()): stranger for stranger in strangers}
    found = difflib.get_close_matches(column.casefold(), plain, n=1, cutoff=LIKE)
    return plain[found[0]] if found else ""
