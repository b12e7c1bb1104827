# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""Candidates of a cycle, and proposals."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from saiban.programmes.models import Candidate, Proposal
from saiban.programmes.words import name_of
from saiban.ui import tables
from saiban.ui.templatetags.saiban import tag
from saiban.ui.words import NOTHING

TONES = {"selected": "ok", "enrolled": "ok", "no_budget": "warn", "overlap": "bad", "unknown": "note"}


def to_household(pk: int, code: str) -> SafeString:
    """A link to a household."""
    return format_html(
        '<a href="{}"><bdi class="code">{}</bdi></a>', reverse("registry:household", args=[pk]), code
    )


class CandidateTable(tables.Table):
    """Who stands where in line, and what became of them."""

    rank = tables.NumberColumn(_("Place in line"), default=NOTHING, order_by="rank")
    code = django_tables2.Column(_("Household"), accessor="household__code")
    person = django_tables2.Column(_("Person"), default=NOTHING, orderable=False)
    place = django_tables2.Column(_("Area"), accessor="household__area", orderable=False)
    score = tables.NumberColumn(_("Score"), places=1, default=NOTHING)
    outcome = django_tables2.Column(_("Outcome"))
    why = django_tables2.Column(_("Why"), empty_values=(), orderable=False)

    how_it_fills: ClassVar[str | Promise] = _("Candidates appear when the list of the cycle is made.")

    class Meta(tables.Table.Meta):
        empty_text = _("No candidate fits.")

    def render_code(self, value: str, record: Candidate) -> SafeString:
        """Lead to the household."""
        return to_household(record.household_id, value)

    def render_place(self, value: Any) -> str:
        """Name the area in the reader's language."""
        return str(name_of(value))

    def render_outcome(self, value: str, record: Candidate) -> SafeString:
        """Show what became of it in words and tone."""
        return tag(record.outcome, record.get_outcome_display(), TONES[record.outcome])

    def render_why(self, record: Candidate) -> Any:
        """Say what kept it from a place; lead to the place that it got."""
        from saiban.programmes.cycle_words import why

        if record.enrolment_id:
            url = reverse("programmes:enrolment", args=[record.enrolment_id])
            return format_html('<a href="{}">{}</a>', url, _("its enrolment"))
        return why(record) or NOTHING


class ProposalTable(tables.Table):
    """What should be looked at because a profile moved."""

    kind = django_tables2.Column(_("Proposal"))
    scheme = django_tables2.Column(_("Scheme"), order_by="scheme__code")
    code = django_tables2.Column(_("Household"), accessor="household__code")
    person = django_tables2.Column(_("Person"), default=NOTHING, orderable=False)
    place = django_tables2.Column(_("Area"), accessor="household__area", orderable=False)
    made_at = tables.DayColumn(_("Since"))
    state = tables.StateColumn(_("State"))
    decide = django_tables2.Column(_("Decision"), empty_values=(), orderable=False)

    how_it_fills: ClassVar[str | Promise] = _(
        "Proposals appear when answers or scores move, of people in schemes that are run here."
    )

    class Meta(tables.Table.Meta):
        empty_text = _("No proposal fits.")

    def render_kind(self, value: str, record: Proposal) -> SafeString:
        """Show which way, in a tone."""
        return tag(record.kind, record.get_kind_display(), "warn" if record.kind == "leave" else "note")

    def render_code(self, value: str, record: Proposal) -> SafeString:
        """Lead to the household."""
        return to_household(record.household_id, value)

    def render_place(self, value: Any) -> str:
        """Name the area in the reader's language."""
        return str(name_of(value))

    def render_decide(self, record: Proposal) -> SafeString:
        """Lead to where it is looked at."""
        url = reverse("programmes:proposal-decide", args=[record.pk])
        words = _("Look at it") if record.state == "open" else _("See the decision")
        return format_html('<a href="{}">{}</a>', url, words)
