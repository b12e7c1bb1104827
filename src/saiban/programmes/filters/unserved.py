# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the unserved."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from saiban.registry.filters import ProfileFilters, by_age


class UnservedFilters(ProfileFilters):
    """By area (a district or tehsil of the actor's), score, size, and age of the evidence."""

    score = django_filters.NumberFilter(label=_("Score at most"), field_name="score", lookup_expr="lte")
    size = django_filters.NumberFilter(
        label=_("Members at least"), field_name="size", lookup_expr="gte", min_value=1, max_value=60
    )
    older = by_age()
