"""Who fills which slot of whose page: the one table."""

from typing import Any

from saiban.scoring import panels as scoring

PANELS: list[Any] = [*scoring.PANELS]
