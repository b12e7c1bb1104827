"""The list of the unserved."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor
from saiban.core.services import require
from saiban.programmes.filters.unserved import UnservedFilters
from saiban.programmes.queries import unserved as queries
from saiban.programmes.tables.unserved import UnservedTable, UnservedToTake
from saiban.ui import tables
from saiban.ui.components import Page

NARROWED_BY = ("area", "score", "size", "older", "sort")


@duty_required
@require_GET
def unserved(request: SaibanRequest) -> HttpResponse:
    """List the poor households that are in no scheme; narrow, sort, take along."""
    actor = request.actor
    require(actor, "programmes.unserved.list")
    rows = queries.unserved_list(actor=actor, day=timezone.localdate())
    filters = UnservedFilters(request.GET, queryset=rows, actor=actor)
    hidden = () if actor.sees("personal") else ("head_name",)
    table = tables.arrange(request, _table_for(actor)(filters.qs, exclude=hidden))
    table.filter = filters
    asked = _asked(request.GET)
    file = tables.export(request, table, name="unserved")
    if file:
        ids = list(filters.qs.values_list("household_id", flat=True))
        queries.keep_export(actor=actor, household_ids=ids, query=asked)
        return file
    seen = [row.record.household_id for row in table.page]
    queries.keep_list(actor=actor, household_ids=seen, query=asked)
    page = Page(_("Poor households in no scheme"))
    return render(request, "programmes/unserved.html", {"page": page, "table": table})


def _table_for(actor: Actor) -> type[UnservedTable]:
    return UnservedToTake if actor.may("programmes.unserved.export") else UnservedTable


def _asked(query: Mapping[str, str]) -> str:
    """Say how the list was narrowed, in codes."""
    return "&".join(f"{name}={query[name][:40]}" for name in NARROWED_BY if query.get(name))
