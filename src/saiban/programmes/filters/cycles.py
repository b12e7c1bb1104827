# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the candidates of a cycle, and the proposals."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor, Area
from saiban.programmes.models import CandidateOutcome, Proposal, Scheme
from saiban.programmes.transitions import ProposalState
from saiban.programmes.words import name_of
from saiban.ui.filters import Filters

CANDIDATES_BY, PROPOSALS_BY = ("outcome", "area", "sort"), ("state", "kind", "scheme", "area", "sort")


class _ByArea(Filters):
    """By an area of the actor's."""

    area = django_filters.ChoiceFilter(label=_("Area"), method="of_area", empty_label=_("all"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the areas of the actor."""
        super().__init__(*args, **kwargs)
        areas = Area.objects.visible_to(actor).filter(level__in=["district", "tehsil"]).order_by("path")
        self.filters["area"].extra["choices"] = [
            (area.code, f"{'— ' if area.level == 'tehsil' else ''}{name_of(area)}") for area in areas
        ]

    def of_area(self, rows: QuerySet[Any], name: str, code: str) -> QuerySet[Any]:
        """Keep an area and what lies below it."""
        area = Area.objects.filter(code=code).first()
        return rows.filter(area_path__under=area.path) if area else rows.none()


class CandidateFilters(_ByArea):
    """By what became of them, and area."""

    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=CandidateOutcome.choices, empty_label=_("all")
    )


class ProposalFilters(_ByArea):
    """By state, which way, scheme and area; only those to decide unless asked for others."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ProposalState.choices, empty_label=_("to decide")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Proposal"), choices=Proposal.Kind.choices, empty_label=_("both ways")
    )
    scheme = django_filters.ChoiceFilter(label=_("Scheme"), field_name="scheme__code", empty_label=_("all"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the schemes that are run here."""
        super().__init__(*args, actor=actor, **kwargs)
        schemes = Scheme.objects.managed_by(actor).run_here()
        self.filters["scheme"].extra["choices"] = [(row.code, str(row)) for row in schemes]

    def filter_queryset(self, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        """Keep what is to decide unless a state is asked for."""
        rows: QuerySet[Proposal] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(state=ProposalState.OPEN)
