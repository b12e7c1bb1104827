"""The work list of proposals, and the decision of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor
from saiban.core.services import require
from saiban.programmes.cycle_words import explained
from saiban.programmes.filters.cycles import PROPOSALS_BY, ProposalFilters
from saiban.programmes.forms.cycles import DecideForm
from saiban.programmes.models import Proposal
from saiban.programmes.queries import proposals as queries
from saiban.programmes.services.proposals import decide_proposal
from saiban.programmes.tables.cycles import ProposalTable
from saiban.programmes.transitions import ProposalState
from saiban.programmes.views.cycles import asked, hidden
from saiban.scoring.models import Rule
from saiban.ui import tables
from saiban.ui.components import Link, Page


@duty_required
@require_GET
def proposals(request: SaibanRequest) -> HttpResponse:
    """List what should be looked at; narrow and sort."""
    actor = request.actor
    require(actor, "programmes.proposal.list")
    filters = ProposalFilters(request.GET, queryset=queries.proposals(actor=actor), actor=actor)
    table = tables.arrange(request, ProposalTable(filters.qs, exclude=hidden(actor)))
    table.filter = filters
    ids = [one.record.household_id for one in table.page]
    queries.keep_list(actor=actor, household_ids=ids, query=asked(request, PROPOSALS_BY))
    return render(request, "programmes/proposals.html", {"page": Page(_("Proposals")), "table": table})


@duty_required
@require_http_methods(["GET", "POST"])
def proposal_decide(request: SaibanRequest, proposal_id: int) -> HttpResponse:
    """Show one proposal with what made it, and decide it."""
    actor = request.actor
    row = queries.proposal(actor=actor, proposal_id=proposal_id)
    form = None
    if row.state == ProposalState.OPEN and actor.may("programmes.proposal.decide"):
        form = DecideForm(request.POST or None, offered=_offered(actor, row))
    elif request.method == "POST":
        require(actor, "programmes.proposal.decide")
    if form is not None and form.is_valid():
        decide_proposal(actor=actor, proposal_id=row.pk, **form.cleaned_data)
        messages.success(request, _("Decided. The reason is kept."))
        return redirect("programmes:proposals")
    shown = _page(row) | {"form": form, "who": str(row.person or "") if actor.sees("personal") else ""}
    is_bad = form is not None and bool(form.errors)
    return render(request, "programmes/proposal.html", shown, status=422 if is_bad else 200)


def _offered(actor: Actor, row: Proposal) -> list[tuple[str, str]]:
    """The decisions that the duty may take: who enters is taken up by a cycle."""
    offered = []
    if row.kind == Proposal.Kind.LEAVE:
        if actor.may("programmes.enrolment.close"):
            offered.append(("close", _("Close the place")))
        if actor.may("programmes.enrolment.suspend") and row.enrolment and row.enrolment.state == "approved":
            offered.append(("suspend", _("Suspend the place")))
    return [*offered, ("dismiss", _("Leave all as it is"))]


def _page(row: Proposal) -> dict[str, Any]:
    trail = [Link(_("Proposals"), reverse("programmes:proposals"))]
    title = (
        _("Now eligible for %(scheme)s") if row.kind == "enter" else _("No longer eligible for %(scheme)s")
    )
    rule = Rule.objects.filter(pk=row.because.get("rule")).first()
    return {
        "page": Page(title % {"scheme": row.scheme}, identity=[row.household.code], trail=trail),
        "row": row,
        "gone": bool(row.because.get("gone")),
        "clauses": explained(rule, row.because) if rule else [],
        "score": row.because.get("score"),
        "cancel_url": reverse("programmes:proposals"),
    }
