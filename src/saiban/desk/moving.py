"""What moved a household, as a sentence."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from saiban.data.dictionary import fields
from saiban.desk.queries.moved import Moved
from saiban.ui import words
from saiban.ui.components import Moment


def moment(moved: Moved) -> Moment:
    """Say whom it is about, which values changed, from what to what the score went, and what follows."""
    household, area = moved.household, moved.household.area
    urdu = get_language() == "ur"
    return Moment(
        when=moved.at,
        words=_sentence(moved, (moved.head_ur if urdu else moved.head_en) or moved.head_en or moved.head_ur),
        url=reverse("registry:household", args=[household.pk]),
        more=area.name_ur if urdu else area.name_en,
    )


def _sentence(moved: Moved, head: str) -> str:
    who = _("Household of %(name)s") % {"name": head} if head else moved.household.code
    score = _("score %(before)s → %(after)s") % {
        "before": words.score(moved.before),
        "after": words.score(moved.after),
    }
    return _("%(who)s: %(what)s") % {"who": who, "what": "; ".join([*_changes(moved), score, *_band(moved)])}


def _changes(moved: Moved) -> list[str]:
    return [_change(change) for change in moved.changes if change["field"] in fields("household")]


def _change(change: dict[str, Any]) -> str:
    code, after = change["field"], change["after"]
    said = {
        "field": words.field_label(code),
        "before": words.answer_label(code, change["before"]),
        "after": words.answer_label(code, after),
    }
    if change["before"] is None:
        return _("%(field)s: %(after)s, not known before") % said
    return _("%(field)s: %(before)s → %(after)s") % said


def _band(moved: Moved) -> list[str]:
    if not moved.crossed:
        return []
    return [_("now poor") if moved.band_after == "poor" else _("no longer poor")]
