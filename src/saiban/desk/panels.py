"""What the desk shows on the pages of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saiban.core.models import Actor
from saiban.desk import moving
from saiban.desk.queries.moved import LATEST_OF_BATCH, moved_by_batch
from saiban.ui.slots import Panel


def what_a_batch_moved(actor: Actor, batch_ids: Sequence[int]) -> dict[str, Any]:
    """The households that the batch on the page moved most, each with the reason; ``most``: among how many at
    most they were looked for (1 query)."""
    found = moved_by_batch(actor=actor, batch_id=batch_ids[0])
    return {"moments": [moving.moment(one) for one in found], "most": LATEST_OF_BATCH}


PANELS = [
    Panel("intake.batch.moved", "moved", "desk.moved.view", what_a_batch_moved, "desk/moved_by_batch.html"),
]
