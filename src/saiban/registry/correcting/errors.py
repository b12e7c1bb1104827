"""What the services of corrections refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from saiban.core.errors import Refused


class AlreadyProposed(Refused):
    """Two proposals for one answer would wait for two decisions."""

    code = "registry.correction_already_proposed"
    sentence = _(
        "A correction of this answer waits for approval already. Wait for the decision, or withdraw it first."
    )


class NotAgreed(Refused):
    """No agreement in force covers what a clerk would say."""

    code = "registry.correction_not_agreed"
    sentence = _(
        "No agreement in force lets clerks speak of this answer. An administrator sees which one has ended."
    )


class DayHasCome(Refused):
    """The proposal waited longer than it would have held."""

    code = "registry.correction_day_has_come"
    sentence = _(
        "The day until which this correction would hold has come. Refuse it; it can be proposed anew."
    )


class OnlyTheProposer(Refused):
    """A proposal is taken back by who made it; others refuse it."""

    code = "registry.correction_of_another"
    status = 403
    sentence = _("Only the person who proposed a correction can withdraw it.")
