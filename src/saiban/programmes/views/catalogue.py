"""The catalogue of schemes, and one scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import require
from saiban.data import facts
from saiban.programmes.filters.catalogue import CatalogueFilters
from saiban.programmes.models import Scheme
from saiban.programmes.queries import catalogue as queries
from saiban.programmes.queries.catalogue import SchemeLine, SchemePage, Size
from saiban.programmes.tables.catalogue import SchemeTable, benefit_of
from saiban.programmes.transitions import EnrolmentState
from saiban.programmes.words import KINDS, LEVELS, PILLARS, STAGES, TARGETS, name_of
from saiban.ui import slots, tables, words
from saiban.ui.components import Banner, Figure, Link, Page

Context = dict[str, Any]
WHOLE_CATALOGUE = 100


@duty_required
@require_GET
def schemes(request: SaibanRequest) -> HttpResponse:
    """List the schemes of all departments; narrow and sort."""
    actor = request.actor
    require(actor, "programmes.scheme.view")
    rows = queries.schemes(actor=actor)
    lines = queries.lines(rows, actor=actor, day=timezone.localdate())
    filters = CatalogueFilters(request.GET, queryset=Scheme.objects.visible_to(actor), schemes=rows)
    kept = set(filters.qs.values_list("pk", flat=True)) if filters.is_narrowed else {row.pk for row in rows}
    table = SchemeTable([line for line in lines if line.scheme.pk in kept])
    tables.arrange(request, table, per_page=WHOLE_CATALOGUE)
    table.filter = filters
    shown = {
        "page": Page(_("Schemes")),
        "figures": _figures(lines),
        "pillars": _pillars(lines),
        "table": table,
    }
    return render(request, "programmes/schemes.html", shown)


def _figures(lines: Sequence[SchemeLine]) -> list[Figure]:
    unsure = sum(not line.scheme.confirmed for line in lines)
    departments = len({line.scheme.agency_id for line in lines})
    of = ngettext("of %(count)s department", "of %(count)s departments", departments)
    figures = [
        Figure(_("Schemes"), words.number(len(lines)), of % {"count": words.number(departments)}),
        Figure(
            _("Not confirmed"), words.number(unsure), _("schemes with a figure that is recalled or missing")
        ),
    ]
    if any(line.size for line in lines):
        places, yearly = _sum(lines)
        figures += [
            Figure(
                _("Beneficiaries"),
                words.number(places),
                _("with an enrolment that runs today, in the area of your duty"),
            ),
            Figure(_("A year"), words.rupees(yearly), _("what they are given, where an amount is known")),
        ]
    return figures


def _sum(lines: Sequence[SchemeLine]) -> tuple[int, int]:
    sizes = [line.size for line in lines if line.size]
    return sum(size.places for size in sizes), sum(size.yearly_paisa for size in sizes)


def _pillars(lines: Sequence[SchemeLine]) -> list[Context]:
    """The four pillars with their schemes and, where the duty shows them, places and cost."""
    found = []
    for code, label in PILLARS.items():
        inside = [line for line in lines if line.scheme.pillar == code]
        counted = any(line.size for line in inside)
        places, yearly = _sum(inside)
        found.append(
            {
                "label": label,
                "url": f"{reverse('programmes:schemes')}?pillar={code}",
                "schemes": len(inside),
                "places": places if counted else None,
                "yearly_paisa": yearly or None if counted else None,
            }
        )
    return found


@duty_required
@require_GET
def scheme(request: SaibanRequest, scheme_id: int) -> HttpResponse:
    """Show one scheme: what is known of it and whence, and how many are in it."""
    actor = request.actor
    found = queries.scheme_page(actor=actor, scheme_id=scheme_id, day=timezone.localdate())
    row = found.scheme
    identity = [row.code, name_of(row.agency), str(PILLARS[row.pillar])]
    trail = [Link(_("Schemes"), reverse("programmes:schemes"))]
    shown = {
        "page": Page(str(row), identity=identity, trail=trail),
        "banners": _banners(row),
        "figures": _figures_of(found),
        "scheme": row,
        "facts": _facts(row),
        "districts": _districts(found.districts),
        "largest": max((size.places for size in found.districts.values()), default=0),
        "states": [(EnrolmentState(state).label, state, places) for state, places in found.states.items()],
        "counted": found.size is not None,
        "main": slots.fill("programmes.scheme.main", actor, [row.pk]),
        "side": slots.fill("programmes.scheme.side", actor, [row.pk]),
    }
    return render(request, "programmes/scheme.html", shown)


def _banners(row: Scheme) -> list[Banner]:
    if row.confirmed:
        return []
    return [
        Banner(_("A figure of this scheme is recalled or was not found: confirm it before you rely on it."))
    ]


def _figures_of(found: SchemePage) -> list[Figure]:
    if found.size is None:
        return []
    count = len(found.districts)
    figures = [
        Figure(
            _("Beneficiaries"),
            words.number(found.size.places),
            ngettext("in %(count)s district, today", "in %(count)s districts, today", count)
            % {"count": words.number(count)},
        ),
        Figure(
            _("A year"),
            words.rupees(found.size.yearly_paisa) if found.size.yearly_paisa else words.NOTHING,
            _("what they are given, where an amount is known"),
        ),
    ]
    if found.overlaps is not None:
        why = _("with another scheme, or twice in this one")
        url = f"{reverse('programmes:overlaps')}?scheme={found.scheme.code}"
        figures.append(Figure(_("Overlaps"), words.number(found.overlaps), why, url))
    return figures


def _facts(row: Scheme) -> list[tuple[Any, Any]]:
    """What is known of a scheme, in words; what was reported stands beside it in the template."""
    return [
        (_("Department"), name_of(row.agency)),
        (_("Level"), LEVELS.get(row.level, row.level)),
        (_("Pillar"), PILLARS[row.pillar]),
        (_("Kind"), KINDS.get(row.kind, row.kind)),
        (_("Target group"), TARGETS[row.target]),
        (_("Stage of life"), STAGES[row.stage]),
        (_("Unit"), row.get_unit_display()),
        (_("Benefit"), benefit_of(row)),
    ]


def _districts(found: Mapping[str, Size]) -> list[Context]:
    """Districts by places, the most first."""
    named = [
        {"name": name_of(facts.areas()[code]) if code else _("district not known"), "size": size}
        for code, size in found.items()
    ]
    return sorted(named, key=lambda one: -one["size"].places)
