"""Work behind the pages: an uploaded file is loaded by the worker."""

from __future__ import annotations

from saiban.core import foundation, outbox
from saiban.core.background import task
from saiban.intake import services
from saiban.intake.models import Batch
from saiban.intake.transitions import BatchState


@task
def load_uploaded(batch_id: int) -> None:
    """Load a batch that waits, or go on with it; one that another worker has loaded meanwhile is left alone.

    What follows from a part is done before the next one is loaded.
    """
    if Batch.objects.filter(pk=batch_id, state__in=(BatchState.RECEIVED, BatchState.CHECKED)).exists():
        services.load_batch(actor=foundation.system_actor(), batch_id=batch_id, meanwhile=outbox.drain)
