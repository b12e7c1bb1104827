"""What the pages of scoring show: plain values and whole sentences for the templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from saiban.core.models import Actor
from saiban.data.dictionary import fields
from saiban.registry.bands import BANDS
from saiban.scoring import computing
from saiban.scoring.models import Score, Scorecard
from saiban.scoring.queries import HUNDRED, Comparison, Explained, covers_province
from saiban.scoring.transitions import SCORECARD_MOVES
from saiban.ui.charts import Spot
from saiban.ui.components import Action, Link, Page
from saiban.ui.words import answer_label, field_label
from saiban.ui.words import points as points_in_words
from saiban.ui.words import score as score_in_words

Context = dict[str, Any]
OUTSIDE = ":outside"
RANKS = (1, *range(10, 100, 10), 99)
STRONGEST = 10  # lines that stand open; the others are folded


def explained(found: Explained, sources: Mapping[str, str]) -> Context:
    """The panel "what makes the score"."""
    lines = [
        {
            "label": field_label(line.field),
            "value": answer_label(line.field, line.value),
            "source": sources.get(line.source, line.source),
            "on": date.fromisoformat(line.on) if line.on else None,
            "points": line.points,
        }
        for line in found.lines
    ]
    strong = [line for line in lines if line["points"]]
    return {
        "lines": strong[:STRONGEST],
        "weaker": strong[STRONGEST:],
        "of_logarithm": computing.definition(found.score.scorecard).kind == "regression",
        "without_points": len([line for line in lines if line["points"] is not None and not line["points"]]),
        "largest": found.largest,
        "hidden": found.hidden,
        "missing": missing_in_words(found.score),
        "scorecard": found.score.scorecard,
        "score": found.score,
    }


def missing_in_words(score: Score) -> list[str]:
    """What keeps a household unscored, in words."""
    return [
        _("%(field)s: a value that the scorecard does not know")
        % {"field": field_label(code.removesuffix(OUTSIDE))}
        if code.endswith(OUTSIDE)
        else field_label(code)
        for code in score.missing
    ]


def scorecard(actor: Actor, row: Scorecard) -> Context:
    """The page of a scorecard."""
    card = computing.definition(row)
    language: Any = "ur" if translation.get_language() == "ur" else "en"
    unit = Decimal(HUNDRED) / 1_000_000 if card.kind == "regression" else Decimal(1)
    return {
        "page": Page(
            row.title,
            identity=_("%(code)s, version %(version)s") % {"code": row.code, "version": row.version},
            trail=[Link(_("Scorecards"), reverse("scoring:scorecards"))],
            actions=_actions(actor, row),
        ),
        "row": row,
        "card": card,
        "indicators": [_indicator(indicator, unit) for indicator in card.indicators],
        "spots": _percentiles(card),
        "likelihood": _likelihood(card, language),
        "tested": row.tested,
        "tested_on": date.fromisoformat(row.tested["on"]) if row.tested else None,
        "bands": [(BANDS[code][0], count) for code, count in row.tested.get("bands", {}).items()],
        "deciles": [(index * 10, Decimal(text)) for index, text in enumerate(row.tested.get("deciles", ()))],
    }


def _actions(actor: Actor, row: Scorecard) -> list[Action]:
    """The moves that this actor may take now."""
    words = {"tested": _("Test"), "approved": _("Approve"), "retired": _("Retire")}
    names = {"tested": "scoring:test", "approved": "scoring:approve", "retired": "scoring:retire"}
    moves = SCORECARD_MOVES.from_state(row.state)
    return [
        Action(words[to], reverse(names[to], args=[row.pk]), post=to == "tested")
        for to, move in moves.items()
        if actor.may(move.permission)
        and not (move.second_person and row.author_id == actor.pk)
        and (to == "tested" or covers_province(actor))
    ]


def _indicator(indicator: Any, unit: Decimal) -> Context:
    """An indicator in words: what is asked, and what each answer adds."""
    label, field = field_label(indicator.field), indicator.field
    if indicator.kind == "linear":
        return {
            "label": label,
            "lines": [(_for_each(field), points_in_words(indicator.coefficient * unit))],
        }
    if indicator.kind == "answers":
        lines = [
            (answer_label(field, answer), points_in_words(points * unit))
            for answer, points in indicator.points.items()
        ]
        return {"label": label, "lines": lines}
    if indicator.kind == "bins":
        lines = [
            (
                _("up to %(number)s") % {"number": entry.to} if entry.to is not None else _("more"),
                points_in_words(entry.points * unit),
            )
            for entry in indicator.bins
        ]
        return {"label": label, "lines": lines}
    ends = (indicator.billionths[0], indicator.billionths[-1])
    scaled = [points_in_words(Decimal(end) / 1000 * unit) for end in ends]
    words = [
        _("its logarithm, at %(number)s") % {"number": number} for number in (indicator.first, indicator.last)
    ]
    return {"label": label, "lines": list(zip(words, scaled, strict=True))}


def _for_each(code: str) -> str:
    """Of what a term adds its points, by the type and unit of its field."""
    field = fields("household")[code]
    if field.type == "bool":
        return _("if yes")
    if field.unit == "thousandths":
        return _("for each whole")
    each = {
        "persons": _("for each person"),
        "rooms": _("for each room"),
        "years": _("for each year"),
        "acres": _("for each acre"),
        "kWh a month": _("for each unit a month"),
    }
    return each.get(field.unit, _("for each"))


def _percentiles(card: Any) -> list[Spot]:
    """The stored percentile table: how many points each tenth rank lies above the first."""
    if card.percentiles is None:
        return []
    edges, in_points = card.percentiles.edges, 10_000 // HUNDRED
    return [Spot(str(rank), float(Decimal(edges[rank - 1] - edges[0]) / in_points)) for rank in RANKS]


def _likelihood(card: Any, language: Any) -> Context:
    if card.likelihood is None:
        return {}
    table = card.likelihood
    return {
        "lines": [table.labels[line][language] for line in table.lines],
        "rows": [(row.to, [Decimal(share) / 1000 for share in row.shares]) for row in table.rows],
        "reference": table.reference,
    }


def comparison(found: Comparison) -> Context:
    """Two scores in words: one sentence on the whole, one for each answer that moved."""
    row = found.household
    unit = HUNDRED if computing.definition(found.after.scorecard).kind == "regression" else 1
    return {
        "page": Page(
            _("Why the score moved"),
            identity=row.code,
            trail=[
                Link(row.code, reverse("registry:household", args=[row.pk])),
                Link(_("Scores"), reverse("scoring:history", args=[row.pk])),
            ],
        ),
        "found": found,
        "sentence": _whole(found),
        "sentences": [(_answer_sentence(line), line.difference * unit) for line in found.moved],
        "largest": max((abs(line.difference * unit) for line in found.moved), default=1),
        "missing": missing_in_words(found.after),
    }


def _whole(found: Comparison) -> str:
    before, after = found.before.score, found.after.score
    words = {
        "before": score_in_words(before),
        "after": score_in_words(after),
        "band": BANDS[found.after.band][0],
    }
    if after is None:
        return _("The household has no score now, for an answer is missing.")
    if before is None:
        return _("The household had no score before; it is %(after)s now: %(band)s.") % words
    if before == after:
        return _("The score stays at %(after)s: %(band)s.") % words
    if after < before:
        text = _("The score fell from %(before)s to %(after)s: it appears poorer. It is now %(band)s.")
    else:
        text = _("The score rose from %(before)s to %(after)s: it appears better off. It is now %(band)s.")
    return text % words


def _answer_sentence(line: Any) -> str:
    words = {
        "field": field_label(line.field),
        "before": answer_label(line.field, line.before),
        "after": answer_label(line.field, line.after),
    }
    if line.before is None:
        return _("%(field)s was not known before; it is %(after)s now.") % words
    if line.after is None:
        return _("%(field)s was %(before)s; it is not known any more.") % words
    if line.before == line.after:
        return _("%(field)s is %(after)s as before, but is weighed differently.") % words
    return _("%(field)s was %(before)s; it is %(after)s now.") % words


def history(scores: list[Score]) -> list[Context]:
    """Scores with the one before by the same scorecard, to compare with."""
    former: dict[int, Score] = {}
    rows: list[Context] = []
    for one in reversed(scores):
        words, tone = BANDS[one.band]
        rows.append(
            {
                "score": one,
                "band": words,
                "tone": tone,
                "former": former.get(one.scorecard_id),
                "missing": missing_in_words(one),
            }
        )
        former[one.scorecard_id] = one
    return rows[::-1]
