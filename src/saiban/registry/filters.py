"""Narrowing the list of households."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor, Area
from saiban.registry.bands import BANDS
from saiban.registry.models import Profile
from saiban.ui.filters import Filters

MONTHS = [(12, _("a year")), (24, _("two years")), (36, _("three years"))]


class HouseholdFilters(Filters):
    """By area (a district or tehsil of the actor's), band, disagreement, and age of the evidence."""

    area = django_filters.ChoiceFilter(label=_("Area"), method="of_area", empty_label=_("all"))
    band = django_filters.ChoiceFilter(
        label=_("Band"),
        choices=[(code, words) for code, (words, _tone) in BANDS.items()],
        empty_label=_("all"),
    )
    disagreement = django_filters.ChoiceFilter(
        label=_("Sources"), method="disagreeing", choices=[("yes", _("disagree"))], empty_label=_("all")
    )
    older = django_filters.ChoiceFilter(
        label=_("An answer older than"), method="older_than", choices=MONTHS, empty_label=_("any age")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the areas of the actor."""
        super().__init__(*args, **kwargs)
        urdu = translation.get_language() == "ur"
        areas = Area.objects.visible_to(actor).filter(level__in=["district", "tehsil"]).order_by("path")
        self.filters["area"].extra["choices"] = [
            (area.code, f"{'— ' if area.level == 'tehsil' else ''}{area.name_ur if urdu else area.name_en}")
            for area in areas
        ]

    def of_area(self, rows: QuerySet[Profile], name: str, code: str) -> QuerySet[Profile]:
        """Keep an area and what lies below it."""
        area = Area.objects.filter(code=code).first()
        return rows.filter(area_path__under=area.path) if area else rows.none()

    def disagreeing(self, rows: QuerySet[Profile], name: str, value: str) -> QuerySet[Profile]:
        """Keep those of which sources say different things."""
        return rows.filter(disagreements__gt=0)

    def older_than(self, rows: QuerySet[Profile], name: str, months: str) -> QuerySet[Profile]:
        """Keep those with an answer older than so many months."""
        from saiban.calc.precedence import months_before

        limit: date = months_before(timezone.localdate(), int(months))
        return rows.filter(oldest_on__lt=limit)
