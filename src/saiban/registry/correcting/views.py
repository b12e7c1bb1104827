"""Pages of corrections: propose one, the work list, one of them with its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core.errors import IllegalMove, NotAllowed, NotVisible, SecondPersonNeeded
from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import get_visible, require
from saiban.registry import pages as registry_pages
from saiban.registry.correcting import pages, queries, services
from saiban.registry.correcting.errors import OnlyTheProposer
from saiban.registry.correcting.forms import CorrectForm, FieldForm, correct_url
from saiban.registry.correcting.tables import CorrectionTable
from saiban.registry.correcting.weighing import moves_a_score
from saiban.registry.filters import CorrectionFilters
from saiban.registry.models import Household
from saiban.registry.queries import household_page, without_places
from saiban.registry.transitions import CorrectionState
from saiban.registry.values import correctable
from saiban.ui import slots, tables
from saiban.ui.components import Page, Words
from saiban.ui.confirming import confirmed
from saiban.ui.forms import ReasonForm


@duty_required
@require_GET
def correct(request: SaibanRequest, household_id: int) -> HttpResponse:
    """Ask which answer is not right, then go where it is corrected."""
    row = _to_correct(request, household_id)
    form = FieldForm(request.GET or None, actor=request.actor)
    if form.is_bound and form.is_valid():
        return redirect(correct_url(household_id, form.cleaned_data["field"]))
    page = Page(_("Correct an answer"), trail=registry_pages.trail_of(row))
    shown = {"page": page, "form": form, "household": row}
    return render(request, "registry/correct.html", shown, status=422 if form.errors else 200)


@duty_required
@require_http_methods(["GET", "POST"])
def correct_field(request: SaibanRequest, household_id: int, field: str) -> HttpResponse:
    """Correct one answer, with a reason and a day on which the correction ends."""
    actor = request.actor
    _to_correct(request, household_id)
    known = correctable(actor).get(field)
    if known is None:
        raise NotVisible
    form = CorrectForm(request.POST or None, actor=actor, field=known)
    if form.is_valid():
        row = services.propose_correction(
            actor=actor, household_id=household_id, field=field, **form.cleaned_data
        )
        messages.success(request, _said(row.moves_score))
        return redirect("registry:household", household_id)
    context = pages.ask_correction(
        household_page(actor=actor, household_id=household_id),
        field,
        moves_score=moves_a_score(field),
    )
    status = 422 if form.errors else 200
    return render(request, "registry/correct_field.html", context | {"form": form}, status=status)


@duty_required
@require_GET
def corrections(request: SaibanRequest) -> HttpResponse:
    """List corrections: what waits for whom, what holds until when, what has ended."""
    actor = request.actor
    require(actor, "registry.correction.view")
    filters = CorrectionFilters(request.GET, queryset=queries.corrections(actor=actor), actor=actor)
    table = tables.arrange(request, CorrectionTable(filters.qs))
    table.filter = filters
    ids = [one.record.household_id for one in table.page]
    queries.keep_list(actor=actor, household_ids=ids, query=registry_pages.asked(request.GET))
    return render(request, "registry/corrections.html", {"page": Page(_("Corrections")), "table": table})


@duty_required
@require_GET
def correction(request: SaibanRequest, correction_id: int) -> HttpResponse:
    """Show one correction, and what can be done with it."""
    shown = queries.correction(actor=request.actor, correction_id=correction_id)
    main = slots.fill("registry.correction.main", request.actor, [correction_id])
    return render(request, "registry/correction.html", pages.correction(request.actor, shown, main))


@duty_required
@require_http_methods(["GET", "POST"])
def approve(request: SaibanRequest, correction_id: int) -> HttpResponse:
    """Approve a proposed correction, after a look at what follows."""
    return _step(
        request, correction_id, "approve", services.approve_correction,
        title=_("Let this correction hold?"), confirm=_("Approve"),
        done=_("Approved. The score follows within a moment."), form=None,
    )  # fmt: skip


@duty_required
@require_http_methods(["GET", "POST"])
def refuse(request: SaibanRequest, correction_id: int) -> HttpResponse:
    """Refuse a proposed correction, with a reason."""
    return _step(
        request, correction_id, "refuse", services.refuse_correction,
        title=_("Refuse this correction?"), confirm=_("Refuse"),
        done=_("Refused. The reason is kept."), form=ReasonForm,
    )  # fmt: skip


@duty_required
@require_http_methods(["GET", "POST"])
def withdraw(request: SaibanRequest, correction_id: int) -> HttpResponse:
    """Take one's own proposal back."""
    return _step(
        request, correction_id, "withdraw", services.withdraw_correction,
        title=_("Withdraw your correction?"), confirm=_("Withdraw"),
        done=_("Withdrawn. Nothing has changed."), form=None,
    )  # fmt: skip


@duty_required
@require_http_methods(["GET", "POST"])
def lift(request: SaibanRequest, correction_id: int) -> HttpResponse:
    """End a correction before its day, with a reason."""
    return _step(
        request, correction_id, "lift", services.lift_correction,
        title=_("Lift this correction?"), confirm=_("Lift"),
        done=_("Lifted. The score follows within a moment."), form=ReasonForm,
    )  # fmt: skip


def _step(
    request: SaibanRequest,
    correction_id: int,
    step: str,
    service: Callable[..., Any],
    *,
    title: str,
    confirm: str,
    done: Words,
    form: type[ReasonForm] | None,
) -> HttpResponse:
    actor = request.actor
    require(actor, f"registry.correction.{step}")
    shown = queries.correction(actor=actor, correction_id=correction_id)
    _ask_step(request, shown, step)
    back = reverse("registry:correction", args=[correction_id])

    def then(**given: str) -> HttpResponse:
        service(actor=actor, correction_id=correction_id, **given)
        messages.success(request, str(done))
        return redirect(back)

    filled = slots.fill("registry.correction.main", actor, [correction_id]) if step == "approve" else []
    return confirmed(
        request,
        page=Page(title, identity=shown.row.household.code, trail=pages.trail()),
        consequences=pages.consequences(step, shown, filled),
        confirm=confirm,
        back=back,
        then=then,
        form=form,
        dangerous=step != "approve",
    )


def _ask_step(request: SaibanRequest, shown: queries.CorrectionPage, step: str) -> None:
    """Refuse what the service would refuse, before a person is asked to confirm it."""
    row, actor = shown.row, request.actor
    if row.state != (CorrectionState.APPROVED if step == "lift" else CorrectionState.PROPOSED):
        raise IllegalMove
    is_mine = row.proposed_by_id == actor.pk
    if (step in ("approve", "refuse") and is_mine) or (step == "lift" and row.not_lifted_by == actor.pk):
        raise SecondPersonNeeded
    if step == "withdraw" and not is_mine:
        raise OnlyTheProposer


def _said(moves_score: bool) -> str:
    if moves_score:
        return _("Proposed. Nothing changes until another person approves it.")
    return _("Corrected. No scorecard weighs this answer, so it holds at once.")


def _to_correct(request: SaibanRequest, household_id: int) -> Household:
    if not request.actor.may("registry.correction.propose"):
        raise NotAllowed
    return get_visible(without_places(), actor=request.actor, pk=household_id)
