"""Narrowing the lists of households and of corrections."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor, Area
from saiban.registry.bands import BANDS
from saiban.registry.models import Correction, Profile
from saiban.registry.transitions import CorrectionState
from saiban.ui.filters import Filters

SOON = timedelta(days=30)
KINDS = [
    ("for_me", _("waiting for me")),
    ("waiting", _("waiting for a second person")),
    ("in_force", _("in force")),
    ("soon", _("ending within 30 days")),
    ("ended", _("ended")),
    ("not", _("refused or withdrawn")),
    ("mine", _("proposed by me")),
]
MONTHS = [(12, _("a year")), (24, _("two years")), (36, _("three years"))]


class ByArea(Filters):
    """By an area of the actor's: a district or tehsil; ``path`` names the column of the area's path."""

    path = "area_path"
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

    def of_area(self, rows: QuerySet[Any], name: str, code: str) -> QuerySet[Any]:
        """Keep an area and what lies below it."""
        area = Area.objects.filter(code=code).first()
        return self.within(rows, area.path) if area else rows.none()

    def within(self, rows: Any, path: str) -> Any:
        """Keep what lies at a path or below it."""
        return rows.filter(**{f"{self.path}__under": path})


def by_age() -> django_filters.ChoiceFilter:
    """By the age of the oldest answer, for ``ProfileFilters``."""
    return django_filters.ChoiceFilter(
        label=_("An answer older than"), method="older_than", choices=MONTHS, empty_label=_("any age")
    )


class ProfileFilters(ByArea):
    """Of profiles: by area, and ``by_age()`` where a list wants it among the others."""

    def older_than(self, rows: QuerySet[Profile], name: str, months: str) -> QuerySet[Profile]:
        """Keep those with an answer older than so many months."""
        from saiban.calc.precedence import months_before

        limit: date = months_before(timezone.localdate(), int(months))
        return rows.filter(oldest_on__lt=limit)


class HouseholdFilters(ProfileFilters):
    """By area, band, disagreement, and age of the evidence."""

    band = django_filters.ChoiceFilter(
        label=_("Band"),
        choices=[(code, words) for code, (words, _tone) in BANDS.items()],
        empty_label=_("all"),
    )
    disagreement = django_filters.ChoiceFilter(
        label=_("Sources"), method="disagreeing", choices=[("yes", _("disagree"))], empty_label=_("all")
    )
    older = by_age()

    def within(self, rows: Any, path: str) -> Any:
        """The same, as lists have it."""
        return rows.listed_in(path)

    def disagreeing(self, rows: QuerySet[Profile], name: str, value: str) -> QuerySet[Profile]:
        """Keep those of which sources say different things."""
        return rows.filter(disagreements__gt=0)


class CorrectionFilters(ByArea):
    """By what they wait for, and area."""

    path = "household__area_path"
    show = django_filters.ChoiceFilter(
        label=_("Corrections"), method="of_kind", choices=KINDS, empty_label=_("all")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Keep who asks: some wait for them."""
        super().__init__(*args, actor=actor, **kwargs)
        self.actor = actor

    def of_kind(self, rows: QuerySet[Correction], name: str, kind: str) -> QuerySet[Correction]:
        """Keep those that wait, hold, end soon, have ended, were not approved, or are one's own."""
        soon = timezone.localdate() + SOON
        kept = {
            "for_me": Q(pk__in=Correction.objects.waiting_for(self.actor).values("pk")),
            "waiting": Q(state=CorrectionState.PROPOSED),
            "in_force": Q(state=CorrectionState.APPROVED),
            "soon": Q(state=CorrectionState.APPROVED, ends_on__lte=soon),
            "ended": Q(state=CorrectionState.ENDED),
            "not": Q(state__in=[CorrectionState.REFUSED, CorrectionState.WITHDRAWN]),
            "mine": Q(proposed_by=self.actor),
        }
        return rows.filter(kept[kind])
