"""Who fills which slot of whose page: the one table."""

from typing import Any

PANELS: list[Any] = []
