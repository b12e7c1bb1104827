"""Pages of scoring."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saiban.core.errors import NotAllowed
from saiban.core.http import SaibanRequest, duty_required
from saiban.data.errors import BadInput
from saiban.scoring import pages, queries, services
from saiban.scoring.forms import ApproveForm, ScorecardForm
from saiban.ui.components import Action, Link, Page
from saiban.ui.forms import ReasonForm


@duty_required
@require_GET
def scorecards(request: SaibanRequest) -> HttpResponse:
    """List all scorecards."""
    _require(request, "scoring.scorecard.view")
    can_add = request.actor.may("scoring.scorecard.add")
    actions = [Action(_("Add a version"), reverse("scoring:add"), main=True)] if can_add else []
    shown = {"page": Page(_("Scorecards"), actions=actions), "rows": queries.scorecards(actor=request.actor)}
    return render(request, "scoring/scorecards.html", shown)


@duty_required
@require_GET
def scorecard(request: SaibanRequest, scorecard_id: int) -> HttpResponse:
    """Show one scorecard: indicators, reference, test results, percentile table."""
    row = queries.scorecard(actor=request.actor, scorecard_id=scorecard_id)
    return render(request, "scoring/scorecard.html", pages.scorecard(request.actor, row))


@duty_required
@require_http_methods(["GET", "POST"])
def add(request: SaibanRequest) -> HttpResponse:
    """Add a version from its text."""
    _require(request, "scoring.scorecard.add")
    form = ScorecardForm(request.POST or None)
    if form.is_valid():
        try:
            row = services.add_scorecard(actor=request.actor, **form.cleaned_data)
            return redirect("scoring:scorecard", row.pk)
        except BadInput as error:
            form.add_error("text", str(error))
    trail = [Link(_("Scorecards"), reverse("scoring:scorecards"))]
    shown = {
        "page": Page(_("Add a version"), trail=trail),
        "form": form,
        "cancel_url": reverse("scoring:scorecards"),
    }
    return render(request, "scoring/form.html", shown, status=422 if form.errors else 200)


@duty_required
@require_POST
def test(request: SaibanRequest, scorecard_id: int) -> HttpResponse:
    """Try a draft out."""
    services.test_scorecard(actor=request.actor, scorecard_id=scorecard_id)
    messages.success(request, _("Tested. Another person may approve it now."))
    return redirect("scoring:scorecard", scorecard_id)


@duty_required
@require_http_methods(["GET", "POST"])
def approve(request: SaibanRequest, scorecard_id: int) -> HttpResponse:
    """Approve a tested scorecard, after a page that says what follows."""
    _require(request, "scoring.scorecard.approve")
    services.ask_area(request.actor)
    row = queries.scorecard(actor=request.actor, scorecard_id=scorecard_id)
    form = ApproveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.approve_scorecard(actor=request.actor, scorecard_id=scorecard_id, **form.cleaned_data)
        messages.success(request, _("Approved. All households are being scored by it."))
        return redirect("scoring:scorecard", scorecard_id)
    shown = {
        "page": Page(_("Approve %(title)s?") % {"title": row}, trail=_trail(row.pk, row.title)),
        "consequences": [
            _("Your name stands beside it as the one who approved it."),
            _("All households of the registry are scored by it."),
            _("It cannot be changed afterwards, only retired."),
        ],
        "form": form,
        "confirm": _("Approve"),
        "cancel_url": reverse("scoring:scorecard", args=[row.pk]),
    }
    return render(request, "ui/confirm.html", shown)


@duty_required
@require_http_methods(["GET", "POST"])
def retire(request: SaibanRequest, scorecard_id: int) -> HttpResponse:
    """Take a scorecard out of use, with a reason."""
    _require(request, "scoring.scorecard.retire")
    services.ask_area(request.actor)
    row = queries.scorecard(actor=request.actor, scorecard_id=scorecard_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.retire_scorecard(actor=request.actor, scorecard_id=scorecard_id, **form.cleaned_data)
        messages.success(request, _("Retired. Its scores stay on record."))
        return redirect("scoring:scorecard", scorecard_id)
    shown = {
        "page": Page(_("Retire %(title)s?") % {"title": row}, trail=_trail(row.pk, row.title)),
        "consequences": [
            _("No household is scored by it any more; its scores stay on record."),
            _("Where it decides, bands stay as they are until another scorecard decides."),
        ],
        "form": form,
        "confirm": _("Retire"),
        "cancel_url": reverse("scoring:scorecard", args=[row.pk]),
        "dangerous": True,
    }
    return render(request, "ui/confirm.html", shown, status=422 if form.errors else 200)


@duty_required
@require_GET
def history(request: SaibanRequest, household_id: int) -> HttpResponse:
    """Show every score of a household."""
    household, scores = queries.history(actor=request.actor, household_id=household_id)
    trail = [Link(household.code, reverse("registry:household", args=[household.pk]))]
    rows = pages.history(scores)
    shown = {
        "page": Page(_("Scores"), identity=household.code, trail=trail),
        "rows": rows,
        "household": household,
    }
    return render(request, "scoring/history.html", shown)


@duty_required
@require_GET
def compare(request: SaibanRequest, household_id: int, before_id: int, after_id: int) -> HttpResponse:
    """Compare two scores of a household in words."""
    found = queries.comparison(
        actor=request.actor, household_id=household_id, before_id=before_id, after_id=after_id
    )
    return render(request, "scoring/compare.html", pages.comparison(found))


def _require(request: SaibanRequest, permission: str) -> None:
    if not request.actor.may(permission):
        raise NotAllowed


def _trail(scorecard_id: int, title: str) -> list[Link]:
    return [
        Link(_("Scorecards"), reverse("scoring:scorecards")),
        Link(title, reverse("scoring:scorecard", args=[scorecard_id])),
    ]
