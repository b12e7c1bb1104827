"""Who fills which slot of whose page: the one table."""

from typing import Any

from saiban.desk import panels as desk
from saiban.programmes import batch_panels as programmes_batches
from saiban.programmes import cycle_panels as programmes_cycles
from saiban.programmes import list_panels as programmes_lists
from saiban.programmes import panels as programmes
from saiban.registry import panels as registry
from saiban.scoring import panels as scoring

PANELS: list[Any] = [
    *desk.PANELS,
    *programmes.PANELS,
    *programmes_batches.PANELS,
    *programmes_cycles.PANELS,
    *programmes_lists.PANELS,
    *registry.PANELS,
    *scoring.PANELS,
]
