# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""Tables of the desk."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from saiban.core.models import Actor, Audit
from saiban.desk import words
from saiban.ui.tables import DayColumn, NumberColumn, Table
from saiban.ui.templatetags.saiban import tag


class PeopleTable(Table):
    """The log-ins."""

    how_it_fills = gettext_lazy("Open a log-in, and give it a duty.")
    name = django_tables2.Column(
        accessor="display_name", order_by=("name_en", "username"), verbose_name=gettext_lazy("Name")
    )
    username = django_tables2.Column(verbose_name=gettext_lazy("Log-in name"))
    held = django_tables2.Column(orderable=False, verbose_name=gettext_lazy("Duties today"))
    last_login = DayColumn(clock=True, verbose_name=gettext_lazy("Last log-in"))
    is_active = django_tables2.Column(verbose_name=gettext_lazy("State"))

    class Meta(Table.Meta):
        empty_text = gettext_lazy("No log-in yet")

    def render_name(self, value: str, record: Actor) -> SafeString:
        """Lead to the person's page."""
        return format_html('<a href="{}">{}</a>', reverse("desk:actor", args=[record.pk]), value)

    def render_held(self, value: list[Any]) -> SafeString | str:
        """Name the duties of today, one below the other."""
        return format_html_join("", "<div>{}</div>", ((duty.label,) for duty in value)) or "—"

    def render_is_active(self, value: bool) -> SafeString:
        """Say whether it is open."""
        return tag("active", _("open")) if value else tag("closed", _("closed"), "")


class AuditTable(Table):
    """Who did or saw what. ``codes`` are the codes of the households on this page."""

    exports: ClassVar[list[str]] = ["csv", "xlsx"]
    how_it_fills = gettext_lazy("Ask for another day, actor or household.")
    at = DayColumn(clock=True, verbose_name=gettext_lazy("When"))
    actor = django_tables2.Column(order_by=("actor__username",), verbose_name=gettext_lazy("Who"))
    duty = django_tables2.Column(orderable=False, verbose_name=gettext_lazy("Under which duty"))
    action = django_tables2.Column(verbose_name=gettext_lazy("What"))
    subject = django_tables2.Column(empty_values=(), orderable=False, verbose_name=gettext_lazy("On what"))
    count = NumberColumn(verbose_name=gettext_lazy("How many"))
    reason = django_tables2.Column(
        empty_values=(), orderable=False, verbose_name=gettext_lazy("Reason and purpose")
    )
    chained = django_tables2.Column(
        orderable=False, default="—", verbose_name=gettext_lazy("Link of the chain")
    )

    class Meta(Table.Meta):
        empty_text = gettext_lazy("Nothing of that kind is on record.")

    codes: dict[int, str]

    def render_actor(self, value: Actor, record: Audit) -> SafeString:
        """Name the actor and its log-in."""
        return format_html('<span>{}<span class="from">{}</span></span>', value.display_name, value.username)

    def value_actor(self, value: Actor) -> str:
        """Give the log-in in files."""
        return value.username

    def render_duty(self, value: Any) -> str:
        """Name the duty."""
        return str(value.label)

    def value_duty(self, value: Any) -> str:
        """Give role and area in files."""
        return f"{value.role} {value.area.code}"

    def render_action(self, value: str, record: Audit) -> SafeString:
        """Say what was done in words, with its permanent name beneath."""
        refused = tag("refused", record.get_kind_display()) if record.kind == Audit.Kind.REFUSED else ""
        return format_html(
            '<span>{} {}<span class="from code">{}</span></span>', words.action(value), refused, value
        )

    def value_action(self, value: str, record: Audit) -> str:
        """Give the permanent name in files."""
        return value if record.kind != Audit.Kind.REFUSED else f"{value} ({record.kind})"

    def render_subject(self, record: Audit) -> str:
        """Name the thing by its kind, and its code or number."""
        kind = record.subject_kind
        code = self.codes.get(record.subject_id or 0, "") if kind == "registry.household" else ""
        if not kind:
            return "—"
        number = f"#{record.subject_id}" if record.subject_id else ""
        return f"{words.thing(kind)} {code or number}".strip()

    def value_subject(self, record: Audit) -> str:
        """Give kind and id in files."""
        return f"{record.subject_kind} {record.subject_id or ''}".strip()

    def render_reason(self, value: str, record: Audit) -> SafeString | str:
        """Give the reason, and the purpose of the duty beneath."""
        return format_html('<span>{}<span class="from">{}</span></span>', value, record.purpose)

    def value_reason(self, value: str, record: Audit) -> str:
        """Give both in files."""
        return " · ".join(filter(None, [value, record.purpose]))
