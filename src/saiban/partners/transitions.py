"""The life of an agreement."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from saiban.core.moves import Move, Moves


class AgreementState(models.TextChoices):
    """States of an agreement; only one in force lets anything pass."""

    DRAFT = "draft", _("draft")
    IN_FORCE = "in_force", _("in force")
    ENDED = "ended", _("ended")


AGREEMENT_MOVES = Moves(
    AgreementState,
    {
        ("draft", "in_force"): Move("partners.agreement.approve", second_person=True),
        ("in_force", "ended"): Move("partners.agreement.end", reason=True),
    },
)
