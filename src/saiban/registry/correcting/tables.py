# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""The list of corrections."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from saiban.registry.correcting.queries import is_late
from saiban.registry.models import Correction
from saiban.ui import tables
from saiban.ui.templatetags.saiban import state, tag
from saiban.ui.words import NOTHING, answer_label, day, field_label


class CorrectionTable(tables.Table):
    """Who found out what of which household, until when it holds, and what it waits for."""

    field = django_tables2.Column(_("Answer"), orderable=False)
    household = django_tables2.Column(_("Household"), orderable=False)
    before = django_tables2.Column(_("Before"), empty_values=(), orderable=False)
    value = django_tables2.Column(_("Correction"), empty_values=(), orderable=False)
    proposed_by = django_tables2.Column(_("Proposed"), orderable=False)
    ends_on = tables.DayColumn(_("Until"), default=NOTHING, orderable=False)
    state = django_tables2.Column(_("State"), orderable=False)

    how_it_fills: ClassVar[str | Promise] = _(
        "Corrections appear when someone corrects an answer on the page of a household."
    )

    class Meta(tables.Table.Meta):
        empty_text = _("No correction fits.")

    def render_field(self, value: str, record: Correction) -> SafeString:
        """Name the answer; lead to the correction."""
        url = reverse("registry:correction", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, field_label(value))

    def render_household(self, value: Any) -> SafeString:
        """Lead to the household; name its place."""
        url = reverse("registry:household", args=[value.pk])
        area = value.area.name_ur if translation.get_language() == "ur" else value.area.name_en
        code = '<span><a href="{}"><bdi class="code">{}</bdi></a><span class="from">{}</span></span>'
        return format_html(code, url, value.code, area)

    def render_before(self, record: Correction) -> SafeString:
        """Say what held when it was proposed."""
        return format_html("<bdi>{}</bdi>", answer_label(record.field, record.before))

    def render_value(self, record: Correction) -> SafeString:
        """Say what is right."""
        return format_html("<bdi>{}</bdi>", answer_label(record.field, record.value))

    def render_proposed_by(self, value: Any, record: Correction) -> SafeString:
        """Say by whom and when."""
        name = '<span><bdi>{}</bdi><span class="from">{}</span></span>'
        return format_html(name, value.display_name, day(record.proposed_at))

    def render_state(self, record: Correction) -> SafeString:
        """Show the state; say which have waited too long."""
        late = tag("late", _now("late"), "warn") if is_late(record) else ""
        return format_html("<span>{} {}</span>", state(record), late)
