# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the work list of overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor
from saiban.programmes.models import Overlap, Scheme, Unit
from saiban.programmes.transitions import OverlapState
from saiban.programmes.words import name_of
from saiban.registry.filters import ByArea

PAISA = 100
NARROWED_BY = ("state", "kind", "scheme", "agency", "area", "level", "least", "sort")


class OverlapFilters(ByArea):
    """By area, state, kind, scheme, department, level, least yearly cost; what is gone only if asked for."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=OverlapState.choices, empty_label=_("all that are present")
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Overlap.Kind.choices, empty_label=_("all"))
    scheme = django_filters.ChoiceFilter(label=_("Scheme"), method="of_scheme", empty_label=_("all"))
    agency = django_filters.ChoiceFilter(label=_("Department"), method="of_agency", empty_label=_("all"))
    level = django_filters.ChoiceFilter(label=_("Whose"), choices=Unit.choices, empty_label=_("all"))
    least = django_filters.NumberFilter(
        label=_("Rupees a year, at least"), method="at_least", min_value=0, max_value=10**12
    )

    def __init__(self, *args: Any, actor: Actor, schemes: Sequence[Scheme], **kwargs: Any) -> None:
        """Offer these schemes, which come with their departments."""
        super().__init__(*args, actor=actor, **kwargs)
        self.filters["scheme"].extra["choices"] = [(row.code, str(row)) for row in schemes]
        departments = {row.agency.code: name_of(row.agency) for row in schemes}
        self.filters["agency"].extra["choices"] = sorted(departments.items(), key=lambda one: one[1])

    def filter_queryset(self, queryset: QuerySet[Overlap]) -> QuerySet[Overlap]:
        """Leave out what is gone unless it is asked for."""
        rows: QuerySet[Overlap] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.exclude(state=OverlapState.GONE)

    def of_scheme(self, rows: QuerySet[Overlap], name: str, code: str) -> QuerySet[Overlap]:
        """Keep those in which a scheme stands on either side."""
        return rows.filter(Q(left__scheme__code=code) | Q(right__scheme__code=code))

    def of_agency(self, rows: QuerySet[Overlap], name: str, code: str) -> QuerySet[Overlap]:
        """Keep those in which a scheme of a department stands on either side."""
        return rows.filter(Q(left__scheme__agency__code=code) | Q(right__scheme__agency__code=code))

    def at_least(self, rows: QuerySet[Overlap], name: str, amount: Any) -> QuerySet[Overlap]:
        """Keep those of which ending one place saves at least so many rupees a year."""
        return rows.filter(yearly_paisa__gte=int(amount * PAISA))
