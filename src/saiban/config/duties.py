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
    "registry.correction.view",
    "registry.household.list",
    "registry.knowledge.view",
    "registry.finding.list",
    "registry.finding.view",
    "registry.person.view",
    "scoring.score.view",
    "scoring.scorecard.view",
    "intake.source.view",
    "scoring.rule.view",
    "programmes.scheme.view",
    "programmes.enrolment.view",
    "programmes.overlap.view",
    "programmes.unserved.list",
}
_CORRECT = {"intake.observation.record", "registry.correction.propose", "registry.correction.withdraw"}
_DECIDE_CORRECTIONS = {  # of others; of one's own only lifting what needed no second person
    "registry.correction.approve",
    "registry.correction.refuse",
    "registry.correction.lift",
}
_READ_PROGRAMMES = {
    "scoring.rule.view",
    "scoring.rule.preview",
    "programmes.scheme.view",
    "programmes.enrolment.view",
    "programmes.overlap.view",
    "programmes.unserved.list",
    "programmes.cycle.view",
    "programmes.proposal.list",
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
                "core.lake.view",
                "partners.partner.view",
                "partners.agreement.approve",
                "partners.agreement.end",
                "intake.source.view",
                "intake.batch.view",
                "scoring.scorecard.view",
                "scoring.rule.view",
                "programmes.scheme.view",
            }
        ),
        frozenset({"ordinary"}),
    ),
    Role.DATA_MANAGER: Grant(
        frozenset(
            _EVERYONE
            | _READ_PEOPLE
            | _CORRECT
            | _DECIDE_CORRECTIONS
            | {
                "core.lake.ask",
                "core.lake.view",
                "intake.batch.view",
                "intake.batch.receive",
                "intake.batch.download_rejected",
                "registry.finding.join",
                "registry.finding.keep_apart",
                "registry.finding.reopen",
                "registry.number.unmask",
                "registry.household.export",
                "registry.erasure.view",
                "registry.erasure.request",
                "partners.partner.view",
                "partners.agreement.prepare",
                "scoring.scorecard.approve",
                "scoring.scorecard.retire",
                "programmes.overlap.export",
                "programmes.unserved.export",
            }
        ),
        frozenset({"ordinary", "personal", "sensitive"}),
    ),
    Role.ANALYST: Grant(
        frozenset(
            _EVERYONE
            | {
                "core.lake.view",
                "desk.moved.view",
                "registry.household.view",
                "registry.household.list",
                "registry.knowledge.view",
                "registry.finding.list",
                "scoring.score.view",
                "scoring.scorecard.view",
                "scoring.scorecard.add",
                "scoring.scorecard.test",
                "scoring.rule.view",
                "scoring.rule.preview",
                "scoring.rule.add",
                "scoring.rule.test",
                "programmes.scheme.view",
                "programmes.cycle.view",
                "intake.source.view",
                "intake.batch.view",
                "partners.partner.view",
            }
        ),
        frozenset({"ordinary"}),
    ),
    Role.CLERK: Grant(
        frozenset(
            _EVERYONE
            | _READ_PEOPLE
            | _CORRECT
            | {
                "registry.finding.join",
                "registry.finding.keep_apart",
                "registry.finding.reopen",
            }
        ),
        frozenset({"ordinary", "personal"}),
    ),
    Role.DISTRICT_OFFICER: Grant(
        frozenset(
            _EVERYONE
            | _READ_PEOPLE
            | _CORRECT
            | _DECIDE_CORRECTIONS
            | {
                "intake.batch.view",
                "registry.finding.join",
                "registry.finding.keep_apart",
                "registry.finding.reopen",
                "registry.number.unmask",
                "registry.household.export",
                "registry.erasure.view",
                "registry.erasure.request",
                "partners.partner.view",
                "programmes.overlap.decide",
                "programmes.overlap.export",
                "programmes.unserved.export",
                "programmes.cycle.view",
                "programmes.proposal.list",
                "programmes.proposal.decide",
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
                "core.lake.view",
                "partners.partner.view",
                "intake.source.view",
                "intake.batch.view",
                "registry.knowledge.view",
                "registry.erasure.view",
                "scoring.scorecard.view",
                "scoring.rule.view",
                "programmes.scheme.view",
                "programmes.cycle.view",
            }
        ),
        frozenset({"ordinary"}),
    ),
    Role.PROGRAMME_MANAGER: Grant(
        frozenset(
            _EVERYONE
            | _READ_PEOPLE
            | _READ_PROGRAMMES
            | {
                "intake.batch.view",
                "intake.batch.receive",
                "intake.batch.download_rejected",
                "partners.partner.view",
                "scoring.rule.add",
                "scoring.rule.test",
                "scoring.rule.retire",
                "programmes.scheme.set_up",
                "programmes.cycle.open",
                "programmes.cycle.propose",
                "programmes.cycle.withdraw",
                "programmes.paylist.download",
                "programmes.enrolment.suspend",
                "programmes.enrolment.restore",
                "programmes.enrolment.close",
                "programmes.overlap.decide",
                "programmes.overlap.export",
                "programmes.unserved.export",
                "programmes.proposal.decide",
            }
        ),
        frozenset({"ordinary", "personal", "sensitive"}),
    ),
    Role.APPROVER: Grant(
        frozenset(
            _EVERYONE
            | _READ_PEOPLE
            | _READ_PROGRAMMES
            | {
                "intake.batch.view",
                "partners.partner.view",
                "registry.erasure.view",
                "registry.erasure.decide",
                "scoring.rule.approve",
                "scoring.rule.retire",
                "programmes.cycle.approve",
                "programmes.cycle.withdraw",
                "programmes.paylist.download",
            }
        ),
        frozenset({"ordinary", "personal", "sensitive"}),
    ),
    Role.SYSTEM: Grant(
        frozenset(
            {
                "core.actor.create",
                "core.duty.give",
                "core.lake.rebuild",
                "core.lake.sweep",
                "core.lake.write",
                "core.seals.renew",
                "core.tokens.begin_rotation",
                "core.tokens.fill",
                "core.tokens.switch",
                "partners.agreement.prepare",
                "partners.agreement.approve",
                "partners.partner.view",
                "intake.source.view",
                "intake.source.add",
                "intake.batch.view",
                "intake.batch.receive",
                "intake.batch.check",
                "intake.batch.note_outcome",
                "intake.part.load",
                "intake.part.mark_applied",
                "intake.observation.record",
                "intake.subject.erase",
                "registry.correction.expire",
                "registry.part.apply",
                "registry.part.refresh",
                "registry.part.renew_names",
                "registry.erasure.carry_out",
                "registry.batch.close_survey",
                "registry.knowledge.count",
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
                "scoring.rule.view",
                "desk.area.count",
                "programmes.scheme.view",
                "programmes.list.take",
                "programmes.enrolment.attach",
                "programmes.enrolment.view",
                "programmes.overlap.view",
                "programmes.overlap.find",
                "programmes.eligibility.review",
                "programmes.unserved.list",
                "messages.message.send",
            }
        ),
        frozenset({"ordinary", "personal", "sensitive"}),
    ),
}
