"""What is shown of schemes that are run here on the pages of scheme, rule and household."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from saiban.core.foundation import own_agency
from saiban.core.models import Actor
from saiban.programmes.cycle_pages import name
from saiban.programmes.cycle_words import clauses
from saiban.programmes.models import Cycle, Enrolment, Scheme
from saiban.programmes.queries.cycles import cycles_of
from saiban.programmes.words import benefit
from saiban.scoring.queries import covers_province
from saiban.ui.components import Action, Moment
from saiban.ui.slots import Panel
from saiban.ui.words import rupees

MOST_MOMENTS = 8


def run_here(actor: Actor, scheme_ids: Sequence[int]) -> dict[str, Any] | None:
    """Rule, benefit, cycles, and what to do next, of the scheme on the page (2 queries)."""
    scheme = Scheme.objects.visible_to(actor).select_related("rule").filter(pk__in=scheme_ids).first()
    if scheme is None:
        return None
    manages = own_agency(actor) in (None, scheme.agency_id)
    actions = _next_steps(actor, scheme) if manages else []
    if scheme.rule is None:
        return {"scheme": scheme, "actions": actions} if actions else None
    cycles = cycles_of(actor=actor, scheme=scheme)
    if any(row.state in ("open", "proposed") for row in cycles):
        actions = []
    return {
        "scheme": scheme,
        "actions": actions,
        "benefit": benefit(scheme.benefit_paisa, scheme.period),
        "clauses": clauses(scheme.rule),
        "may_see_rules": actor.may("scoring.rule.view"),
        "cycles": [{"row": row, "name": name(row), "on_list": _on_list(row)} for row in cycles],
    }


def _next_steps(actor: Actor, scheme: Scheme) -> list[Action]:
    found = []
    if actor.may("programmes.scheme.set_up") and covers_province(actor):
        label = _("Change rule or benefit") if scheme.rule else _("Run it here")
        url = reverse("programmes:set-up", args=[scheme.pk])
        found.append(Action(label, url, main=scheme.rule is None))
    if scheme.rule and scheme.rule.state == "approved" and actor.may("programmes.cycle.open"):
        url = reverse("programmes:cycle-open", args=[scheme.pk])
        found.append(Action(_("Open a cycle"), url, main=True))
    return found


def _on_list(row: Cycle) -> int | None:
    if not row.figures:
        return None
    chosen: int = row.figures["outcomes"].get("selected", 0) + row.figures.get("renewed", 0)
    return chosen - int(row.figures.get("fallen", 0))


def schemes_of_rule(actor: Actor, rule_ids: Sequence[int]) -> dict[str, Any] | None:
    """The schemes that are run by the rule on the page (1 query)."""
    rows = Scheme.objects.visible_to(actor).filter(rule__in=rule_ids)
    schemes = [
        {"pk": row.pk, "name": str(row), "benefit": benefit(row.benefit_paisa, row.period)} for row in rows
    ]
    return {"schemes": schemes} if schemes else None


def places_over_time(actor: Actor, household_ids: Sequence[int]) -> dict[str, Any]:
    """When places of a household and its members were given, refused, closed, for its timeline (1 query)."""
    rows = Enrolment.objects.visible_to(actor).filter(household__in=household_ids, cycle__isnull=False)
    moments: list[Moment] = []
    for row in rows.select_related("scheme", "cycle", "person").order_by("-pk")[:MOST_MOMENTS]:
        moments += _moments(row)
    return {"moments": moments[:MOST_MOMENTS]}


def _moments(row: Enrolment) -> list[Moment]:
    said = {"scheme": row.scheme, "reason": row.reason, "amount": rupees(row.amount_paisa)}
    url = reverse("programmes:enrolment", args=[row.pk])
    cycle = row.cycle
    if row.state == "proposed" or cycle is None:
        return [Moment(row.made_at, _("Proposed for %(scheme)s") % said, url)]
    if row.state == "refused":
        return [Moment(row.made_at, _("Not taken into %(scheme)s: %(reason)s") % said, url)]
    found = [Moment(cycle.approved_at or row.made_at, _("Enrolled in %(scheme)s") % said, url)]
    if row.state == "closed" and row.ends_on:
        found.append(Moment(row.ends_on, _("Place in %(scheme)s closed: %(reason)s") % said, url))
    return found


PANELS = [
    Panel(
        "programmes.scheme.main",
        "run-here",
        "programmes.cycle.view",
        run_here,
        "programmes/run_here.html",
        10,
    ),
    Panel(
        "scoring.rule.side",
        "schemes",
        "programmes.scheme.view",
        schemes_of_rule,
        "programmes/of_rule.html",
        10,
    ),
    Panel(
        "registry.household.timeline",
        "places",
        "programmes.enrolment.view",
        places_over_time,
        "scoring/moments.html",
        20,
    ),
]
