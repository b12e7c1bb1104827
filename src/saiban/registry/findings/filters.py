# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the list of findings."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from saiban.registry.filters import ByArea
from saiban.registry.models import Finding
from saiban.registry.transitions import FindingState

NARROWED_BY = ("batch", "kind", "state", "area", "sort")


class FindingFilters(ByArea):
    """By batch, kind, state and area (a district or tehsil of the actor's)."""

    batch = django_filters.NumberFilter(
        label=_("Batch"), field_name="batch_id", min_value=1, max_value=2**62, decimal_places=0
    )
    kind = django_filters.ChoiceFilter(label=_("Found"), choices=Finding.Kind.choices, empty_label=_("all"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=FindingState.choices, empty_label=_("all"))
