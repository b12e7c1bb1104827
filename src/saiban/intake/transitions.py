"""The lives of a batch and of its parts."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from saiban.core.moves import Move, Moves


class BatchState(models.TextChoices):
    """States of a batch: what was received is checked, its good part loaded, and applied by the registry."""

    RECEIVED = "received", _("received")
    REFUSED = "refused", _("refused")
    CHECKED = "checked", _("checked")
    LOADED = "loaded", _("loaded")
    APPLIED = "applied", _("applied")


class PartState(models.TextChoices):
    """States of a part: it lies in a file, stands in the database, is taken over by the registry."""

    CHECKED = "checked", pgettext_lazy("part", "checked")
    LOADED = "loaded", pgettext_lazy("part", "loaded")
    APPLIED = "applied", pgettext_lazy("part", "applied")


BATCH_MOVES = Moves(
    BatchState,
    {
        ("received", "refused"): Move("intake.batch.check"),
        ("received", "checked"): Move("intake.batch.check"),
        ("checked", "loaded"): Move("intake.part.load"),
        ("loaded", "applied"): Move("intake.part.mark_applied"),
    },
)  # "refused" and "applied" are final; a batch is loaded, and applied, with the last of its parts
PART_MOVES = Moves(
    PartState,
    {
        ("checked", "loaded"): Move("intake.part.load"),
        ("loaded", "applied"): Move("intake.part.mark_applied"),
    },
)
