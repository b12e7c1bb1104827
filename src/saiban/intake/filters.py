"""How the lists of this room are narrowed."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from saiban.intake.models import Batch, RejectedRow, Source
from saiban.intake.reasons import OF_ROWS
from saiban.intake.transitions import BatchState
from saiban.ui.filters import Filters


def _sources(request: Any) -> Any:
    return Source.objects.visible_to(request.actor) if request is not None else Source.objects.none()


class BatchFilters(Filters):
    """By source and state."""

    source = django_filters.ModelChoiceFilter(label=_("Source"), queryset=_sources, to_field_name="code")
    state = django_filters.ChoiceFilter(label=_("State"), choices=BatchState.choices)

    class Meta:
        model = Batch
        fields = ("source", "state")


class RejectedFilters(Filters):
    """By what is wrong, and by household."""

    reason = django_filters.ChoiceFilter(
        label=_("What is wrong"), choices=[(code, reason.sentence) for code, reason in OF_ROWS.items()]
    )
    group_key = django_filters.CharFilter(label=_("Household in the file"))

    class Meta:
        model = RejectedRow
        fields = ("reason", "group_key")
