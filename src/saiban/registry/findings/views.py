"""The list of findings, one of them side by side, and the decisions on a doubtful one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core.errors import IllegalMove, NotVisible
from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import get_visible, require
from saiban.registry.findings import pages, queries, services
from saiban.registry.findings.filters import NARROWED_BY, FindingFilters
from saiban.registry.findings.tables import FindingTable
from saiban.registry.models import Finding, Household
from saiban.registry.transitions import FINDING_MOVES, FindingState
from saiban.ui import tables
from saiban.ui.components import Page, Words
from saiban.ui.confirming import confirmed


@duty_required
@require_GET
def findings(request: SaibanRequest) -> HttpResponse:
    """List what surveys found; narrow and sort."""
    actor = request.actor
    require(actor, "registry.finding.list")
    filters = FindingFilters(request.GET, queryset=queries.finding_list(actor=actor), actor=actor)
    table = tables.arrange(request, FindingTable(filters.qs))
    table.filter = filters
    asked = "&".join(f"{name}={request.GET[name][:40]}" for name in NARROWED_BY if request.GET.get(name))
    ids = [pk for row in table.page for pk in _named(row.record)]
    queries.keep_list(actor=actor, household_ids=ids, query=asked)
    shown = {"page": Page(_("What surveys found")), "table": table}
    return render(request, "registry/findings.html", shown)


def _named(row: Any) -> list[int]:
    """Ids of the households that a row of the list names: not of another one out of sight."""
    return [pk for pk in row.both if pk == row.household_id or row.sees_other]


@duty_required
@require_GET
def finding(request: SaibanRequest, finding_id: int) -> HttpResponse:
    """Show one finding: both households side by side, and what was decided."""
    found = queries.finding_page(actor=request.actor, finding_id=finding_id)
    return render(request, "registry/finding.html", pages.finding(request.actor, found))


@duty_required
@require_http_methods(["GET", "POST"])
def finding_join(request: SaibanRequest, finding_id: int) -> HttpResponse:
    """Decide that both are one household, with a reason."""
    row = _to_decide(request, finding_id, FindingState.SAME)
    consequences = [
        _("The household that was known before goes on: with its history, its scores and its enrolments."),
        _("The people whom the survey listed live in it from the day of the survey; who is listed under both "
          "becomes one person again."),
        _("Who is not in the survey's list has left it on that day."),
        _("It can be taken back until a later survey or decision changes one of them."),
    ]  # fmt: skip
    return _asked(
        request, row, _("The same household?"), consequences, _("They are the same"),
        services.join_households, _("Joined. The score follows within a moment."), dangerous=True,
    )  # fmt: skip


@duty_required
@require_http_methods(["GET", "POST"])
def finding_keep_apart(request: SaibanRequest, finding_id: int) -> HttpResponse:
    """Decide that they are two households, with a reason."""
    row = _to_decide(request, finding_id, FindingState.DIFFERENT)
    consequences = [
        _("Both households stay as they are."),
        _("The finding leaves the list of what is to decide, and stays on record with your reason."),
    ]
    return _asked(
        request, row, _("Not the same household?"), consequences, _("They are not the same"),
        services.keep_households_apart, _("Kept apart, with your reason."), dangerous=False,
    )  # fmt: skip


@duty_required
@require_http_methods(["GET", "POST"])
def finding_reopen(request: SaibanRequest, finding_id: int) -> HttpResponse:
    """Take a decision back, with a reason."""
    row = _to_decide(request, finding_id, FindingState.OPEN)
    joined = row.state == FindingState.SAME
    consequences = [
        _("Both households stand as they stood before the decision.") if joined
        else _("Both households stay as they are."),
        _("The question is open again; the former decision stays on record."),
    ]  # fmt: skip
    return _asked(
        request, row, _("Take the decision back?"), consequences, _("Take it back"),
        services.reopen_finding, _("Taken back. The question is open again."), dangerous=joined,
    )  # fmt: skip


def _to_decide(request: SaibanRequest, finding_id: int, to: FindingState) -> Finding:
    """The finding, if the actor may take this step with it. Raises: NotAllowed, NotVisible, IllegalMove."""
    steps = {
        FindingState.SAME: "registry.finding.join",
        FindingState.DIFFERENT: "registry.finding.keep_apart",
        FindingState.OPEN: "registry.finding.reopen",
    }
    require(request.actor, steps[to])
    row: Finding = get_visible(
        Finding.objects.select_related("household"), actor=request.actor, pk=finding_id
    )
    if (
        row.other_id is None
        or Household.objects.visible_to(request.actor).filter(pk__in=row.both).count() < 2
    ):
        raise NotVisible
    if row.kind != Finding.Kind.DOUBTFUL or (row.state, to) not in FINDING_MOVES.table:
        raise IllegalMove
    return row


def _asked(
    request: SaibanRequest,
    row: Finding,
    title: Words,
    consequences: list[str],
    confirm: Words,
    service: Callable[..., Finding],
    said: str,
    *,
    dangerous: bool,
) -> HttpResponse:
    def done(reason: str) -> HttpResponse:
        service(actor=request.actor, finding_id=row.pk, reason=reason)
        messages.success(request, said)
        return redirect("registry:finding", row.pk)

    return confirmed(
        request, page=Page(title, trail=pages.trail_of(row)), consequences=consequences, confirm=confirm,
        back=reverse("registry:finding", args=[row.pk]), then=done, dangerous=dangerous,
    )  # fmt: skip
