"""The work list of overlaps, one overlap, and the three decisions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core.errors import IllegalMove
from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import get_visible, require
from saiban.programmes import overlap_pages as pages
from saiban.programmes.errors import OtherAgency
from saiban.programmes.filters.overlaps import NARROWED_BY, OverlapFilters
from saiban.programmes.forms.overlaps import EndForm, ReferForm
from saiban.programmes.models import Enrolment, Overlap
from saiban.programmes.queries import catalogue
from saiban.programmes.queries import overlaps as queries
from saiban.programmes.services import overlaps as services
from saiban.programmes.tables.overlaps import OverlapsToTake, OverlapTable
from saiban.programmes.transitions import OVERLAP_MOVES, OverlapState
from saiban.ui import tables
from saiban.ui.components import Page, Words
from saiban.ui.confirming import confirmed


@duty_required
@require_GET
def overlaps(request: SaibanRequest) -> HttpResponse:
    """List overlaps; narrow, sort, take along."""
    actor = request.actor
    require(actor, "programmes.overlap.view")
    schemes = catalogue.schemes(actor=actor)
    rows = queries.overlap_list(actor=actor)
    filters = OverlapFilters(request.GET, queryset=rows, actor=actor, schemes=schemes)
    kind = OverlapsToTake if actor.may("programmes.overlap.export") else OverlapTable
    table = tables.arrange(request, kind(filters.qs))
    table.filter = filters
    asked = "&".join(f"{name}={request.GET[name][:40]}" for name in NARROWED_BY if request.GET.get(name))
    file = tables.export(request, table, name="overlaps")
    if file:
        queries.keep_export(actor=actor, rows=list(filters.qs), query=asked)
        return file
    queries.keep_list(actor=actor, rows=[row.record for row in table.page], query=asked)
    pairs = queries.by_pair(actor=actor, schemes=schemes)
    shown = {
        "page": Page(_("Overlaps")),
        "figures": pages.figures_of_all(pairs),
        "pairs": pages.dearest(pairs),
        "table": table,
    }
    return render(request, "programmes/overlaps.html", shown)


@duty_required
@require_GET
def overlap(request: SaibanRequest, overlap_id: int) -> HttpResponse:
    """Show one overlap: its enrolments side by side, the policy, what was decided."""
    actor = request.actor
    found = queries.overlap_page(actor=actor, overlap_id=overlap_id)
    return render(request, "programmes/overlap.html", pages.overlap(actor, found))


@duty_required
@require_http_methods(["GET", "POST"])
def overlap_keep(request: SaibanRequest, overlap_id: int) -> HttpResponse:
    """Keep both enrolments, with a reason."""
    row, enrolments = _to_decide(request, overlap_id, OverlapState.KEPT)
    if not services.may_keep(request.actor, enrolments):
        raise OtherAgency
    return confirmed(
        request,
        page=Page(_("Keep it as it is?"), trail=pages.trail_of(row)),
        consequences=[
            _("Nothing ends: every enrolment goes on as it is."),
            _("The overlap leaves the list of what is to decide, and stays on record with your reason."),
        ],
        confirm=_("Keep"),
        back=_address(row),
        then=lambda **given: _decided(request, row, OverlapState.KEPT, _("Kept, with your reason."), given),
        dangerous=False,
    )


@duty_required
@require_http_methods(["GET", "POST"])
def overlap_end(request: SaibanRequest, overlap_id: int) -> HttpResponse:
    """Say which enrolment is to end, with a reason."""
    row, enrolments = _to_decide(request, overlap_id, OverlapState.ENDING)
    offered = [enrolment for enrolment in enrolments if services.may_end(request.actor, enrolment)]
    if not offered:
        raise OtherAgency
    return confirmed(
        request,
        page=Page(_("End one of the enrolments?"), trail=pages.trail_of(row)),
        consequences=[
            _("An enrolment of a scheme that is run here ends today, and nothing more is paid for it."),
            _("One of a department's list is marked, and ends when the department's next list says so."),
        ],
        confirm=_("End it"),
        back=_address(row),
        form=EndForm(request.POST if request.method == "POST" else None, enrolments=offered),
        then=lambda **given: _decided(
            request, row, OverlapState.ENDING, _("Decided: one enrolment is to end."), given
        ),
    )


@duty_required
@require_http_methods(["GET", "POST"])
def overlap_refer(request: SaibanRequest, overlap_id: int) -> HttpResponse:
    """Hand the decision to a department, with a reason."""
    row, enrolments = _to_decide(request, overlap_id, OverlapState.REFERRED)
    agencies = services.agencies_to_ask(request.actor, enrolments)
    if not agencies:
        raise OtherAgency
    return confirmed(
        request,
        page=Page(_("Refer to a department?"), trail=pages.trail_of(row)),
        consequences=[
            _("The overlap stands in the department's list as referred, with your reason."),
            _("Until it is decided, every enrolment goes on as it is."),
        ],
        confirm=_("Refer"),
        back=_address(row),
        form=ReferForm(request.POST if request.method == "POST" else None, agencies=agencies),
        then=lambda **given: _decided(request, row, OverlapState.REFERRED, _("Referred."), given),
        dangerous=False,
    )


def _to_decide(request: SaibanRequest, overlap_id: int, to: OverlapState) -> tuple[Overlap, list[Enrolment]]:
    """The overlap, if the actor may take this step with it. Raises: NotAllowed, NotVisible, IllegalMove."""
    require(request.actor, "programmes.overlap.decide")
    row = get_visible(Overlap.objects.select_related("household"), actor=request.actor, pk=overlap_id)
    if (row.state, to) not in OVERLAP_MOVES.table:
        raise IllegalMove
    return row, queries.enrolments_of(row)


def _decided(
    request: SaibanRequest, row: Overlap, to: OverlapState, said: Words, given: dict[str, Any]
) -> HttpResponse:
    services.decide_overlap(actor=request.actor, overlap_id=row.pk, to=to, **given)
    messages.success(request, str(said))
    return redirect("programmes:overlap", row.pk)


def _address(row: Overlap) -> str:
    return reverse("programmes:overlap", args=[row.pk])
