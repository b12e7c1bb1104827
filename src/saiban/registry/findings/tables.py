# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""The list of findings."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from saiban.data import facts
from saiban.registry.models import Finding
from saiban.ui.tables import DayColumn, NumberColumn, StateColumn, Table
from saiban.ui.words import NOTHING


class FindingTable(Table):
    """What surveys found: which household, what, the other one, and how many of its members."""

    kind = django_tables2.Column(_("Found"))
    household = django_tables2.Column(_("Household"), accessor="household__code", order_by="household__code")
    other = django_tables2.Column(
        _("Other household"), accessor="other__code", order_by="other__code", default=NOTHING
    )
    place = django_tables2.Column(_("Area"), accessor="area_path", order_by="area_path")
    members_before = NumberColumn(_("Members before"))
    members_now = NumberColumn(_("Members now"))
    in_common = NumberColumn(_("The same people"))
    told_at = DayColumn(_("Told on"))
    state = StateColumn(_("State"))

    how_it_fills: ClassVar[str | Promise] = _(
        "Findings appear when a survey comes again where the registry knows households already."
    )

    class Meta(Table.Meta):
        empty_text = _("No finding fits.")

    def render_kind(self, value: Any, record: Finding) -> SafeString:
        """Lead to both households side by side where there are two; name the kind where there is one."""
        words = record.get_kind_display()
        if record.other_id is None:
            return format_html("<span>{}</span>", words)
        return format_html('<a href="{}">{}</a>', reverse("registry:finding", args=[record.pk]), words)

    def render_household(self, value: str, record: Any) -> SafeString:
        """Lead to the household; name it where it has moved away."""
        if not record.sees_household:
            return format_html('<bdi class="code">{}</bdi>', value)
        return _lead(value, record.household_id)

    def render_other(self, value: str, record: Any) -> SafeString:
        """Lead to the other household; say no more than where it lies when it is out of sight."""
        if not record.sees_other:
            return format_html('<span class="muted">{}</span>', gettext("outside your area"))
        return _lead(value, record.other_id)

    def render_place(self, value: str, record: Finding) -> SafeString:
        """Name the area, and the one before where it has moved."""
        if record.before_path == value:
            return format_html("<span>{}</span>", place_name(value))
        came = gettext("before: %(place)s") % {"place": place_name(record.before_path)}
        return format_html('<span>{}<span class="from">{}</span></span>', place_name(value), came)


def _lead(code: str, household_id: int | None) -> SafeString:
    url = reverse("registry:household", args=[household_id])
    return format_html('<a href="{}"><bdi class="code">{}</bdi></a>', url, code)


def place_name(path: str) -> str:
    """The area at the end of a path, in the reader's language; its code where it is none of the carried-over
    ones."""
    code = path.rpartition(".")[2]
    area = facts.areas().get(code)
    if area is None:
        return code
    return area.name_ur if get_language() == "ur" else area.name_en
