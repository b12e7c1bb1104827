"""The one search box. What is looked for goes by POST only: it is in no address and in no log."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from saiban.core.http import SaibanRequest, duty_required
from saiban.desk.forms import SearchForm
from saiban.desk.queries import finding
from saiban.desk.queries.finding import Found
from saiban.ui import words
from saiban.ui.components import Page


@never_cache
@duty_required
@require_http_methods(["GET", "POST"])
def search(request: SaibanRequest) -> HttpResponse:
    """Show the form; by POST, what fits."""
    form = SearchForm(request.POST or None)
    found = None
    if form.is_valid():
        found = finding.find(actor=request.actor, text=form.cleaned_data["q"])
        form = SearchForm()  # what was typed is not shown again: it may be a number
    shown = {
        "page": Page(_("Search"), identity=_result(found) if found else ""),
        "form": form,
        "found": found,
        "hint": _hint(found) if found else "",
        "sees_people": request.actor.may("registry.household.view"),
    }
    return render(request, "desk/search.html", shown, status=422 if form.errors else 200)


def _result(found: Found) -> str:
    count = len(found.hits)
    said = {"shown": found.shown, "count": words.number(count)}
    if found.more:
        return _("“%(shown)s”: more than %(count)s, the nearest are shown") % said
    return ngettext("“%(shown)s”: %(count)s found", "“%(shown)s”: %(count)s found", count) % said


def _hint(found: Found) -> str:
    """Say why nothing is found, and what to try."""
    hints = {
        "short": _(
            "This is too short to look for. Type the whole number, or at least three letters of the name."
        ),
        "no_names": _("Your duty does not show names. Look for a household code instead."),
        "not_a_number": _(
            "These digits are no CNIC or B-Form number, no mobile number and no electricity reference."
        ),
    }
    nobody = _("Nothing in your area fits. Check what you typed; what lies outside your area is not found.")
    return "" if found.hits else hints.get(found.hint, nobody)
