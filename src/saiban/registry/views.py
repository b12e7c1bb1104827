"""Pages of the registry."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core.errors import NotAllowed
from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import get_visible
from saiban.data.dictionary import Level, fields
from saiban.registry import pages, past_pages, queries, services
from saiban.registry.errors import Erased
from saiban.registry.filters import HouseholdFilters
from saiban.registry.forms import DayForm, OfFieldForm
from saiban.registry.models import Identifier
from saiban.ui import slots, tables
from saiban.ui.components import Page
from saiban.ui.forms import ReasonForm


@duty_required
@require_GET
def households(request: SaibanRequest) -> HttpResponse:
    """List households; narrow, sort, take along."""
    actor = request.actor
    if not actor.may("registry.household.list"):
        raise NotAllowed
    filters = HouseholdFilters(request.GET, queryset=queries.household_list(actor=actor), actor=actor)
    table = tables.arrange(request, pages.table_for(actor)(filters.qs, exclude=pages.hidden_columns(actor)))
    table.filter = filters
    asked = pages.asked(request.GET)
    file = tables.export(request, table, name="households")
    if file:
        ids = list(filters.qs.values_list("household_id", flat=True))
        queries.keep_export(actor=actor, household_ids=ids, query=asked)
        return file
    queries.keep_list(actor=actor, household_ids=[row.record.household_id for row in table.page], query=asked)
    return render(request, "registry/households.html", {"page": Page(_("Households")), "table": table})


@duty_required
@require_GET
def household(request: SaibanRequest, household_id: int) -> HttpResponse:
    """Show one household: what is known of it, whence, and what happened."""
    actor = request.actor
    try:
        shown = queries.household_page(actor=actor, household_id=household_id)
    except Erased:
        panels = slots.fill("registry.household.erased", actor, [household_id])
        left = queries.household_erased(actor=actor, household_id=household_id)
        return render(request, "registry/household_erased.html", pages.erased(left, panels))
    filled = {
        name: slots.fill(f"registry.household.{name}", actor, [household_id])
        for name in ("main", "side", "timeline")
    }
    return render(request, "registry/household.html", pages.household(actor, shown, filled))


@duty_required
@require_GET
def household_past(request: SaibanRequest, household_id: int) -> HttpResponse:
    """Show what was known of one household on a day; without one, ask for it."""
    actor = request.actor
    if not actor.may("registry.household.view"):
        raise NotAllowed
    row = get_visible(queries.without_places(), actor=actor, pk=household_id)
    form = DayForm(request.GET or None)
    context = past_pages.past_asked(row) | {"form": form}
    if form.is_valid():
        context |= past_pages.past(
            queries.household_past(actor=actor, household_id=household_id, **form.cleaned_data)
        )
    return render(request, "registry/household_past.html", context, status=422 if form.errors else 200)


@duty_required
@require_GET
def household_history(request: SaibanRequest, household_id: int) -> HttpResponse:
    """Show every answer that was ever given about one household."""
    asked = _field_asked(request, "household")
    shown = queries.household_history(actor=request.actor, household_id=household_id, field=asked)
    return _history(request, shown, asked)


@duty_required
@require_GET
def person_history(request: SaibanRequest, person_id: int) -> HttpResponse:
    """Show every answer that was ever given about one person."""
    asked = _field_asked(request, "person")
    shown = queries.person_history(actor=request.actor, person_id=person_id, field=asked)
    return _history(request, shown, asked)


def _field_asked(request: SaibanRequest, level: Level) -> str:
    field = request.GET.get("field", "")
    return field if field in fields(level) else ""


def _history(request: SaibanRequest, shown: queries.HistoryPage, asked: str) -> HttpResponse:
    context = past_pages.history(shown)
    tables.arrange(request, context["table"])
    form = OfFieldForm(initial={"field": asked}, codes=shown.fields, level=shown.level)
    return render(request, "registry/history.html", context | {"form": form})


@duty_required
@require_GET
def person(request: SaibanRequest, person_id: int) -> HttpResponse:
    """Show one person."""
    shown = queries.person_page(actor=request.actor, person_id=person_id)
    main = slots.fill("registry.person.main", request.actor, [person_id])
    return render(request, "registry/person.html", pages.person(request.actor, shown) | {"main": main})


@duty_required
@never_cache
@require_http_methods(["GET", "POST"])
def unmask(request: SaibanRequest, identifier_id: int) -> HttpResponse:
    """Ask for a reason, then show a number in full, once, on the answer to the form only."""
    if not request.actor.may("registry.number.unmask"):
        raise NotAllowed
    rows = Identifier.objects.select_related("person", "household").defer("sealed", "token")
    identifier = get_visible(rows, actor=request.actor, pk=identifier_id)
    form = ReasonForm(request.POST or None)
    number = ""
    if form.is_valid():
        number = services.unmask_number(actor=request.actor, identifier_id=identifier_id, **form.cleaned_data)
    shown = pages.unmask(identifier, number) | {"form": form}
    template = "registry/unmasked.html" if number else "ui/confirm.html"
    return render(request, template, shown, status=422 if form.errors else 200)
