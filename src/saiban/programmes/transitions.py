"""The lives of enrolments, cycles, overlaps and proposals, each on one screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from saiban.core.moves import Move, Moves


class EnrolmentState(models.TextChoices):
    """States of a place in a scheme."""

    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    SUSPENDED = "suspended", _("suspended")
    REFUSED = "refused", _("refused")
    CLOSED = "closed", _("closed")


RUNNING = (EnrolmentState.APPROVED,)
OPEN_STATES = (EnrolmentState.PROPOSED, EnrolmentState.APPROVED, EnrolmentState.SUSPENDED)

ENROLMENT_MOVES = Moves(
    EnrolmentState,
    {
        ("proposed", "approved"): Move("programmes.cycle.approve", second_person=True),
        ("proposed", "refused"): Move("programmes.cycle.withdraw", reason=True),
        ("approved", "suspended"): Move("programmes.enrolment.suspend", reason=True),
        ("suspended", "approved"): Move("programmes.enrolment.restore", reason=True),
        ("approved", "closed"): Move("programmes.enrolment.close", reason=True),
        ("suspended", "closed"): Move("programmes.enrolment.close", reason=True),
    },
)  # of schemes that are run here; places of other departments' lists are what the newest list says


class CycleState(models.TextChoices):
    """States of a cycle: opened with a budget, its list proposed, approved by another person."""

    OPEN = "open", pgettext_lazy("cycle", "open")
    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("withdrawn")


CYCLE_MOVES = Moves(
    CycleState,
    {
        ("open", "proposed"): Move("programmes.cycle.propose"),
        ("open", "withdrawn"): Move("programmes.cycle.withdraw", reason=True),
        ("proposed", "approved"): Move("programmes.cycle.approve", second_person=True),
        ("proposed", "withdrawn"): Move("programmes.cycle.withdraw", reason=True),
    },
)  # "approved" and "withdrawn" are final: what is approved is frozen


class OverlapState(models.TextChoices):
    """States of an overlap; ``gone``: what the newest data say no longer overlaps."""

    OPEN = "open", pgettext_lazy("overlap", "to decide")
    KEPT = "kept", _("kept")
    ENDING = "ending", _("one is to end")
    REFERRED = "referred", _("referred")
    GONE = "gone", pgettext_lazy("overlap", "gone")


OVERLAP_MOVES = Moves(
    OverlapState,
    {
        ("open", "kept"): Move("programmes.overlap.decide", reason=True),
        ("open", "ending"): Move("programmes.overlap.decide", reason=True),
        ("open", "referred"): Move("programmes.overlap.decide", reason=True),
        ("referred", "kept"): Move("programmes.overlap.decide", reason=True),
        ("referred", "ending"): Move("programmes.overlap.decide", reason=True),
        ("open", "gone"): Move("programmes.overlap.find"),
        ("kept", "gone"): Move("programmes.overlap.find"),
        ("ending", "gone"): Move("programmes.overlap.find"),
        ("referred", "gone"): Move("programmes.overlap.find"),
        ("gone", "open"): Move("programmes.overlap.find"),
    },
)


class ProposalState(models.TextChoices):
    """States of a proposal that followed from a profile that moved."""

    OPEN = "open", pgettext_lazy("proposal", "to decide")
    TAKEN = "taken", _("taken up")
    DISMISSED = "dismissed", _("dismissed")
    LAPSED = "lapsed", _("lapsed")


PROPOSAL_MOVES = Moves(
    ProposalState,
    {
        ("open", "taken"): Move("programmes.proposal.decide", reason=True),
        ("open", "dismissed"): Move("programmes.proposal.decide", reason=True),
        ("open", "lapsed"): Move("programmes.eligibility.review"),
    },
)  # "lapsed": the facts moved back, or a cycle has taken them into account
