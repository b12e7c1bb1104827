"""The list of erasures."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from saiban.registry.models import Erasure
from saiban.ui import tables


class ErasureTable(tables.Table):
    """Who is to be erased, asked by whom, and how far it is."""

    code = django_tables2.Column(_("Household"), accessor="household__code")
    whom = django_tables2.Column(_("Who"), empty_values=(), orderable=False)
    place = django_tables2.Column(_("Area"), accessor="household__area", orderable=False)
    basis = django_tables2.Column(_("Legal basis"))
    requested_at = tables.DayColumn(_("Asked on"))
    requested_by = django_tables2.Column(_("By"), accessor="requested_by__display_name", orderable=False)
    state = tables.StateColumn(_("State"))

    how_it_fills: ClassVar[str | Promise] = _(
        "An erasure is asked for on the page of a person or a household."
    )

    class Meta(tables.Table.Meta):
        empty_text = _("No erasure fits.")

    def render_code(self, value: str, record: Erasure) -> SafeString:
        """Lead to the erasure."""
        url = reverse("registry:erasure", args=[record.pk])
        return format_html('<a href="{}"><bdi class="code">{}</bdi></a>', url, value)

    def render_whom(self, record: Erasure) -> str:
        """Say whether one person or all of it is meant."""
        return whom(record)

    def render_place(self, value: Any) -> str:
        """Name the area in the reader's language."""
        return str(value.name_ur if translation.get_language() == "ur" else value.name_en)


def whom(record: Erasure, persons: int | None = None) -> str:
    """Who is meant, without a name."""
    if record.person_id is not None:
        return str(_("one person of the household"))
    if persons is None:
        return str(_("the whole household"))
    words = ngettext(
        "the whole household: %(count)s person", "the whole household: %(count)s persons", persons
    )
    return words % {"count": persons}
