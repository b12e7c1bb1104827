"""The one search box. What is looked for goes by POST only: it is in no address and in no log."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor
from saiban.desk.forms import SearchForm
from saiban.registry.queries import Found
from saiban.registry.queries import search as look_for
from saiban.ui import words
from saiban.ui.components import Page

LEAST_LETTERS = 2


@never_cache
@duty_required
@require_http_methods(["GET", "POST"])
def search(request: SaibanRequest) -> HttpResponse:
    """Show the form; by POST, what fits. The registry keeps how one looked and what was found."""
    form = SearchForm(request.POST or None)
    found = None
    if form.is_valid():
        found = look_for(actor=request.actor, text=form.cleaned_data["q"])
        form = SearchForm()  # what was typed is not shown again: it may be a number
    shown = {
        "page": Page(_("Search"), identity=_result(found) if found else ""),
        "form": form,
        "found": found,
        "count": _count(found) if found else 0,
        "hint": _hint(request.actor, found) if found else "",
        "sees_people": request.actor.may("registry.household.list"),
    }
    return render(request, "desk/search.html", shown, status=422 if form.errors else 200)


def _count(found: Found) -> int:
    return len(found.households) + len(found.persons)


def _result(found: Found) -> str:
    count = _count(found)
    said = {"shown": found.looked_for, "count": words.number(count)}
    return ngettext("“%(shown)s”: %(count)s found", "“%(shown)s”: %(count)s found", count) % said


def _hint(actor: Actor, found: Found) -> str:
    """Say why nothing is found, and what to try."""
    if found.kind == "name" and not actor.sees("personal"):
        return _("Your duty does not show names. Look for a household code instead.")
    if found.kind == "name" and len(found.looked_for) < LEAST_LETTERS:
        return _("This is too short to look for. Type more of the name.")
    return _("Nothing in your area fits. Check what you typed; what lies outside your area is not found.")
