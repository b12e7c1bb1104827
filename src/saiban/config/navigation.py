"""The navigation: the one table. What a duty may not open is not shown."""

from typing import Any

NAVIGATION: list[Any] = []
