# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""The unserved as a list of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from saiban.programmes.words import name_of
from saiban.registry.querysets import BY_PLACE
from saiban.ui.tables import DayColumn, NumberColumn, Table
from saiban.ui.words import NOTHING


class UnservedTable(Table):
    """Poor households in no scheme: the poorest first."""

    code = django_tables2.Column(verbose_name=_("Household"), accessor="household__code", orderable=False)
    head_name = django_tables2.Column(verbose_name=_("Head"), orderable=False, default=NOTHING)
    place = django_tables2.Column(verbose_name=_("Area"), accessor="household__area", order_by=BY_PLACE)
    score = NumberColumn(verbose_name=_("Score"), places=1, default=NOTHING)
    size = NumberColumn(verbose_name=_("Members"), default=NOTHING)
    oldest_on = DayColumn(verbose_name=_("Oldest answer"), default=NOTHING)

    how_it_fills: ClassVar[str | Promise] = _(
        "Households stand here whose score is at or below the cut-off and who are in no department's scheme, "
        "as far as its list was taken in."
    )

    class Meta(Table.Meta):
        empty_text = _("No poor household is without a scheme.")

    def render_code(self, value: str, record: Any) -> SafeString:
        """Lead to the household."""
        url = reverse("registry:household", args=[record.household_id])
        return format_html('<a href="{}"><bdi class="code">{}</bdi></a>', url, value)

    def value_code(self, value: str) -> str:
        """Keep the code in files."""
        return value

    def render_place(self, value: Any) -> str:
        """Name the area in the reader's language."""
        return name_of(value)


class UnservedToTake(UnservedTable):
    """The same, to be taken along."""

    exports: ClassVar[Sequence[str]] = ("csv", "xlsx")

    class Meta(UnservedTable.Meta):
        """The same: a table does not take it over by itself."""
