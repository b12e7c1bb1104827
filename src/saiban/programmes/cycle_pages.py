"""What the pages of schemes that are run here show: plain values for the templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from saiban.core.errors import Refused
from saiban.core.models import Actor
from saiban.programmes import choosing
from saiban.programmes.cycle_words import clauses, explained, why
from saiban.programmes.models import CandidateOutcome, Cycle, Enrolment, Scheme
from saiban.programmes.periods import in_words, periods_of
from saiban.programmes.queries import cycles as queries
from saiban.programmes.queries.cycles import EnrolmentPage
from saiban.programmes.queries.paylist import PeriodToPay
from saiban.programmes.services.cycles import ask_covered
from saiban.programmes.transitions import CYCLE_MOVES, ENROLMENT_MOVES
from saiban.programmes.words import benefit, name_of
from saiban.ui import words
from saiban.ui.charts import Part
from saiban.ui.components import Action, Figure, Job, Link, Page, Step

Context = dict[str, Any]
STEPS = {
    "judge": gettext_lazy("judging by the rule"),
    "overlaps": gettext_lazy("looking for other benefits"),
    "select": gettext_lazy("choosing within the budget"),
}
MOVES = {
    "programmes.cycle.propose": ("programmes:cycle-propose", gettext_lazy("Make the list")),
    "programmes.cycle.approve": ("programmes:cycle-approve", gettext_lazy("Approve the list")),
    "programmes.cycle.withdraw": ("programmes:cycle-withdraw", gettext_lazy("Withdraw")),
}
STEPS_OF_PLACES = {
    "programmes.enrolment.suspend": ("programmes:enrolment-suspend", gettext_lazy("Suspend")),
    "programmes.enrolment.restore": ("programmes:enrolment-restore", gettext_lazy("Restore")),
    "programmes.enrolment.close": ("programmes:enrolment-close", gettext_lazy("Close")),
}
DONE = {
    "programmes.enrolment.suspend": gettext_lazy("suspended"),
    "programmes.enrolment.restore": gettext_lazy("restored"),
    "programmes.enrolment.close": gettext_lazy("closed"),
}


def name(cycle: Cycle) -> str:
    """A cycle by its number."""
    return _("Cycle %(number)s") % {"number": cycle.number}


def trail_of_scheme(scheme: Scheme) -> list[Link]:
    """The way from the catalogue to a scheme."""
    url = reverse("programmes:scheme", args=[scheme.pk])
    return [Link(_("Schemes"), reverse("programmes:schemes")), Link(str(scheme), url)]


def trail_of(cycle: Cycle) -> list[Link]:
    """The way from the catalogue to a cycle."""
    return [*trail_of_scheme(cycle.scheme), Link(name(cycle), reverse("programmes:cycle", args=[cycle.pk]))]


def may_decide(actor: Actor, cycle: Cycle) -> bool:
    """Whether the duty is of the cycle's department and covers its area."""
    try:
        ask_covered(actor, cycle)
    except Refused:
        return False
    return True


def cycle(actor: Actor, row: Cycle) -> Context:
    """The page of a cycle."""
    due = choosing.terms(row)
    job = job_of(row)
    return {
        "page": Page(
            f"{row.scheme}: {name(row)}",
            identity=[f"{words.day(row.starts_on)} – {words.day(row.ends_on)}", name_of(row.area)],
            trail=trail_of_scheme(row.scheme),
            actions=_actions(actor, row, is_busy=bool(job and job.going)),
        ),
        "row": row,
        "job": job,
        "reload_seconds": 3 if job and job.going else None,
        "figures": _figures(row, due),
        "steps": _funnel(row),
        "parts": parts(row),
        "clauses": clauses(row.rule),
        "benefit": benefit(row.benefit_paisa, row.period),
        "may_see_people": actor.may("programmes.enrolment.view"),
        "may_see_rules": actor.may("scoring.rule.view"),
        "is_own": actor.pk in (row.prepared_by_id, row.proposed_by_id),
        "fallen": row.figures.get("fallen", 0),
    }


def _actions(actor: Actor, row: Cycle, *, is_busy: bool) -> list[Action]:
    """The steps that this actor may take now, the main one last."""
    if is_busy or not may_decide(actor, row):
        return []
    prepared = {row.prepared_by_id, row.proposed_by_id}
    found = []
    for step in CYCLE_MOVES.from_state(row.state).values():
        if actor.may(step.permission) and not (step.second_person and actor.pk in prepared):
            url, label = MOVES[step.permission]
            is_main = step.permission != "programmes.cycle.withdraw"
            found.append(Action(label, reverse(url, args=[row.pk]), main=is_main))
    if row.state == "approved" and actor.may("programmes.paylist.download"):
        found.append(Action(_("List to pay"), reverse("programmes:paylist", args=[row.pk]), main=True))
    return sorted(found, key=lambda action: action.main)


def job_of(row: Cycle) -> Job | None:
    """The making of the list, while it goes on or where it broke off."""
    seen = queries.latest_progress(row)
    if seen is None or seen.state == "done" or row.state != "open":
        return None
    return Job(
        _("Making the list"),
        seen.done,
        seen.total,
        reverse("programmes:cycle", args=[row.pk]),
        seen.state,  # type: ignore[arg-type]
        step=STEPS.get(seen.step, ""),
        seconds=(seen.updated_at - seen.started_at).total_seconds() if seen.started_at else None,
        error=seen.error,
    )


