"""Partners, and what each agreement lets pass: lists, pages, and the steps of an agreement's life."""

from __future__ import annotations

from collections.abc import Set

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor
from saiban.core.services import get_visible, require
from saiban.partners import queries, services, words
from saiban.partners.fields import groups
from saiban.partners.forms import AgreementForm
from saiban.partners.models import Agreement, Partner
from saiban.partners.tables import AgreementTable, PartnerTable
from saiban.partners.transitions import AGREEMENT_MOVES, AgreementState
from saiban.ui import tables
from saiban.ui.components import Action, Link, Page
from saiban.ui.confirming import confirmed


def _home() -> Link:
    return Link(_("Partners"), reverse("partners:partners"))


def _trail(agreement: Agreement) -> list[Link]:
    """The way to an agreement, itself included."""
    partner_url = reverse("partners:partner", args=[agreement.partner_id])
    own_url = reverse("partners:agreement", args=[agreement.pk])
    return [_home(), Link(str(agreement.partner), partner_url), Link(agreement.code, own_url)]


@duty_required
@require_GET
def partners(request: SaibanRequest) -> HttpResponse:
    """List the partners."""
    require(request.actor, "partners.partner.view")
    table = tables.arrange(request, PartnerTable(queries.partners(actor=request.actor)))
    waiting = queries.agreements_to_approve(actor=request.actor)
    shown = {
        "page": Page(_("Partners"), identity=_("Who we exchange data with, and under which agreements")),
        "table": table,
        "waiting": waiting.select_related("partner", "prepared_by"),
    }
    return render(request, "partners/partners.html", shown)


@duty_required
@require_GET
def partner(request: SaibanRequest, partner_id: int) -> HttpResponse:
    """Show one partner with its agreements."""
    shown = get_visible(queries.partners(actor=request.actor), actor=request.actor, pk=partner_id)
    url = reverse("partners:agreement-prepare", args=[shown.pk])
    may_prepare = request.actor.may("partners.agreement.prepare")
    page = Page(
        str(shown),
        identity=[shown.code, shown.get_kind_display()],
        trail=[_home()],
        actions=[Action(_("Prepare an agreement"), url, main=True)] if may_prepare else [],
    )
    table = AgreementTable(queries.agreements_of(actor=request.actor, partner=shown))
    return render(request, "partners/partner.html", {"page": page, "table": tables.arrange(request, table)})


@duty_required
@require_GET
def agreement(request: SaibanRequest, agreement_id: int) -> HttpResponse:
    """Show one agreement: what it lets pass, on which basis, since when, and who decided it."""
    shown = queries.agreement_page(actor=request.actor, agreement_id=agreement_id)
    in_the_way = queries.in_the_way(actor=request.actor, agreement=shown)
    allowed = queries.moves_open_to(actor=request.actor, agreement=shown)
    page = Page(
        shown.code,
        identity=[str(shown.partner), shown.source, shown.get_state_display()],
        trail=_trail(shown)[:-1],
        actions=_actions(shown, allowed - {AgreementState.IN_FORCE} if in_the_way else allowed),
    )
    lines = [(group, group.lines(shown.fields)) for group in groups()]
    context = {
        "page": page,
        "agreement": shown,
        "banners": words.banners(request.actor, shown, in_the_way),
        "groups": [(group, found) for group, found in lines if found],
        "moments": words.moments(queries.history(actor=request.actor, agreement=shown)),
    }
    return render(request, "partners/agreement.html", context)


def _actions(agreement: Agreement, states: Set[str]) -> list[Action]:
    """The steps that lead into ``states``."""
    steps = {
        AgreementState.IN_FORCE: (_("Approve"), "partners:agreement-approve"),
        AgreementState.ENDED: (_("End it"), "partners:agreement-end"),
    }
    return [
        Action(label, reverse(name, args=[agreement.pk]), main=state == AgreementState.IN_FORCE)
        for state, (label, name) in steps.items()
        if state in states
    ]


@duty_required
@require_http_methods(["GET", "POST"])
def agreement_prepare(request: SaibanRequest, partner_id: int) -> HttpResponse:
    """Write a draft."""
    require(request.actor, "partners.agreement.prepare")
    partner = get_visible(Partner.objects.all(), actor=request.actor, pk=partner_id)
    form = AgreementForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        made = services.prepare_agreement(actor=request.actor, partner_id=partner.pk, **form.agreed())
        messages.success(request, _("The draft is written. Another person has to approve it."))
        return redirect("partners:agreement", made.pk)
    back = reverse("partners:partner", args=[partner.pk])
    page = Page(_("Prepare an agreement"), trail=[_home(), Link(str(partner), back)])
    shown = {"page": page, "form": form, "button": _("Write the draft"), "cancel_url": back}
    return render(request, "partners/prepare.html", shown, status=422 if form.errors else 200)


def _before(actor: Actor, agreement_id: int, to: AgreementState) -> Agreement:
    """Return the agreement before a step; what would refuse the step refuses its page already.

    The step is taken on the row as it was read, and not saved: the service takes it on the locked row.
    """
    shown = queries.agreement_page(actor=actor, agreement_id=agreement_id)
    AGREEMENT_MOVES.move(shown, to=to, actor=actor, reason="to be asked", prepared_by=shown.prepared_by_id)
    return shown


@duty_required
@require_http_methods(["GET", "POST"])
def agreement_approve(request: SaibanRequest, agreement_id: int) -> HttpResponse:
    """Ask, then put a draft into force."""
    shown = _before(request.actor, agreement_id, AgreementState.IN_FORCE)
    if queries.in_the_way(actor=request.actor, agreement=shown):
        raise services.OverlappingAgreement

    def approve() -> HttpResponse:
        services.approve_agreement(actor=request.actor, agreement_id=shown.pk)
        messages.success(request, _("The agreement is approved."))
        return redirect("partners:agreement", shown.pk)

    return confirmed(
        request,
        page=Page(_("Approve this agreement?"), trail=_trail(shown)),
        consequences=words.what_approval_does(shown),
        confirm=_("Approve the agreement"),
        back=reverse("partners:agreement", args=[shown.pk]),
        then=approve,
        form=None,
        dangerous=False,
    )


@duty_required
@require_http_methods(["GET", "POST"])
def agreement_end(request: SaibanRequest, agreement_id: int) -> HttpResponse:
    """Ask why, then end an agreement."""
    shown = _before(request.actor, agreement_id, AgreementState.ENDED)

    def end(reason: str) -> HttpResponse:
        services.end_agreement(actor=request.actor, agreement_id=shown.pk, reason=reason)
        messages.success(request, _("The agreement has ended."))
        return redirect("partners:agreement", shown.pk)

    return confirmed(
        request,
        page=Page(_("End this agreement?"), trail=_trail(shown)),
        consequences=words.what_ending_does(shown),
        confirm=_("End the agreement"),
        back=reverse("partners:agreement", args=[shown.pk]),
        then=end,
    )
