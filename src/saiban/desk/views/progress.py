"""How far long work is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from saiban.core.errors import NotAllowed
from saiban.core.http import SaibanRequest, duty_required
from saiban.desk.queries import work
from saiban.ui.components import Page

SECONDS = 5


@duty_required
@require_GET
def progress(request: SaibanRequest) -> HttpResponse:
    """List running and recent work; the page renews itself while something runs."""
    if not request.actor.may("core.progress.view"):
        raise NotAllowed
    jobs = work.jobs(actor=request.actor)
    shown = {
        "page": Page(_("Progress"), identity=_("Long work of the last two days")),
        "jobs": jobs,
        "reload_seconds": SECONDS if any(job.going for job in jobs) else None,
    }
    return render(request, "desk/progress.html", shown)
