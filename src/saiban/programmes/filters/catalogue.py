# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from saiban.programmes.models import Scheme
from saiban.programmes.queries.catalogue import counts
from saiban.programmes.words import PILLARS, STAGES, TARGETS, name_of
from saiban.ui.components import Words
from saiban.ui.filters import Filters
from saiban.ui.words import number

Choices = list[tuple[str, str]]


class CatalogueFilters(Filters):
    """By pillar, department, target group and stage of life; each choice says how many schemes it has."""

    pillar = django_filters.ChoiceFilter(label=_("Pillar"), empty_label=_("all"))
    agency = django_filters.ChoiceFilter(
        label=_("Department"), field_name="agency__code", empty_label=_("all")
    )
    target = django_filters.ChoiceFilter(label=_("Target group"), empty_label=_("all"))
    stage = django_filters.ChoiceFilter(label=_("Stage of life"), empty_label=_("all"))
    here = django_filters.ChoiceFilter(
        label=_("Run"), method="run_here", choices=[("yes", _("in this system"))], empty_label=_("anywhere")
    )

    def __init__(self, *args: Any, schemes: Sequence[Scheme], **kwargs: Any) -> None:
        """Offer what occurs among ``schemes``, which come with their agencies."""
        super().__init__(*args, **kwargs)
        for name, labels in (("pillar", PILLARS), ("target", TARGETS), ("stage", STAGES)):
            self.filters[name].extra["choices"] = _counted(counts(schemes, name), labels)
        agencies = {row.agency.code: row.agency for row in schemes}
        found = {code: sum(row.agency == agency for row in schemes) for code, agency in agencies.items()}
        named = sorted((name_of(agency), code) for code, agency in agencies.items())
        self.filters["agency"].extra["choices"] = _counted(found, {code: name for name, code in named})

    def run_here(self, rows: QuerySet[Scheme], name: str, value: str) -> QuerySet[Scheme]:
        """Keep schemes that are run in this system."""
        return rows.filter(rule__isnull=False)


def _counted(found: Mapping[str, int], labels: Mapping[str, Words]) -> Choices:
    return [(code, f"{labels[code]} ({number(found[code])})") for code in labels if code in found]
