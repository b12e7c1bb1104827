"""The tables of this room."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from saiban.intake.mapping import all_fields
from saiban.intake.models import Batch, RejectedRow, Source
from saiban.intake.reasons import row_expected, row_sentence
from saiban.ui import words
from saiban.ui.tables import DayColumn, NumberColumn, StateColumn, Table
from saiban.ui.templatetags.saiban import tag


class BatchTable(Table):
    """Deliveries, the latest first."""

    caption = _("What was delivered, and what became of it")
    how_it_fills = _("A batch appears here when a file is uploaded, or imported by the command line.")
    file_name = django_tables2.Column(
        verbose_name=_("File"), linkify=("intake:batch", [django_tables2.A("pk")])
    )
    source = django_tables2.Column(verbose_name=_("Source"))
    received_at = DayColumn(verbose_name=_("Received"), clock=True)
    state = StateColumn(verbose_name=_("State"))
    rows = NumberColumn(verbose_name=_("Rows"), attrs={})
    rejected_rows = NumberColumn(verbose_name=_("Rejected"))
    profiles = NumberColumn(
        verbose_name=_("Profiles changed"), accessor="outcome__profiles__changed", orderable=False
    )

    class Meta(Table.Meta):
        model = Batch
        fields = ("file_name", "source", "received_at", "state", "rows", "rejected_rows", "profiles")
        order_by = ("-received_at",)
        empty_text = _("Nothing has been delivered yet.")


class RejectedTable(Table):
    """Rows that were not taken, a line for each fault."""

    caption = _("Rows that were not taken")
    row_no = NumberColumn(verbose_name=_("Row"))
    group_key = django_tables2.Column(verbose_name=_("Household in the file"))
    field = django_tables2.Column(verbose_name=_("Column"))
    masked_value = django_tables2.Column(verbose_name=_("Value"), orderable=False)
    reason = django_tables2.Column(verbose_name=_("What is wrong"))
    expected = django_tables2.Column(verbose_name=_("Expected"), orderable=False, empty_values=())

    class Meta(Table.Meta):
        model = RejectedRow
        fields = ("row_no", "group_key", "field", "masked_value", "reason", "expected")
        order_by = ("row_no",)
        empty_text = _("No row was rejected.")

    def render_field(self, value: str) -> SafeString:
        """Write the name of a column in its own direction, and what it asks in the reader's language."""
        asked = all_fields().get(value)
        label = asked.label["ur" if get_language() == "ur" else "en"] if asked else ""
        return format_html(
            '<span><bdi class="code">{}</bdi><span class="from">{}</span></span>', value, label
        )

    def render_masked_value(self, value: str) -> SafeString:
        """Write the masked value in its own direction, and where the rest of it is."""
        hint = _("partly hidden; whole in the sheet") if "*" in value or value.endswith("…") else ""
        return format_html('<span><bdi class="code">{}</bdi><span class="from">{}</span></span>', value, hint)

    def render_reason(self, value: str) -> str:
        """Say what is wrong."""
        return row_sentence(value)

    def render_expected(self, record: RejectedRow) -> str:
        """Say what should stand there."""
        return row_expected(record.reason, record.expected)


class SourceTable(Table):
    """Sources, with their last delivery."""

    caption = _("Where data come from")
    how_it_fills = _("Sources are laid with the installation.")
    name = django_tables2.Column(
        verbose_name=_("Source"), accessor="pk", linkify=("intake:source", [django_tables2.A("pk")])
    )
    partner = django_tables2.Column(verbose_name=_("Partner"))
    kind = django_tables2.Column(verbose_name=_("Kind"))
    last_received = DayColumn(verbose_name=_("Last delivery"), clock=True)
    batches = NumberColumn(verbose_name=_("Batches"), accessor="batch_count")
    state = django_tables2.Column(verbose_name=_("State"), empty_values=(), orderable=False)

    class Meta(Table.Meta):
        model = Source
        fields = ("name", "partner", "kind", "last_received", "batches", "state")
        empty_text = _("There are no sources.")

    def render_name(self, record: Source) -> str:
        """Write the name in the reader's language."""
        return str(record)

    def render_state(self, record: Any) -> SafeString | str:
        """Say whether its delivery is late."""
        if not record.on:
            return tag("off", _("switched off"))
        if record.is_late:
            return tag("late")
        return tag("current", _("on time")) if record.expected_every_days else words.NOTHING


class FormatTable(Table):
    """The prescribed columns of a list of beneficiaries, in their order."""

    caption = _("Every list of beneficiaries has these columns, in any order")
    column = django_tables2.Column(verbose_name=_("Column"))
    meaning = django_tables2.Column(verbose_name=_("Meaning"))
    required = django_tables2.Column(verbose_name=_("Has to be filled"))
    holds = django_tables2.Column(verbose_name=_("What it holds"))
    example = django_tables2.Column(verbose_name=_("Example"))

    class Meta(Table.Meta):
        orderable = False
        empty_text = _("No column is prescribed.")

    def render_column(self, value: str) -> SafeString:
        """Write a name of the file in its own direction."""
        return format_html('<bdi class="code">{}</bdi>', value)

    render_example = render_column

    def render_required(self, value: bool) -> str:
        """Say yes or no."""
        return str(_("yes") if value else _("no"))
