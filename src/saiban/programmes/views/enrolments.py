"""One place, and the steps that can be taken on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from saiban.programmes import cycle_pages as pages
from saiban.programmes.errors import OfAList
from saiban.programmes.models import Enrolment
from saiban.programmes.queries import cycles as queries
from saiban.programmes.services import enrolments as services
from saiban.programmes.services.schemes import ask_agency
from saiban.programmes.transitions import ENROLMENT_MOVES, EnrolmentState
from saiban.ui.components import Link, Page, Words
from saiban.ui.confirming import confirmed


@duty_required
@require_GET
def enrolment(request: SaibanRequest, enrolment_id: int) -> HttpResponse:
    """Show one place: whose it is, why, what it is due, what was done to it."""
    shown = queries.enrolment_page(actor=request.actor, enrolment_id=enrolment_id)
    return render(request, "programmes/enrolment.html", pages.enrolment(request.actor, shown))


@duty_required
@require_http_methods(["GET", "POST"])
def enrolment_suspend(request: SaibanRequest, enrolment_id: int) -> HttpResponse:
    """Suspend a place, with a reason."""
    return _step(
        request,
        enrolment_id,
        to=EnrolmentState.SUSPENDED,
        permission="programmes.enrolment.suspend",
        service=services.suspend_enrolment,
        title=_("Suspend this place?"),
        confirm=_("Suspend"),
        consequences=[
            _("Nothing is paid for it until it is restored; nobody else gets the place."),
            _("The next cycle gives it no entitlement while it is suspended."),
        ],
    )


@duty_required
@require_http_methods(["GET", "POST"])
def enrolment_restore(request: SaibanRequest, enrolment_id: int) -> HttpResponse:
    """Let a suspended place go on, with a reason."""
    return _step(
        request,
        enrolment_id,
        to=EnrolmentState.APPROVED,
        permission="programmes.enrolment.restore",
        service=services.restore_enrolment,
        title=_("Restore this place?"),
        confirm=_("Restore"),
        consequences=[_("What it is due is paid again, from the next list on.")],
    )


@duty_required
@require_http_methods(["GET", "POST"])
def enrolment_close(request: SaibanRequest, enrolment_id: int) -> HttpResponse:
    """End a place, with a reason."""
    return _step(
        request,
        enrolment_id,
        to=EnrolmentState.CLOSED,
        permission="programmes.enrolment.close",
        service=services.close_enrolment,
        title=_("Close this place?"),
        confirm=_("Close"),
        consequences=[
            _("It ends, and nothing more is paid for it. This cannot be undone."),
            _("Who is eligible again can be taken up by the next cycle."),
        ],
    )


def _step(
    request: SaibanRequest,
    enrolment_id: int,
    *,
    to: EnrolmentState,
    permission: str,
    service: Callable[..., Any],
    title: str,
    confirm: str,
    consequences: Sequence[Words],
) -> HttpResponse:
    require(request.actor, permission)
    rows = Enrolment.objects.select_related("scheme__agency")
    row = get_visible(rows, actor=request.actor, pk=enrolment_id)
    _ask_step(request, row, to)
    back = reverse("programmes:enrolment", args=[row.pk])

    def then(reason: str) -> HttpResponse:
        service(actor=request.actor, enrolment_id=row.pk, reason=reason)
        messages.success(request, _("Done. The reason is kept with the place."))
        return redirect(back)

    trail = [*pages.trail_of_scheme(row.scheme), Link(_("Enrolment"), back)]
    return confirmed(
        request,
        page=Page(title, trail=trail),
        consequences=consequences,
        confirm=confirm,
        back=back,
        then=then,
        dangerous=to != EnrolmentState.APPROVED,
    )


def _ask_step(request: SaibanRequest, row: Enrolment, to: EnrolmentState) -> None:
    if row.cycle_id is None:
        raise OfAList
    ask_agency(request.actor, row.scheme)
    if to not in ENROLMENT_MOVES.from_state(row.state):
        raise IllegalMove
