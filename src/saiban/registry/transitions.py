"""The life of a finding of a survey, on one screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from saiban.core.moves import Move, Moves


class FindingState(models.TextChoices):
    """States of a finding: most are told and no more; a doubtful one waits for a person."""

    TOLD = "told", pgettext_lazy("finding", "told")
    OPEN = "open", pgettext_lazy("finding", "to decide")
    SAME = "same", _("the same household")
    DIFFERENT = "different", _("not the same household")
    FOUND = "found", _("found later")


FINDING_MOVES = Moves(
    FindingState,
    {
        ("open", "same"): Move("registry.finding.join", reason=True),
        ("open", "different"): Move("registry.finding.keep_apart", reason=True),
        ("same", "open"): Move("registry.finding.reopen", reason=True),
        ("different", "open"): Move("registry.finding.reopen", reason=True),
        ("told", "open"): Move("registry.batch.close_survey"),
        ("told", "found"): Move("registry.part.apply"),
    },
)  # the system takes its steps by statements: nobody continues what it came out of; found by a later batch
