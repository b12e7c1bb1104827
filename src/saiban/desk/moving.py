"""What moved a household, as a sentence."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

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
    what = [*words.changes(moved.changes), score, *_band(moved)]
    return _("%(who)s: %(what)s") % {"who": who, "what": "; ".join(what)}


def _band(moved: Moved) -> list[str]:
    if not moved.crossed:
        return []
    return [_("now poor") if moved.band_after == "poor" else _("no longer poor")]
