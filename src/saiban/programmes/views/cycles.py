"""A scheme is set up, cycles opened, their lists made, approved, looked at and paid by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core.errors import IllegalMove, SecondPersonNeeded
from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor
from saiban.core.services import get_visible, require
from saiban.data.errors import BadInput
from saiban.programmes import cycle_pages as pages
from saiban.programmes.filters.cycles import CANDIDATES_BY, CandidateFilters
from saiban.programmes.forms.cycles import CycleForm, PayListForm, SetUpForm
from saiban.programmes.models import Cycle, Scheme
from saiban.programmes.queries import cycles as queries
from saiban.programmes.queries.paylist import periods_to_pay
from saiban.programmes.services import cycles as services
from saiban.programmes.services.paylist import download_paylist
from saiban.programmes.services.schemes import ask_agency, set_up_scheme
from saiban.programmes.tables.cycles import CandidateTable
from saiban.programmes.tasks import propose_cycle
from saiban.programmes.transitions import CYCLE_MOVES, CycleState
from saiban.scoring.services.scorecards import ask_area
from saiban.ui import tables
from saiban.ui.components import Page
from saiban.ui.confirming import confirmed


def asked(request: SaibanRequest, names: tuple[str, ...]) -> str:
    """Say how a list was narrowed, in codes."""
    return "&".join(f"{name}={request.GET[name][:40]}" for name in names if request.GET.get(name))


@duty_required
@require_http_methods(["GET", "POST"])
def set_up(request: SaibanRequest, scheme_id: int) -> HttpResponse:
    """Choose rule and benefit of a scheme."""
    scheme = _to_manage(request, "programmes.scheme.set_up", scheme_id)
    ask_area(request.actor)
    form = SetUpForm(request.POST or None, actor=request.actor, scheme=scheme)

    def save() -> HttpResponse:
        set_up_scheme(actor=request.actor, scheme_id=scheme_id, **form.given())
        messages.success(request, _("Set up. The next cycle goes by this rule and benefit."))
        return redirect("programmes:scheme", scheme_id)

    page = Page(_("Run here: rule and benefit"), trail=pages.trail_of_scheme(scheme))
    return _filled_in(request, form, save, page, back=reverse("programmes:scheme", args=[scheme_id]))


@duty_required
@require_http_methods(["GET", "POST"])
def cycle_open(request: SaibanRequest, scheme_id: int) -> HttpResponse:
    """Open a cycle with its days, budget and area."""
    scheme = _to_manage(request, "programmes.cycle.open", scheme_id)
    form = CycleForm(request.POST or None, actor=request.actor)

    def save() -> HttpResponse:
        made = services.open_cycle(actor=request.actor, scheme_id=scheme_id, **form.given())
        messages.success(request, _("Opened. Now make its list."))
        return redirect("programmes:cycle", made.pk)

    page = Page(_("Open a cycle"), trail=pages.trail_of_scheme(scheme))
    return _filled_in(request, form, save, page, back=reverse("programmes:scheme", args=[scheme_id]))


def _to_manage(request: SaibanRequest, permission: str, scheme_id: int) -> Scheme:
    require(request.actor, permission)
    rows = Scheme.objects.select_related("agency", "rule")
    scheme = get_visible(rows, actor=request.actor, pk=scheme_id)
    ask_agency(request.actor, scheme)
    return scheme


def _filled_in(
    request: SaibanRequest, form: Any, save: Callable[[], HttpResponse], page: Page, *, back: str
) -> HttpResponse:
    """Show a form; save it, or say at its field what the service refused."""
    if form.is_valid():
        try:
            return save()
        except BadInput as error:
            said = {"message": error.message, "expected": error.expected}
            text = _("%(message)s Expected: %(expected)s.") % said if error.expected else error.message
            form.add_error(error.place if error.place in form.fields else None, text)
    shown = {"page": page, "form": form, "cancel_url": back}
    return render(request, "programmes/form.html", shown, status=422 if form.errors else 200)


@duty_required
@require_GET
def cycle(request: SaibanRequest, cycle_id: int) -> HttpResponse:
    """Show one cycle: its terms, the way from the rule to the list, what to do next."""
    row = queries.cycle(actor=request.actor, cycle_id=cycle_id)
    return render(request, "programmes/cycle.html", pages.cycle(request.actor, row))


@duty_required
@require_http_methods(["GET", "POST"])
def cycle_propose(request: SaibanRequest, cycle_id: int) -> HttpResponse:
    """Let the worker make the list, after a page that says what it does."""
    row = _to_move(request, "programmes.cycle.propose", cycle_id, CycleState.PROPOSED)
    services.ask_ready(row)  # the worker would refuse it where nobody sees

    def then() -> HttpResponse:
        duty: Any = request.actor.duty
        propose_cycle.enqueue(row.pk, request.actor.pk, duty.pk)
        messages.success(request, _("The list is being made."))
        return redirect("programmes:cycle", row.pk)

    return confirmed(
        request,
        page=Page(_("Make the list?"), trail=pages.trail_of(row)),
        consequences=[
            _("Everybody in the area is judged by the rule, as known today."),
            _("Who has a benefit that excludes this one is kept out, with the evidence."),
            _("The poorest come first, as far as the budget goes; between equals the seed decides."),
            _("Nobody is enrolled before another person approves."),
        ],
        confirm=_("Make the list"),
        back=reverse("programmes:cycle", args=[row.pk]),
        then=then,
        form=None,
        dangerous=False,
    )


@duty_required
@require_http_methods(["GET", "POST"])
def cycle_approve(request: SaibanRequest, cycle_id: int) -> HttpResponse:
    """Approve a list, after a page that says what follows."""
    row = _to_move(request, "programmes.cycle.approve", cycle_id, CycleState.APPROVED)
    if request.actor.pk in (row.prepared_by_id, row.proposed_by_id):
        raise SecondPersonNeeded

    def then() -> HttpResponse:
        services.approve_cycle(actor=request.actor, cycle_id=row.pk)
        messages.success(request, _("Approved. The list to pay is ready."))
        return redirect("programmes:cycle", row.pk)

    return confirmed(
        request,
        page=Page(_("Approve this list?"), trail=pages.trail_of(row)),
        consequences=pages.to_approve(row),
        confirm=_("Approve"),
        back=reverse("programmes:cycle", args=[row.pk]),
        then=then,
        form=None,
        dangerous=False,
    )


@duty_required
@require_http_methods(["GET", "POST"])
def cycle_withdraw(request: SaibanRequest, cycle_id: int) -> HttpResponse:
    """Give a cycle up, with a reason."""
    row = _to_move(request, "programmes.cycle.withdraw", cycle_id, CycleState.WITHDRAWN)

    def then(reason: str) -> HttpResponse:
        services.withdraw_cycle(actor=request.actor, cycle_id=row.pk, reason=reason)
        messages.success(request, _("Withdrawn."))
        return redirect("programmes:cycle", row.pk)

    return confirmed(
        request,
        page=Page(_("Withdraw this cycle?"), trail=pages.trail_of(row)),
        consequences=[
            _("The places that it proposed are refused, with your reason on each household's page."),
            _("Another cycle can be opened for the same days."),
        ],
        confirm=_("Withdraw"),
        back=reverse("programmes:cycle", args=[row.pk]),
        then=then,
    )


def _to_move(request: SaibanRequest, permission: str, cycle_id: int, to: CycleState) -> Cycle:
    """The cycle, if this step exists from where it is. Raises: NotAllowed, IllegalMove and others."""
    require(request.actor, permission)
    row = queries.cycle(actor=request.actor, cycle_id=cycle_id)
    services.ask_covered(request.actor, row)
    if to not in CYCLE_MOVES.from_state(row.state):
        raise IllegalMove
    return row


@duty_required
@require_GET
def candidates(request: SaibanRequest, cycle_id: int) -> HttpResponse:
    """List the candidates of a cycle with what became of each."""
    actor = request.actor
    require(actor, "programmes.enrolment.view")
    row = queries.cycle(actor=actor, cycle_id=cycle_id)
    found = queries.candidates(actor=actor, shown=row)
    filters = CandidateFilters(request.GET, queryset=found, actor=actor)
    table = tables.arrange(request, CandidateTable(filters.qs, exclude=hidden(actor)))
    table.filter = filters
    queries.keep_candidates(
        actor=actor,
        cycle_id=row.pk,
        household_ids=[one.record.household_id for one in table.page],
        query=asked(request, CANDIDATES_BY),
    )
    page = Page(_("Candidates"), identity=pages.name(row), trail=pages.trail_of(row))
    shown = {"page": page, "row": row, "parts": pages.parts(row), "table": table}
    return render(request, "programmes/candidates.html", shown)


def hidden(actor: Actor) -> tuple[str, ...]:
    """Columns that the duty does not show."""
    return () if actor.sees("personal") else ("person",)


@duty_required
@never_cache
@require_http_methods(["GET", "POST"])
def paylist(request: SaibanRequest, cycle_id: int) -> HttpResponse:
    """Show what an approved list comes to; give it out for a reason."""
    require(request.actor, "programmes.paylist.download")
    row = queries.cycle(actor=request.actor, cycle_id=cycle_id)
    services.ask_covered(request.actor, row)
    if row.state != CycleState.APPROVED:
        raise IllegalMove
    periods = periods_to_pay(row)
    form = PayListForm(request.POST or None, periods=periods)
    if form.is_valid():
        given = download_paylist(actor=request.actor, cycle_id=row.pk, **form.given())
        response = HttpResponse(given.text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, given.name)
        return response
    shown = pages.paylist(row, periods) | {"form": form}
    return render(request, "programmes/paylist.html", shown, status=422 if form.errors else 200)
