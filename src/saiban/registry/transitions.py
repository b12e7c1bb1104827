"""The lives of erasures, of findings of a survey and of corrections."""

from django.db import models
from django.utils.translation import gettext_lazy as _
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
        ("approved", "ended"): Move("registry.correction.lift", reason=True, second_person=True),
    },
)  # of a field that moves no score it begins as approved, and its proposer may lift it; it ends by itself on
# its day, or when replaced