def _figures(row: Cycle, due: choosing.Terms) -> list[Figure]:
    count = len(periods_of(row.starts_on, row.ends_on, row.period))
    each = _("%(benefit)s, %(periods)s") % {
        "benefit": benefit(row.benefit_paisa, row.period),
        "periods": in_words(count),
    }
    figures = [
        Figure(_("Budget"), words.rupees(row.budget_paisa), _("for the whole cycle")),
        Figure(_("One place costs"), words.rupees(due.cost_paisa), each),
        Figure(_("Places paid for"), words.number(due.places), _("as far as the budget goes")),
    ]
    if row.figures:
        cost = row.figures.get("approved_paisa", row.figures["cost_paisa"])
        why_so = _("of the approved list") if row.state == "approved" else _("of the proposed list")
        figures.append(Figure(_("Cost"), words.rupees(cost), why_so))
    return figures


def _funnel(row: Cycle) -> list[Step]:
    """From all whom the rule was asked about to those on the list."""
    if not row.figures:
        return []
    answers, outcomes = row.figures["answers"], row.figures["outcomes"]
    candidates_url = reverse("programmes:cycle-candidates", args=[row.pk])
    found = [
        Step(_("Judged by the rule"), sum(answers.values())),
        Step(_("Eligible"), answers.get("eligible", 0)),
    ]
    for code, rejected in (("unknown", True), ("overlap", True), ("no_budget", True), ("enrolled", False)):
        if outcomes.get(code):
            url = f"{candidates_url}?outcome={code}"
            found.append(Step(CandidateOutcome(code).label, outcomes[code], "", url, rejected))
    url = f"{candidates_url}?outcome=selected"
    last = row.figures.get("last_score")
    note = _("up to a score of %(score)s") % {"score": words.score(last)} if last else ""
    return [*found, Step(CandidateOutcome.SELECTED.label, outcomes.get("selected", 0), note, url)]


def parts(row: Cycle) -> list[Part]:
    """What became of the candidates, as parts of a whole."""
    counts = row.figures.get("outcomes", {})
    return [Part(str(label), counts[code]) for code, label in CandidateOutcome.choices if counts.get(code)]


def to_approve(row: Cycle) -> list[str]:
    """What follows from an approval."""
    outcomes, fall = row.figures.get("outcomes", {}), queries.to_fall(row)
    selected = outcomes.get("selected", 0) - fall
    found = [
        ngettext("%(count)s is enrolled.", "%(count)s are enrolled.", selected)
        % {"count": words.number(selected)},
        _("Each gets %(benefit)s, for %(periods)s.")
        % {
            "benefit": benefit(row.benefit_paisa, row.period),
            "periods": in_words(len(periods_of(row.starts_on, row.ends_on, row.period))),
        },
        _("The list is frozen: its SHA-256 is kept, and a later fact changes no entitlement."),
        _("Your name stands beside it as the one who approved it."),
    ]
    if fall:
        found.insert(1, _fall_in_words(fall))
    return found


def _fall_in_words(fall: int) -> str:
    return ngettext(
        "%(count)s falls off the list: since it was made, another place has come up that excludes this one.",
        "%(count)s fall off the list: since it was made, other places have come up that exclude this one.",
        fall,
    ) % {"count": words.number(fall)}


def enrolment(actor: Actor, shown: EnrolmentPage) -> Context:
    """The page of a place."""
    row, candidate = shown.enrolment, shown.candidate
    who = str(row.person or row.household or _("not known")) if actor.sees("personal") else ""
    return {
        "page": Page(
            _("Enrolment in %(scheme)s") % {"scheme": row.scheme},
            identity=[who, row.household.code if row.household else ""],
            trail=trail_of_scheme(row.scheme),
            actions=_steps_of(actor, row),
        ),
        "row": row,
        "who": who,
        "amount": benefit(row.amount_paisa, row.period) if row.amount_paisa else words.NOTHING,
        "candidate": candidate,
        "why": why(candidate) if candidate else "",
        "clauses": explained(row.cycle.rule, candidate.answers) if candidate and row.cycle else [],
        "entitlements": shown.entitlements,
        "due_paisa": sum(one.amount_paisa for one in shown.entitlements),
        "steps": [(DONE.get(one.action, one.action), one) for one in shown.steps],
        "may_see_household": actor.may("registry.household.view"),
        "may_see_cycle": actor.may("programmes.cycle.view"),
    }


def _steps_of(actor: Actor, row: Enrolment) -> list[Action]:
    if row.cycle_id is None:
        return []
    return [
        Action(
            STEPS_OF_PLACES[step.permission][1], reverse(STEPS_OF_PLACES[step.permission][0], args=[row.pk])
        )
        for step in ENROLMENT_MOVES.from_state(row.state).values()
        if step.permission in STEPS_OF_PLACES and actor.may(step.permission)
    ]


def paylist(row: Cycle, periods: Sequence[PeriodToPay]) -> Context:
    """The page of a list to pay."""
    count, held = (sum(getattr(one, name) for one in periods) for name in ("count", "held"))
    paisa, held_paisa = (sum(getattr(one, name) for one in periods) for name in ("paisa", "held_paisa"))
    back = _("of places that are suspended or closed: they stand in the file with the reason")
    return {
        "page": Page(_("List to pay"), identity=[str(row.scheme), name(row)], trail=trail_of(row)),
        "row": row,
        "periods": periods,
        "figures": [
            Figure(_("Entitlements"), words.number(count), _("that were approved")),
            Figure(_("Sum"), words.rupees(paisa), _("of all of them")),
            Figure(_("Held back"), words.rupees(held_paisa) if held else words.number(0), back),
        ],
        "cancel_url": reverse("programmes:cycle", args=[row.pk]),
    }
