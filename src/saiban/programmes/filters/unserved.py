# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the unserved."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from saiban.calc.precedence import months_before
from saiban.registry.filters import ByArea
from saiban.registry.models import Profile

MONTHS = [(12, _("a year")), (24, _("two years")), (36, _("three years"))]


class UnservedFilters(ByArea):
    """By area (a district or tehsil of the actor's), score, size, and age of the evidence."""

    score = django_filters.NumberFilter(label=_("Score at most"), field_name="score", lookup_expr="lte")
    size = django_filters.NumberFilter(
        label=_("Members at least"), field_name="size", lookup_expr="gte", min_value=1, max_value=60
    )
    older = django_filters.ChoiceFilter(
        label=_("An answer older than"), method="older_than", choices=MONTHS, empty_label=_("any age")
    )

    def older_than(self, rows: QuerySet[Profile], name: str, months: str) -> QuerySet[Profile]:
        """Keep those with an answer older than so many months."""
        return rows.filter(oldest_on__lt=months_before(timezone.localdate(), int(months)))
