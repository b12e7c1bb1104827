"""What this room shows on the pages of households and persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from saiban.core.models import Actor
from saiban.data import facts
from saiban.data.dictionary import fields
from saiban.programmes.models import Candidate, CandidateOutcome, Enrolment, Overlap
from saiban.programmes.queries import benefits as queries
from saiban.programmes.queries.benefits import Benefits
from saiban.programmes.words import benefit, name_of
from saiban.ui.slots import Panel
from saiban.ui.words import NOTHING, field_label

Context = dict[str, Any]


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
        missing = ", ".join(_input_label(code) for code in because.get("missing", ()))
        return _("Not known: %(fields)s.") % {"fields": missing}
    if one.outcome == CandidateOutcome.NO_BUDGET and one.rank:
        return _("Eligible, at place %(rank)s in line; the budget of the cycle ends before.") % {
            "rank": one.rank
        }
    return str(one.get_outcome_display())


def _fact_name(known: facts.SchemeFact) -> str:
    from django.utils.translation import get_language

    return known.name_ur if get_language() == "ur" else known.name


def _input_label(code: str) -> str:
    """What an input of a rule is called: a field of a household or person, the age, the score."""
    special = {"age": _("age"), "score_pmt": _("poverty score")}
    if code in special:
        return special[code]
    level: Any = "person" if code in fields("person") else "household"
    return field_label(code, level) if code in fields(level) else code


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
        "registry.person.main",
        "benefits",
        "programmes.enrolment.view",
        benefits_of_person,
        "programmes/benefits.html",
        5,
    ),
]
