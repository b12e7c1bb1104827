# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""Tables of the partners room."""

from __future__ import annotations

import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from saiban.partners.models import Agreement, Partner
from saiban.ui.tables import DayColumn, NumberColumn, StateColumn, Table


class PartnerTable(Table):
    """Partners, with how many of their agreements hold today and how many wait for approval."""

    how_it_fills = _("Partners are laid with the foundation: the agencies that data comes from.")
    name = django_tables2.Column(verbose_name=_("Partner"))
    kind = django_tables2.Column(verbose_name=_("Kind"))
    in_force = NumberColumn(verbose_name=_("Agreements in force"))
    drafts = NumberColumn(verbose_name=_("Drafts"))

    class Meta(Table.Meta):
        empty_text = _("No partner yet")

    def render_name(self, value: str, record: Partner) -> SafeString:
        """Lead to the partner's page."""
        return format_html('<a href="{}">{}</a>', reverse("partners:partner", args=[record.pk]), value)


class AgreementTable(Table):
    """The agreements of one partner."""

    code = django_tables2.Column(verbose_name=_("Code"))
    source = django_tables2.Column(verbose_name=_("Source"))
    purpose = django_tables2.Column(verbose_name=_("Purpose"))
    starts_on = DayColumn(accessor="during__lower", order_by=("during",), verbose_name=_("From"))
    ends_on = DayColumn(accessor="during__upper", orderable=False, verbose_name=_("Until"))
    state = StateColumn(verbose_name=_("State"))

    class Meta(Table.Meta):
        empty_text = _("No agreement yet")

    how_it_fills = _("Without an agreement in force nothing that this partner sends is taken in.")

    def render_code(self, value: str, record: Agreement) -> SafeString:
        """Lead to the agreement's page."""
        return format_html(
            '<a href="{}"><bdi>{}</bdi></a>', reverse("partners:agreement", args=[record.pk]), value
        )

    def render_source(self, value: str) -> SafeString:
        """Write the code in its own direction."""
        return format_html('<bdi class="code">{}</bdi>', value)
