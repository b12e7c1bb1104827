"""What scoring shows on the pages of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from saiban.core.models import Actor
from saiban.registry.bands import BANDS
from saiban.registry.queries import source_names
from saiban.scoring import pages, queries
from saiban.scoring.models import Score
from saiban.ui.components import Moment
from saiban.ui.slots import Panel
from saiban.ui.words import score as score_in_words

MOST_MOMENTS = 8


def what_makes_the_score(actor: Actor, household_ids: Sequence[int]) -> dict[str, Any] | None:
    """The points of the latest deciding score of the household on the page (2 queries); nothing where it has
    none because it went into another."""
    scores = Score.objects.visible_to(actor).filter(household_id__in=household_ids, scorecard__decides=True)
    scores = scores.select_related("scorecard").annotate(emptied=F("household__profile__emptied"))
    latest = scores.order_by("-pk").first()
    if latest is None or (latest.score is None and latest.emptied):  # type: ignore[attr-defined]
        return None
    shown = pages.explained(queries.explain(latest, actor), source_names())
    return shown | {"history_url": reverse("scoring:history", args=[latest.household_id])}


def what_a_correction_does(actor: Actor, correction_ids: Sequence[int]) -> dict[str, Any] | None:
    """The score of a household before and after a correction that waits (2 queries)."""
    found = queries.foreseen(actor=actor, correction_id=correction_ids[0])
    if found is None:
        return None
    before, after = found.before, found.after
    words = {
        "before": score_in_words(before.score),
        "band_before": BANDS[before.band][0],
        "after": score_in_words(after.score),
        "band_after": BANDS[after.band][0],
    }
    moved = _("The score moves from %(before)s (%(band_before)s) to %(after)s (%(band_after)s).")
    stays = _("The score stays at %(before)s (%(band_before)s).")
    said = (stays if before.score == after.score else moved) % words
    return words | {"before": before.score, "after": after.score, "consequences": [said]}


def scores_over_time(actor: Actor, household_ids: Sequence[int]) -> dict[str, Any]:
    """The deciding scores of a household, for its timeline (1 query)."""
    scores = Score.objects.visible_to(actor).filter(household_id__in=household_ids, scorecard__decides=True)
    rows = list(scores.order_by("-pk").values("pk", "household_id", "score", "scored_at")[: MOST_MOMENTS + 1])
    moments = []
    for row, former in zip(rows, [*rows[1:], None], strict=False):
        url = reverse("scoring:history", args=[row["household_id"]])
        if former is not None:
            url = reverse("scoring:compare", args=[row["household_id"], former["pk"], row["pk"]])
        moments.append(Moment(row["scored_at"], _words(row, former), url))
    return {"moments": moments[:MOST_MOMENTS]}


def _words(row: Mapping[str, Any], former: Mapping[str, Any] | None) -> str:
    if row["score"] is None:
        return _("Not scored: an answer is missing.")
    if former is None or former["score"] is None:
        return _("Scored for the first time: %(score)s") % {"score": score_in_words(row["score"])}
    words = {"before": score_in_words(former["score"]), "after": score_in_words(row["score"])}
    if row["score"] == former["score"]:
        return _("Scored again: the score stays at %(after)s") % words
    return _("Score moved from %(before)s to %(after)s") % words


PANELS = [
    Panel(
        "registry.correction.main",
        "foreseen",
        "scoring.score.view",
        what_a_correction_does,
        "scoring/foreseen.html",
        10,
    ),
    Panel(
        "registry.household.main",
        "score",
        "scoring.score.view",
        what_makes_the_score,
        "scoring/panel.html",
        10,
    ),
    Panel(
        "registry.household.timeline",
        "scores",
        "scoring.score.view",
        scores_over_time,
        "scoring/moments.html",
        10,
    ),
]
