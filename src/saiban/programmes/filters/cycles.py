# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the candidates of a cycle, and the proposals."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor
from saiban.programmes.models import CandidateOutcome, Proposal, Scheme
from saiban.programmes.transitions import ProposalState
from saiban.registry.filters import ByArea

CANDIDATES_BY, PROPOSALS_BY = ("outcome", "area", "sort"), ("state", "kind", "scheme", "area", "sort")


class CandidateFilters(ByArea):
    """By what became of them, and area."""

    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=CandidateOutcome.choices, empty_label=_("all")
    )


class ProposalFilters(ByArea):
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
