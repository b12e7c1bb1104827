"""What this room shows on the pages of households and persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from saiban.core.models import Actor
from saiban.data import facts
from saiban.programmes.cycle_words import clauses, input_label
from saiban.programmes.models import Candidate, CandidateOutcome, Enrolment, Overlap, Scheme
from saiban.programmes.queries import benefits as queries
from saiban.programmes.queries.benefits import Benefits
from saiban.programmes.words import benefit, name_of
from saiban.scoring.judging import judge_one
from saiban.ui.components import Words
from saiban.ui.slots import Panel
from saiban.ui.words import NOTHING

if TYPE_CHECKING:
    from saiban.calc.rules import Answer

Context = dict[str, Any]
ANSWERS: Mapping[str, Words] = {
    "eligible": gettext_lazy("eligible"),
    "not_eligible": gettext_lazy("not eligible"),
    "unknown": gettext_lazy("not known whether eligible"),
}


def benefits_of_household(actor: Actor, household_ids: Sequence[int]) -> Context:
    """Every place of the household and its members, what they come to, and where they overlap (2 queries)."""
    return _benefits(queries.benefits_of_household(actor=actor, household_ids=household_ids), whole=True)


def benefits_of_person(actor: Actor, person_ids: Sequence[int]) -> Context:
    """Every place of the person (2 queries)."""
    return _benefits(queries.benefits_of_person(actor=actor, person_ids=person_ids), whole=False)


def _benefits(found: Benefits, *, whole: bool) -> Context:
    return {
        "held": [_place(one, shows_names=found.shows_names) for one in found.held],
        "former": [_place(one, shows_names=found.shows_names) for one in found.former],
        "overlaps": [_overlap(one) for one in found.overlaps],
        "yearly_paisa": found.yearly_paisa,
        "whole": whole,
    }


def _place(one: Enrolment, *, shows_names: bool) -> Context:
    return {
        "scheme": one.scheme,
        "agency": name_of(one.scheme.agency),
        "who": _who(one, shows_names=shows_names),
        "since": one.starts_on,
        "until": one.ends_on,
        "benefit": benefit(one.amount_paisa, one.period) if one.amount_paisa else one.get_benefit_display(),
        "yearly_paisa": one.yearly_paisa or None,
        "whence": _whence(one),
        "seen_on": one.seen_on,
        "state": one.state,
        "state_words": one.get_state_display(),
        "runs": one.state == "approved",
        "reason": one.reason,
    }


def _who(one: Enrolment | Candidate, *, shows_names: bool) -> str:
    if one.person is None:
        return _("the household")
    return (str(one.person) if shows_names else "") or _("a member of the household")


def _whence(one: Enrolment) -> str:
    if one.cycle is not None:
        return _("cycle %(number)s, run here") % {"number": one.cycle.number}
    return str(one.batch.source) if one.batch else NOTHING


def _overlap(one: Overlap) -> Context:
    schemes = [str(one.left.scheme)]
    if one.right is not None and one.right.scheme_id != one.left.scheme_id:
        schemes.append(str(one.right.scheme))
    return {
        "row": one,
        "kind": one.get_kind_display(),
        "schemes": schemes,
        "yearly_paisa": one.yearly_paisa,
        "url": reverse("programmes:overlap", args=[one.pk]),
    }


def left_out(actor: Actor, household_ids: Sequence[int]) -> Context | None:
    """What kept the household or a member out of cycles that are run here (1 query)."""
    found = queries.left_out(actor=actor, household_ids=household_ids)
    if not found:
        return None
    names = actor.sees("personal")
    lines = [
        {
            "scheme": one.cycle.scheme,
            "cycle": one.cycle.number,
            "who": _who(one, shows_names=names),
            "why": why(one),
        }
        for one in found
    ]
    return {"lines": lines}


def why(one: Candidate) -> str:
    """Why a candidate was not selected, in one sentence."""
    because: Mapping[str, Any] = one.because
    if one.outcome == CandidateOutcome.OVERLAP:
        code = str(because.get("scheme", ""))
        known = facts.schemes().get(code)
        words = {"scheme": _fact_name(known) if known else code}
        return _("Already in %(scheme)s, which excludes this scheme.") % words
    if one.outcome == CandidateOutcome.UNKNOWN:
        missing = ", ".join(input_label(code) for code in because.get("missing", ()))
        return _("Not known: %(fields)s.") % {"fields": missing}
    if one.outcome == CandidateOutcome.NO_BUDGET and one.rank:
        return _("Eligible, at place %(rank)s in line; the budget of the cycle ends before.") % {
            "rank": one.rank
        }
    return str(one.get_outcome_display())


def eligibility_of_household(actor: Actor, household_ids: Sequence[int]) -> Context | None:
    """What the rules of schemes for households that are run here say of it, clause by clause (a query for the
    schemes, one for each of them)."""
    return _eligibility(actor, "household", household_id=household_ids[0])


def eligibility_of_person(actor: Actor, person_ids: Sequence[int]) -> Context | None:
    """The same of a person, by the rules of schemes for persons."""
    return _eligibility(actor, "person", person_id=person_ids[0])


def _eligibility(actor: Actor, unit: str, **of: int) -> Context | None:
    """None for a duty that does not show every field: what a clause finds would tell it."""
    if not actor.sees("sensitive"):
        return None
    lines = [
        _judged(row, answer)
        for row in queries.run_here(actor=actor, unit=unit)
        if row.rule and (answer := judge_one(row.rule, on=timezone.localdate(), decides=False, **of))
    ]
    return {"lines": lines} if lines else None


def _judged(scheme: Scheme, answer: Answer) -> Context:
    words = clauses(scheme.rule) if scheme.rule else []
    found = zip(words, answer.clauses, strict=True)
    return {
        "scheme": scheme,
        "answer": answer.answer,
        "words": ANSWERS[answer.answer],
        "clauses": [{"words": text, "holds": clause.holds} for text, clause in found],
        "because": ", ".join(input_label(code) for code in answer.because),
    }


def _fact_name(known: facts.SchemeFact) -> str:
    return known.name_ur if get_language() == "ur" else known.name


PANELS = [
    Panel(
        "registry.household.main",
        "benefits",
        "programmes.enrolment.view",
        benefits_of_household,
        "programmes/benefits.html",
        5,
    ),
    Panel(
        "registry.household.main",
        "left-out",
        "programmes.enrolment.view",
        left_out,
        "programmes/left_out.html",
        6,
    ),
    Panel(
        "registry.household.erased",
        "benefits",
        "programmes.enrolment.view",
        benefits_of_household,
        "programmes/benefits.html",
        5,
    ),
    Panel(
        "registry.person.main",
        "benefits",
        "programmes.enrolment.view",
        benefits_of_person,
        "programmes/benefits.html",
        5,
    ),
    Panel(
        "registry.household.main",
        "eligibility",
        "programmes.cycle.view",
        eligibility_of_household,
        "programmes/eligibility.html",
        7,
    ),
    Panel(
        "registry.person.main",
        "eligibility",
        "programmes.cycle.view",
        eligibility_of_person,
        "programmes/eligibility.html",
        7,
    ),
]
