"""The lake: how fresh it is, and writing it now."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.lake import services
from saiban.core.services import require
from saiban.desk import lake as shown
from saiban.ui.components import Link, Page
from saiban.ui.confirming import confirmed


@duty_required
@require_GET
def lake(request: SaibanRequest) -> HttpResponse:
    """Show what the lake holds, how fresh it is, and what goes on; the page renews itself meanwhile."""
    require(request.actor, "core.lake.view")
    return render(request, "desk/lake.html", shown.page(request.actor))


@duty_required
@require_POST
def lake_write(request: SaibanRequest) -> HttpResponse:
    """Let the worker write what waits."""
    services.ask(actor=request.actor, anew=False)
    messages.success(request, _("The worker writes what waits."))
    return redirect("desk:lake")


@duty_required
@require_http_methods(["GET", "POST"])
def lake_rebuild(request: SaibanRequest) -> HttpResponse:
    """Ask, then let the worker build the lake anew."""
    require(request.actor, "core.lake.ask")
    home = reverse("desk:lake")

    def then(reason: str) -> HttpResponse:
        services.ask(actor=request.actor, anew=True, reason=reason)
        messages.success(request, _("The worker builds the lake anew."))
        return redirect("desk:lake")

    return confirmed(
        request,
        page=Page(_("Build the lake anew?"), trail=[Link(_("Lake"), home)]),
        consequences=[
            _("All tables are read from the database and written again: of a whole province, for hours."),
            _("Analysts read the lake of now until all of it is there."),
            _("The disk holds both for a while: former versions stay for some days."),
        ],
        confirm=_("Build it anew"),
        back=home,
        then=then,
        dangerous=False,
    )
