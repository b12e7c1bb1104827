"""Who fills which slot of whose page: the one table."""

from typing import Any

from saiban.desk import panels as desk
from saiban.scoring import panels as scoring

PANELS: list[Any] = [*desk.PANELS, *scoring.PANELS]
