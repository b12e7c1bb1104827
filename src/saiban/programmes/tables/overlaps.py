# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""The work list of overlaps, and what they come to by pair of schemes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saiban.data import facts
from saiban.programmes.models import Overlap
from saiban.programmes.words import name_of
from saiban.ui.tables import DayColumn, RupeesColumn, StateColumn, Table
from saiban.ui.words import NOTHING


class OverlapTable(Table):
    """Overlaps with both schemes, whose they are, since when, and what ending one place would save."""

    what = django_tables2.Column(
        _("Overlap"), accessor="left__scheme", order_by=("kind", "left__scheme__code")
    )
    other = django_tables2.Column(
        _("Other scheme"), accessor="right__scheme", order_by="right__scheme__code", default=NOTHING
    )
    household = django_tables2.Column(
        _("Household"),
        accessor="household__code",
        order_by="household__code",
        default=_("not in the registry"),
    )
    place = django_tables2.Column(_("Area"), accessor="area_path", order_by="area_path")
    level = django_tables2.Column(_("Whose"), accessor="level")
    from_on = DayColumn(_("Together since"))
    yearly_paisa = RupeesColumn(_("A year"))
    state = StateColumn(_("State"))

    how_it_fills: ClassVar[str | Promise] = _(
        "Overlaps are found whenever a department's list of beneficiaries is taken in, or an enrolment moves."
    )

    class Meta(Table.Meta):
        empty_text = _("No overlap fits.")

    def render_what(self, value: Any, record: Overlap) -> SafeString:
        """Lead to the overlap by its first scheme, with the kind beneath."""
        url = reverse("programmes:overlap", args=[record.pk])
        kind = record.get_kind_display()
        return format_html('<span><a href="{}">{}</a><span class="from">{}</span></span>', url, value, kind)

    def value_what(self, value: Any) -> str:
        """Keep the code of the scheme in files."""
        return str(value.code)

    def render_other(self, value: Any, record: Overlap) -> str:
        """Name the other scheme; of two enrolments in one scheme, say so."""
        return str(gettext("the same, twice") if record.left.scheme_id == value.pk else value)

    def value_other(self, value: Any) -> str:
        """Keep the code of the scheme in files."""
        return str(value.code)

    def render_household(self, value: str, record: Overlap) -> SafeString:
        """Lead to the household."""
        url = reverse("registry:household", args=[record.household_id])
        return format_html('<a href="{}"><bdi class="code">{}</bdi></a>', url, value)

    def value_household(self, value: str) -> str:
        """Keep the code in files."""
        return value

    def render_place(self, value: str) -> str:
        """Name the area in the reader's language."""
        return place_name(value)

    def render_level(self, record: Overlap) -> str:
        """Name the level."""
        return str(record.get_level_display())

    def value_level(self, value: str) -> str:
        """Keep the code in files."""
        return value


class OverlapsToTake(OverlapTable):
    """The same, to be taken along."""

    class Meta(OverlapTable.Meta):
        pass

    exports: ClassVar[Sequence[str]] = ("csv", "xlsx")


def place_name(path: str) -> str:
    """The area at the end of a path, in the reader's language; its code where it is none of the carried-over
    ones."""
    code = path.rpartition(".")[2]
    area = facts.areas().get(code)
    return name_of(area) if area else code
