"""The lives of a scorecard version and of a rule version."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from saiban.core.moves import Move, Moves


class ScorecardState(models.TextChoices):
    """States of a scorecard version; decisions rest on an approved one only."""

    DRAFT = "draft", _("draft")
    TESTED = "tested", _("tested")
    APPROVED = "approved", _("approved")
    RETIRED = "retired", _("retired")


SCORECARD_MOVES = Moves(
    ScorecardState,
    {
        ("draft", "tested"): Move("scoring.scorecard.test"),
        ("tested", "approved"): Move("scoring.scorecard.approve", second_person=True),
        ("approved", "retired"): Move("scoring.scorecard.retire", reason=True),
    },
)


class RuleState(models.TextChoices):
    """States of a rule version; enrolment rests on an approved one only."""

    DRAFT = "draft", _("draft")
    TESTED = "tested", _("tested")
    APPROVED = "approved", _("approved")
    RETIRED = "retired", _("retired")


RULE_MOVES = Moves(
    RuleState,
    {
        ("draft", "tested"): Move("scoring.rule.test"),
        ("tested", "tested"): Move("scoring.rule.test"),  # anew: people and numbers of policy have moved on
        ("tested", "approved"): Move("scoring.rule.approve", second_person=True),
        ("draft", "retired"): Move("scoring.rule.retire", reason=True),
        ("tested", "retired"): Move("scoring.rule.retire", reason=True),
        ("approved", "retired"): Move("scoring.rule.retire", reason=True),
    },
)
