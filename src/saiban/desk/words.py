"""What the permanent names of acts, steps and things are called where people read them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from saiban.ui.components import Words

ACTIONS: dict[str, Words] = {
    "core.actor.activate": _("opened a log-in again"),
    "core.actor.change_password": _("changed the password"),
    "core.actor.create": _("opened a log-in"),
    "core.actor.deactivate": _("closed a log-in"),
    "core.actor.log_in": _("tried to log in"),
    "core.actor.reset_password": _("gave a one-time password"),
    "core.actor.set_language": _("chose a language"),
    "core.audit.export": _("took the audit along"),
    "core.audit.view": _("read the audit"),
    "core.duty.end": _("ended a duty"),
    "core.duty.enter": _("took up a duty"),
    "core.duty.give": _("gave a duty"),
    "core.lake.ask": _("had the lake written"),
    "core.lake.rebuild": _("built the lake anew"),
    "core.lake.sweep": _("removed former versions of the lake"),
    "core.lake.write": _("wrote to the lake what had moved"),
    "core.seals.renew": _("sealed anew under the current key"),
    "core.tokens.begin_rotation": _("began to renew the tokens of numbers"),
    "core.tokens.fill": _("made second tokens of numbers"),
    "core.tokens.switch": _("changed the tokens of numbers over"),
    "desk.area.count": _("counted how areas stand"),
    "desk.moved.view": _("looked at what a batch moved"),
    "desk.today.view": _("looked at today"),
    "intake.batch.download_rejected": _("downloaded rejected rows"),
    "intake.batch.check": _("checked a batch"),
    "intake.batch.load": _("loaded a batch"),
    "intake.batch.mark_applied": _("noted that a batch was applied"),
    "intake.batch.note_outcome": _("noted what became of a batch"),
    "intake.batch.receive": _("received a file"),
    "intake.part.load": _("loaded a part of a batch"),
    "intake.part.mark_applied": _("noted that a part of a batch was applied"),
    "intake.observation.record": _("recorded an observation"),
    "intake.source.add": _("added a source"),
    "intake.subject.erase": _("destroyed salts and names of the erased"),
    "messages.message.read": _("read a message"),
    "messages.message.send": _("sent a message"),
    "partners.agreement.approve": _("approved an agreement"),
    "partners.agreement.end": _("ended an agreement"),
    "partners.agreement.prepare": _("prepared an agreement"),
    "programmes.enrolment.attach": _("let enrolments follow people who moved"),
    "programmes.enrolment.view": _("looked at enrolments"),
    "programmes.list.take": _("took enrolments from a list"),
    "programmes.unserved.export": _("took a list of the unserved along"),
    "programmes.unserved.list": _("looked at a list of the unserved"),
    "programmes.overlap.decide": _("decided on an overlap"),
    "programmes.overlap.export": _("took a list of overlaps along"),
    "programmes.overlap.find": _("looked for overlaps"),
    "programmes.overlap.view": _("looked at overlaps"),
    "programmes.cycle.approve": _("approved the list of a cycle"),
    "programmes.cycle.open": _("opened a cycle"),
    "programmes.cycle.propose": _("proposed the list of a cycle"),
    "programmes.cycle.withdraw": _("withdrew a cycle"),
    "programmes.eligibility.review": _("judged anew who is eligible"),
    "programmes.enrolment.close": _("closed a place in a scheme"),
    "programmes.enrolment.restore": _("restored a place in a scheme"),
    "programmes.enrolment.suspend": _("suspended a place in a scheme"),
    "programmes.paylist.download": _("downloaded a list to pay"),
    "programmes.proposal.decide": _("decided a proposal"),
    "programmes.proposal.list": _("looked at proposals"),
    "programmes.scheme.set_up": _("set up a scheme"),
    "registry.batch.apply": _("applied a batch"),
    "registry.part.apply": _("applied a part of a batch"),
    "registry.part.refresh": _("rebuilt the profiles that a part of a batch touched"),
    "registry.part.renew_names": _("renewed the names by which the people of a part are found"),
    "registry.erasure.carry_out": _("carried an erasure out"),
    "registry.erasure.decide": _("decided on an erasure"),
    "registry.erasure.request": _("asked for an erasure"),
    "registry.erasure.view": _("looked at erasures"),
    "registry.batch.close_survey": _("told whom a survey did not find"),
    "registry.finding.join": _("joined two households"),
    "registry.finding.keep_apart": _("kept two households apart"),
    "registry.finding.list": _("looked at what a survey found"),
    "registry.finding.reopen": _("took a decision on two households back"),
    "registry.finding.view": _("looked at two households side by side"),
    "registry.correction.approve": _("approved a correction"),
    "registry.correction.expire": _("ended corrections whose day had come"),
    "registry.correction.lift": _("lifted a correction"),
    "registry.correction.propose": _("proposed a correction"),
    "registry.correction.refuse": _("refused a correction"),
    "registry.correction.view": _("looked at corrections"),
    "registry.correction.withdraw": _("withdrew a correction"),
    "registry.household.export": _("took a list of households along"),
    "registry.household.list": _("looked at a list of households"),
    "registry.household.view": _("looked at a household"),
    "registry.knowledge.count": _("counted what is known"),
    "registry.number.unmask": _("unmasked a number"),
    "registry.person.view": _("looked at a person"),
    "registry.profile.publish_scores": _("put scores into profiles"),
    "registry.profile.refresh": _("refreshed profiles"),
    "registry.value.correct": _("corrected a value"),
    "scoring.rule.add": _("added a rule"),
    "scoring.rule.approve": _("approved a rule"),
    "scoring.rule.preview": _("looked at whom a rule would select"),
    "scoring.rule.retire": _("retired a rule"),
    "scoring.rule.test": _("tested a rule"),
    "scoring.score.publish": _("published scores"),
    "scoring.score.view": _("looked at scores"),
    "scoring.scorecard.add": _("added a scorecard"),
    "scoring.scorecard.approve": _("approved a scorecard"),
    "scoring.scorecard.retire": _("retired a scorecard"),
    "scoring.scorecard.test": _("tested a scorecard"),
}

STEPS: dict[str, Words] = {
    "read": _("reading the file"),
    "check": _("checking the rows"),
    "seal": _("sealing numbers and names"),
    "load": _("writing observations"),
    "people": _("finding households and persons"),
    "lake.notes": _("writing what has moved"),
    "lake.households": _("writing households"),
    "lake.persons": _("writing persons"),
    "lake.scores": _("writing scores"),
    "lake.enrolments": _("writing enrolments"),
    "profiles": _("resolving profiles"),
    "judge": _("judging by the rule"),
    "overlaps": _("looking for other benefits"),
    "select": _("choosing within the budget"),
}

THINGS: dict[str, Words] = {
    "core.actor": _("log-in"),
    "core.duty": _("duty"),
    "intake.batch": _("batch"),
    "intake.observation": _("observation"),
    "intake.source": _("source"),
    "partners.agreement": _("agreement"),
    "partners.partner": _("partner"),
    "programmes.overlap": _("overlap"),
    "programmes.cycle": _("cycle"),
    "programmes.enrolment": _("enrolment"),
    "programmes.proposal": _("proposal"),
    "programmes.scheme": _("scheme"),
    "intake.subject": _("subject"),
    "registry.erasure": _("erasure"),
    "registry.finding": _("finding of a survey"),
    "registry.correction": _("correction"),
    "registry.household": _("household"),
    "registry.identifier": _("number"),
    "registry.person": _("person"),
    "saiban_messages.message": _("message"),
    "scoring.score": _("score"),
    "scoring.rule": _("rule"),
    "scoring.scorecard": _("scorecard"),
}


def action(name: str) -> Words:
    """Return what an act is called; its permanent name where it has no words."""
    return ACTIONS.get(name, name)


def step(code: str) -> Words:
    """Return what a step of long work is called."""
    return STEPS.get(code, code)


def thing(kind: str) -> Words:
    """Return what a kind of thing is called."""
    return THINGS.get(kind, kind)


def see(kind: str) -> Words:
    """Return the words of a link to what was worked on."""
    return _("See the batch") if kind == "intake.batch" else thing(kind)
