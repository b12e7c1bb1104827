"""The life of a correction, on one screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from saiban.core.moves import Move, Moves


class CorrectionState(models.TextChoices):
    """States of a correction; it holds while it is approved, and at no other time."""

    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", pgettext_lazy("correction", "in force")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ENDED = "ended", _("ended")


CORRECTION_MOVES = Moves(
    CorrectionState,
    {
        ("proposed", "approved"): Move("registry.correction.approve", second_person=True),
        ("proposed", "refused"): Move("registry.correction.refuse", reason=True, second_person=True),
        ("proposed", "withdrawn"): Move("registry.correction.withdraw"),
        ("approved", "ended"): Move("registry.correction.lift", reason=True),
    },
)  # of a field that moves no score it begins as approved; it ends by itself on its day, or when replaced
