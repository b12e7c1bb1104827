# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""The catalogue as a table."""

from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Agency
from saiban.programmes.models import Scheme
from saiban.programmes.queries.catalogue import SchemeLine
from saiban.programmes.words import PILLARS, TARGETS, benefit, name_of
from saiban.ui.tables import NumberColumn, RupeesColumn, Table
from saiban.ui.templatetags.saiban import in_language, tag
from saiban.ui.words import NOTHING


class SchemeTable(Table):
    """Schemes with what they give, how many have a place, and what that costs in a year."""

    name = django_tables2.Column(verbose_name=_("Scheme"))
    agency = django_tables2.Column(
        verbose_name=_("Department"), accessor="scheme__agency", order_by="agency_name"
    )
    pillar = django_tables2.Column(verbose_name=_("Pillar"), accessor="scheme__pillar")
    target = django_tables2.Column(verbose_name=_("For whom"), accessor="scheme__target")
    benefit = NumberColumn(
        verbose_name=_("Benefit"), accessor="scheme__benefit_paisa", order_by="-scheme__yearly_paisa"
    )
    places = NumberColumn(verbose_name=_("Beneficiaries"), default=NOTHING)
    yearly_paisa = RupeesColumn(verbose_name=_("A year"), default=NOTHING)

    how_it_fills: ClassVar[str | Promise] = _("The catalogue is laid with the foundation of the system.")

    class Meta(Table.Meta):
        empty_text = _("No scheme fits.")

    def render_name(self, value: str, record: SchemeLine) -> SafeString:
        """Lead to the scheme; say where its figures are not confirmed, and whether it is run here."""
        scheme = record.scheme
        url = reverse("programmes:scheme", args=[scheme.pk])
        return format_html(
            '<span><a href="{}">{}</a><span class="from"><bdi class="code">{}</bdi> {}{}</span></span>',
            url,
            value,
            scheme.code,
            tag("", _("run here"), "ok") if scheme.rule_id else "",
            "" if scheme.confirmed else tag("", _("not confirmed"), "warn"),
        )

    def render_agency(self, value: Agency) -> str:
        """Name the department in the reader's language."""
        return name_of(value)

    def render_pillar(self, value: str) -> str:
        """Name the pillar."""
        return str(PILLARS[value])

    def render_target(self, value: str, record: SchemeLine) -> SafeString:
        """Name the target group, with the report's words beneath."""
        words = in_language(record.scheme, "target_group")
        return format_html('<span>{}<span class="from">{}</span></span>', TARGETS[value], words)

    def render_benefit(self, record: SchemeLine) -> SafeString:
        """Write the amount with its period; the words of the report where there is no plain amount."""
        return benefit_of(record.scheme)


def benefit_of(scheme: Scheme) -> SafeString:
    """What a scheme gives: its amount with the period, else the words of the report, else a dash."""
    if scheme.benefit_paisa or not scheme.amount:
        return format_html("{}", benefit(scheme.benefit_paisa, scheme.period))
    return format_html('<span lang="en" dir="ltr">{}</span>', scheme.amount)
