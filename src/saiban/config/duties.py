"""What each role allows: the one table. A permission is the dotted name of a service or look.

``sees`` are the sensitivities of dictionary fields that the duty shows; what it does not show is not
selected.
"""

from saiban.core.access import Grant
from saiban.core.models import Role

_EVERYONE = {
    "core.progress.view",
    "desk.today.view",
    "messages.message.view",
    "messages.message.read",
}
_READ_PEOPLE = {
    "desk.moved.view",
    "registry.household.view",
    "registry.household.list",
    "registry.person.view",
    "scoring.score.view",
    "scoring.scorecard.view",
    "intake.source.view",
}

DUTIES: dict[str, Grant] = {
    Role.ADMINISTRATOR: Grant(
        frozenset(
            _EVERYONE
            | {
                "core.actor.view",
                "core.actor.create",
                "core.actor.deactivate",
                "core.actor.activate",
                "core.actor.reset_password",
                "core.duty.give",
                "core.duty.end",
                "partners.partner.view",
                "partners.agreement.approve",
                "partners.agreement.end",
                "intake.source.view",
                "intake.batch.view",
                "scoring.scorecard.view",
            }
        ),
        frozenset({"ordinary"}),
    ),
    Role.DATA_MANAGER: Grant(
        frozenset(
            _EVERYONE
            | _READ_PEOPLE
            | {
                "intake.batch.view",
                "intake.batch.receive",
                "intake.batch.download_rejected",
                "intake.observation.record",
                "registry.value.correct",
                "registry.number.unmask",
                "registry.household.export",
                "partners.partner.view",
                "partners.agreement.prepare",
                "scoring.scorecard.approve",
                "scoring.scorecard.retire",
            }
        ),
        frozenset({"ordinary", "personal", "sensitive"}),
    ),
    Role.ANALYST: Grant(
        frozenset(
            _EVERYONE
            | {
                "desk.moved.view",
                "registry.household.view",
                "registry.household.list",
                "scoring.score.view",
                "scoring.scorecard.view",
                "scoring.scorecard.add",
                "scoring.scorecard.test",
                "intake.source.view",
                "intake.batch.view",
                "partners.partner.view",
            }
        ),
        frozenset({"ordinary"}),
    ),
    Role.CLERK: Grant(
        frozenset(_EVERYONE | _READ_PEOPLE | {"intake.observation.record", "registry.value.correct"}),
        frozenset({"ordinary", "personal"}),
    ),
    Role.DISTRICT_OFFICER: Grant(
        frozenset(
            _EVERYONE
            | _READ_PEOPLE
            | {
                "intake.batch.view",
                "intake.observation.record",
                "registry.value.correct",
                "registry.number.unmask",
                "registry.household.export",
                "partners.partner.view",
            }
        ),
        frozenset({"ordinary", "personal", "sensitive"}),
    ),
    Role.AUDITOR: Grant(
        frozenset(
            _EVERYONE
            | {
                "core.audit.view",
                "core.audit.export",
                "core.actor.view",
                "partners.partner.view",
                "intake.source.view",
                "intake.batch.view",
                "scoring.scorecard.view",
            }
        ),
        frozenset({"ordinary"}),
    ),
    Role.SYSTEM: Grant(
        frozenset(
            {
                "core.actor.create",
                "core.duty.give",
                "partners.agreement.prepare",
                "partners.agreement.approve",
                "partners.partner.view",
                "intake.source.view",
                "intake.source.add",
                "intake.batch.view",
                "intake.batch.receive",
                "intake.batch.load",
                "intake.batch.mark_applied",
                "intake.batch.note_outcome",
                "intake.observation.record",
                "registry.batch.apply",
                "registry.profile.refresh",
                "registry.profile.publish_scores",
                "registry.household.view",
                "registry.household.list",
                "scoring.scorecard.view",
                "scoring.scorecard.add",
                "scoring.scorecard.test",
                "scoring.scorecard.approve",
                "scoring.score.publish",
                "scoring.score.view",
                "messages.message.send",
            }
        ),
        frozenset({"ordinary", "personal", "sensitive"}),
    ),
}
