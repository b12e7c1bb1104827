"""Partners, and what each agreement lets pass: lists, pages, and the steps of an agreement's life."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from saiban.core.errors import NotAllowed
from saiban.core.http import SaibanRequest, duty_required
from saiban.partners import queries
from saiban.partners.tables import PartnerTable
from saiban.ui import tables
from saiban.ui.components import Page


def _require(request: SaibanRequest, permission: str) -> None:
    if not request.actor.may(permission):
        raise NotAllowed


@duty_required
@require_GET
def partners(request: SaibanRequest) -> HttpResponse:
    """List the partners."""
    _require(request, "partners.partner.view")
    table = tables.arrange(request, PartnerTable(queries.partners(actor=request.actor)))
    return render(request, "partners/partners.html", {"page": Page(_("Partners")), "table": table})
