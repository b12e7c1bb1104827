"""What the pages on the past show: what was known on a day, and all that was ever said."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from saiban.registry.models import Household
from saiban.registry.pages import Context, groups, line_of, trail_of
from saiban.registry.queries import HistoryPage, PastPage
from saiban.registry.tables import SaidTable
from saiban.ui.components import Banner, Link, Page
from saiban.ui.words import answer_label, day, field_label


def past_asked(row: Household) -> Context:
    """The page that asks for the day to look back to."""
    return {"page": Page(_("Look back"), identity=row.code, trail=trail_of(row)), "household": row}


def past(shown: PastPage) -> Context:
    """What was known of a household on a day, beside what holds now."""
    then = {line.field: line.value for line in shown.values}
    found = groups(shown)
    for group in found:
        for line in group["lines"]:
            now = shown.today.get(line["field"])
            line["now"] = "" if now == then[line["field"]] else answer_label(line["field"], now)
    since = len([code for code in shown.today if code not in then])
    words = _("This is what was known at the end of %(day)s, not what is known today.")
    return {
        "banner": Banner(words % {"day": day(shown.on)}, "note"),
        "shown": shown,
        "members": [
            (member, [line_of(shown.sources, line, "person") for line in shown.of_members[member.person_id]])
            for member in shown.members
        ],
        "groups": found,
        "since": ngettext(
            "%(count)s answer that is known today was not known then.",
            "%(count)s answers that are known today were not known then.",
            since,
        )
        % {"count": since}
        if since
        else "",
    }


def history(shown: HistoryPage) -> Context:
    """All that was said of a household, or of a person, of whom what identifies is not among it."""
    row = shown.whose
    if isinstance(row, Household):
        trail = trail_of(row)
        back = Link(_("Back to the household"), reverse("registry:household", args=[row.pk]))
    else:
        trail = [Link(str(row), reverse("registry:person", args=[row.pk]))]
        back = Link(_("Back to the person"), trail[0].url)
    page = Page(_("All that was said"), identity=str(row), trail=trail)
    return {"page": page, "table": _said_of(shown), "back": back}


def _said_of(shown: HistoryPage) -> SaidTable:
    rows = [
        {
            "label": field_label(said.field, shown.level),
            "value": answer_label(said.field, said.value, shown.level),
            "source": shown.sources.get(said.source, said.source),
            "observed_on": said.observed_on,
            "received_at": said.received_at,
            "fate": said.fate,
        }
        for said in shown.said
    ]
    return SaidTable(rows)
