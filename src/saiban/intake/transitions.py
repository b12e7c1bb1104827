"""The life of a batch."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from saiban.core.moves import Move, Moves


class BatchState(models.TextChoices):
    """States of a batch: what was received is checked, its good part loaded, and applied by the registry."""

    RECEIVED = "received", _("received")
    REFUSED = "refused", _("refused")
    LOADED = "loaded", _("loaded")
    APPLIED = "applied", _("applied")


BATCH_MOVES = Moves(
    BatchState,
    {
        ("received", "refused"): Move("intake.batch.load"),
        ("received", "loaded"): Move("intake.batch.load"),
        ("loaded", "applied"): Move("intake.batch.mark_applied"),
    },
)  # "refused" and "applied" are final
