"""Lists of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from saiban.registry.bands import BANDS
from saiban.registry.querysets import BY_PLACE
from saiban.ui import tables
from saiban.ui.components import Tone
from saiban.ui.templatetags.saiban import tag

FATES: dict[str, tuple[Promise, Tone]] = {
    "in_use": (_("in use"), "ok"),
    "beside": (_("another source goes before"), "note"),
    "followed": (_("followed by a later answer"), ""),
    "ended": (_("a correction that has ended"), ""),
}


class HouseholdTable(tables.Table):
    """Households with score, band, and how good the evidence is."""

    code = django_tables2.Column(_("Household"), accessor="household__code", orderable=False)
    head_name = django_tables2.Column(_("Head"), orderable=False, default="—")
    place = django_tables2.Column(_("Area"), accessor="household__area", order_by=BY_PLACE)
    score = tables.NumberColumn(_("Score"), places=1, default="—")
    band = django_tables2.Column(_("Band"), order_by=("band", "score"))
    disagreements = tables.NumberColumn(_("Disagreements"))
    oldest_on = tables.DayColumn(_("Oldest answer"), default="—")

    how_it_fills: ClassVar[str | Promise] = _("Households appear when a survey or register was taken in.")

    class Meta(tables.Table.Meta):
        empty_text = _("No household fits.")

    def render_code(self, value: str, record: Any) -> SafeString:
        """Lead to the household."""
        url = reverse("registry:household", args=[record.household_id])
        return format_html('<a href="{}"><bdi class="code">{}</bdi></a>', url, value)

    def value_code(self, value: str) -> str:
        """Keep the code in files."""
        return value

    def render_place(self, value: Any) -> str:
        """Name the area in the reader's language."""
        from django.utils.translation import get_language

        return str(value.name_ur if get_language() == "ur" else value.name_en)

    def render_band(self, value: str) -> SafeString:
        """Show the band in words."""
        words, tone = BANDS[value]
        return tag(value, words, tone)

    def value_band(self, value: str) -> str:
        """Keep the code in files."""
        return value


class SaidTable(tables.Table):
    """What was said of a household or a person, answer by answer."""

    label = django_tables2.Column(_("Answer"))
    value = django_tables2.Column(_("What was said"), orderable=False)
    source = django_tables2.Column(_("Source"))
    observed_on = tables.DayColumn(_("As seen on"))
    received_at = tables.DayColumn(_("Came in"), clock=True)
    fate = django_tables2.Column(_("Now"), orderable=False)

    how_it_fills: ClassVar[str | Promise] = _("Whatever a source or a clerk says appears here.")

    class Meta(tables.Table.Meta):
        empty_text = _("Nothing was said of this yet.")

    def render_fate(self, value: str) -> SafeString:
        """Say what became of it."""
        words, tone = FATES[value]
        return tag(value, words, tone)


class HouseholdsToTake(HouseholdTable):
    """The same, to be taken along."""

    exports: ClassVar[Sequence[str]] = ("csv", "xlsx")

    class Meta(HouseholdTable.Meta):
        """The same: a table does not take it over by itself."""
