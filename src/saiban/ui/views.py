"""The gallery of all pieces, and the outlines of the districts for the point maps."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from saiban.ui import gallery as sample
from saiban.ui import tables
from saiban.ui.components import Page
from saiban.ui.forms import ReasonForm
from saiban.ui.pointmap import outlines as district_outlines


@login_required
@require_http_methods(["GET", "POST"])
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every piece with sample data; the sample form answers like a real one."""
    table = tables.arrange(request, sample.table(request.GET), per_page=5)
    file = tables.export(request, table, name="gallery")
    if file:
        return file
    form = sample.VisitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("All in order. A real page would have saved it."))
        return redirect("ui:gallery")
    shown = sample.shown() | {"table": table, "form": form}
    return render(request, "ui/gallery.html", shown, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def gallery_confirm(request: HttpRequest) -> HttpResponse:
    """Show the page that stands before a dangerous action."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("You said yes. A real page would have done it now."))
        return redirect("ui:gallery")
    shown = {
        "page": Page(_("End this duty?"), trail=[sample.home()]),
        "consequences": [
            _("Ayesha Malik can no longer open households of Rajanpur."),
            _("Her work so far stays, under her name."),
        ],
        "form": form,
        "confirm": _("End the duty"),
        "cancel_url": reverse("ui:gallery"),
        "dangerous": True,
    }
    return render(request, "ui/confirm.html", shown, status=422 if form.errors else 200)


@login_required
@require_GET
@cache_control(private=True, max_age=86400)
def outlines(request: HttpRequest) -> HttpResponse:
    """Give the schematic districts as GeoJSON."""
    return JsonResponse(district_outlines())
