"""Pages on what is known: all fields, and one of them."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import require
from saiban.data.dictionary import Level
from saiban.registry.knowledge import coverage, pages, queries
from saiban.ui import tables


@duty_required
@require_GET
def fields(request: SaibanRequest) -> HttpResponse:
    """Show every field: how much of it is known, how old, how often contradicted."""
    require(request.actor, "registry.knowledge.view")
    return render(request, "registry/fields.html", pages.all_fields(request.actor))


@duty_required
@require_GET
def coverage_by_district(request: SaibanRequest) -> HttpResponse:
    """Show how much of each district the registry holds, how old it is, and where to survey first."""
    require(request.actor, "registry.knowledge.view")
    table = tables.arrange(request, coverage.table(request.actor), per_page=40)
    file = tables.export(request, table, name="coverage")
    if file:
        return file
    asked = request.GET.get("map", "")
    shown = coverage.page(request.actor, asked if asked in coverage.SHOWN else coverage.SHOWN[0])
    return render(request, "registry/coverage.html", shown | {"table": table})


@duty_required
@require_GET
def field(request: SaibanRequest, level: str, code: str) -> HttpResponse:
    """Show one field: by whom it is known, how old, where it is missing, who is heard first."""
    require(request.actor, "registry.knowledge.view")
    if not queries.is_reported(level, code):
        raise Http404
    return render(request, "registry/field.html", pages.one_field(request.actor, cast(Level, level), code))
