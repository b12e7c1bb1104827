# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the unserved."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from saiban.calc.precedence import months_before
from saiban.core.models import Actor, Area
from saiban.programmes.words import name_of
from saiban.registry.models import Profile
from saiban.ui.filters import Filters

MONTHS = [(12, _("a year")), (24, _("two years")), (36, _("three years"))]


class UnservedFilters(Filters):
    """By area (a district or tehsil of the actor's), score, size, and age of the evidence."""

    area = django_filters.ChoiceFilter(label=_("Area"), method="of_area", empty_label=_("all"))
    score = django_filters.NumberFilter(label=_("Score at most"), field_name="score", lookup_expr="lte")
    size = django_filters.NumberFilter(
        label=_("Members at least"), field_name="size", lookup_expr="gte", min_value=1, max_value=60
    )
    older = django_filters.ChoiceFilter(
        label=_("An answer older than"), method="older_than", choices=MONTHS, empty_label=_("any age")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the areas of the actor."""
        super().__init__(*args, **kwargs)
        areas = Area.objects.visible_to(actor).filter(level__in=["district", "tehsil"]).order_by("path")
        self.filters["area"].extra["choices"] = [
            (area.code, f"{'— ' if area.level == 'tehsil' else ''}{name_of(area)}") for area in areas
        ]

    def of_area(self, rows: QuerySet[Profile], name: str, code: str) -> QuerySet[Profile]:
        """Keep an area and what lies below it."""
        area = Area.objects.filter(code=code).first()
        return rows.filter(area_path__under=area.path) if area else rows.none()

    def older_than(self, rows: QuerySet[Profile], name: str, months: str) -> QuerySet[Profile]:
        """Keep those with an answer older than so many months."""
        return rows.filter(oldest_on__lt=months_before(timezone.localdate(), int(months)))
