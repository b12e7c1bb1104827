"""The life of an erasure."""

from django.db import models
from django.utils.translation import pgettext_lazy

from saiban.core.moves import Move, Moves


class ErasureState(models.TextChoices):
    """States of an erasure; ``held``: the law, or a court, forbids it for now."""

    REQUESTED = "requested", pgettext_lazy("erasure", "to decide")
    HELD = "held", pgettext_lazy("erasure", "held by law")
    REFUSED = "refused", pgettext_lazy("erasure", "refused")
    APPROVED = "approved", pgettext_lazy("erasure", "approved")
    CARRIED_OUT = "carried_out", pgettext_lazy("erasure", "carried out")


OPEN = (ErasureState.REQUESTED, ErasureState.HELD, ErasureState.APPROVED)

ERASURE_MOVES = Moves(
    ErasureState,
    {
        ("requested", "approved"): Move("registry.erasure.decide", reason=True, second_person=True),
        ("requested", "refused"): Move("registry.erasure.decide", reason=True),
        ("requested", "held"): Move("registry.erasure.decide", reason=True),
        ("held", "requested"): Move("registry.erasure.decide", reason=True),
        ("held", "refused"): Move("registry.erasure.decide", reason=True),
        ("approved", "requested"): Move("registry.erasure.carry_out"),
        ("approved", "carried_out"): Move("registry.erasure.carry_out"),
    },
)  # "approved" goes back where a place in a scheme was given meanwhile; "carried_out" cannot be undone
