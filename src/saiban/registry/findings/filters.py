# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the list of findings."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor, Area
from saiban.registry.models import Finding
from saiban.registry.transitions import FindingState
from saiban.ui.filters import Filters

NARROWED_BY = ("batch", "kind", "state", "area", "sort")


class FindingFilters(Filters):
    """By batch, kind, state and area (a district or tehsil of the actor's)."""

    batch = django_filters.NumberFilter(
        label=_("Batch"), field_name="batch_id", min_value=1, max_value=2**62, decimal_places=0
    )
    kind = django_filters.ChoiceFilter(label=_("Found"), choices=Finding.Kind.choices, empty_label=_("all"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=FindingState.choices, empty_label=_("all"))
    area = django_filters.ChoiceFilter(label=_("Area"), method="of_area", empty_label=_("all"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the areas of the actor."""
        super().__init__(*args, **kwargs)
        urdu = translation.get_language() == "ur"
        areas = Area.objects.visible_to(actor).filter(level__in=["district", "tehsil"]).order_by("path")
        self.filters["area"].extra["choices"] = [
            (area.code, f"{'— ' if area.level == 'tehsil' else ''}{area.name_ur if urdu else area.name_en}")
            for area in areas
        ]

    def of_area(self, rows: QuerySet[Finding], name: str, code: str) -> QuerySet[Finding]:
        """Keep an area and what lies below it."""
        area = Area.objects.filter(code=code).first()
        return rows.filter(area_path__under=area.path) if area else rows.none()
