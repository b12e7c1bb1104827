"""Pages on what is known: all fields, and one of them."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import require
from saiban.data.dictionary import Level
from saiban.registry.knowledge import coverage, pages, plan_pages, queries
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
    """Show how much of each district, or of each tehsil of one, the registry holds, how old it is, and where
    to survey first."""
    require(request.actor, "registry.knowledge.view")
    district = coverage.district_of(request.actor, request.GET.get("district", ""))
    table = tables.arrange(request, coverage.table(request.actor, district), per_page=40)
    file = tables.export(request, table, name="coverage")
    if file:
        return file
    if district is not None:
        shown = coverage.page_of(request.actor, district)
    else:
        asked = request.GET.get("map", "")
        shown = coverage.page(request.actor, asked if asked in coverage.SHOWN else coverage.SHOWN[0])
    return render(request, "registry/coverage.html", shown | {"table": table})


@duty_required
@require_GET
def coverage_plan(request: SaibanRequest) -> HttpResponse:
    """Plan a survey: which tehsils first, with so many visits."""
    require(request.actor, "registry.knowledge.view")
    asked = "visits" in request.GET
    initial = {"district": request.GET.get("district", "")}
    form = plan_pages.PlanForm(request.GET if asked else None, initial=initial, actor=request.actor)
    if not form.is_valid():
        shown = plan_pages.page(form, [])
        return render(request, "registry/plan.html", shown, status=422 if form.errors else 200)
    stages = plan_pages.stages_of(request.actor, **form.cleaned_data)
    table = tables.arrange(request, plan_pages.table(stages), per_page=40)
    file = tables.export(request, table, name="survey-plan")
    if file:
        return file
    return render(request, "registry/plan.html", plan_pages.page(form, stages) | {"table": table})


@duty_required
@require_GET
def field(request: SaibanRequest, level: str, code: str) -> HttpResponse:
    """Show one field: by whom it is known, how old, where it is missing, who is heard first."""
    require(request.actor, "registry.knowledge.view")
    if not queries.is_reported(level, code):
        raise Http404
    return render(request, "registry/field.html", pages.one_field(request.actor, cast(Level, level), code))
