"""What the pages of rules show: the rule in words, whom it selects, who falls out by which clause."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from saiban.core.models import Actor
from saiban.data.dictionary import DictionaryField
from saiban.data.errors import BadInput
from saiban.scoring import judging, rule_trial
from saiban.scoring.models import Rule
from saiban.scoring.queries import Preview, RulePage, covers_province
from saiban.scoring.transitions import RULE_MOVES
from saiban.ui import words
from saiban.ui.charts import Part
from saiban.ui.components import Action, Figure, Link, Page
from saiban.ui.hexmap import HexMap, even_edges, hexmap

Context = dict[str, Any]
PLACE = re.compile(r"line (\d+), character (\d+)")
MONTHS = 12
FIFTHS, EDGES = 5, (0.2, 0.4, 0.6, 0.8)  # of a map whose districts have too few different shares


def rule(actor: Actor, found: RulePage, preview: Preview | None) -> Context:
    """The page of a version: what it says, whom it selects, what it was tested and approved on."""
    row = found.rule
    counts: Mapping[str, Any] = preview.counts if preview else row.tested
    on = preview.on if preview else _day(row.tested)
    return {
        "page": Page(
            row.title,
            identity=[row.code, _("version %(number)s") % {"number": row.version}, row.get_unit_display()],
            trail=[Link(_("Rules"), reverse("scoring:rules"))],
            actions=_actions(actor, row),
        ),
        "row": row,
        "clauses": in_words(row),
        "numbers": _numbers(row.tested),
        "is_live": preview is not None,
        "tested_on": _day(row.tested),
        "versions": found.versions,
        "difference": difference(row, found.former) if found.former else [],
        "former": found.former,
        "can_add": actor.may("scoring.rule.add"),
        "can_count": preview is None and actor.may("scoring.rule.preview"),
        **(counted(row, counts, on) if counts and on else {}),
    }


def counted(row: Rule, counts: Mapping[str, Any], on: date, cost_paisa: int | None = None) -> Context:
    """Whom a rule selects, for the figures, the clauses, the map; with a benefit also what it would cost."""
    largest = max((clause["fails"] for clause in counts["clauses"]), default=0)
    return {
        "counts": counts,
        "figures": [*_figures(row, counts, on), *_costs(counts, cost_paisa)],
        "parts": [
            Part(_("eligible"), counts["eligible"]),
            Part(_("unknown"), counts["unknown"]),
            Part(_("not eligible"), counts["not_eligible"]),
        ],
        "falls": [
            clause | {"words": sentence, "unknown": clause["unknown_of"]}
            for clause, (sentence, _text) in zip(counts["clauses"], in_words(row), strict=True)
        ],
        "largest": largest or 1,
        "because": [(label(row.unit, name), number) for name, number in counts["because"].items()],
        "map": _map(counts["districts"]),
        "warning": warning(counts),
    }


def warning(counts: Mapping[str, Any]) -> str:
    """A sentence where the rule selects nobody or nearly everybody."""
    if not rule_trial.nobody_or_nearly_all(counts):
        return ""
    if counts["eligible"] == 0:
        return _("The rule selects nobody.")
    return _("The rule selects more than 95 in 100.")


def in_words(row: Rule) -> list[tuple[str, str]]:
    """Each clause in plain words of the reader's language, beside its text."""
    from saiban.calc.rules import in_words

    checked = judging.checked(row)
    return [(in_words(clause, _language()), clause.text) for clause in checked.clauses]


def label(unit: str, name: str) -> str:
    """What an input of a rule is called."""
    return _known(unit)[name].label[_language()]


def fault(error: BadInput, text: str) -> Context:
    """A rule that is none: what is wrong, what is expected, and the line with a mark under the character."""
    found, lines = PLACE.search(error.place), text.split("\n")
    shown: Context = {"message": error.message, "expected": error.expected}
    if found is None or int(found[1]) > len(lines):
        return shown
    line, character = int(found[1]), int(found[2])
    place = _("line %(line)s, character %(character)s") % {"line": line, "character": character}
    return shown | {"place": place, "line": lines[line - 1], "mark": " " * (character - 1) + "^"}


def difference(row: Rule, former: Rule) -> list[tuple[Literal["same", "new", "gone"], str]]:
    """The clauses of a version beside those of the one before it."""
    before, now = ([clause.text for clause in judging.checked(one).clauses] for one in (former, row))
    lines: list[tuple[Literal["same", "new", "gone"], str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [("same", text) for text in now[c:d]]
        else:
            lines += [("gone", text) for text in before[a:b]]
            lines += [("new", text) for text in now[c:d]]
    return lines


def names(find: str) -> Context:
    """Every name that a rule may use: fields with their answers, numbers of policy; narrowed to those that
    hold all words of ``find``.
    """
    from saiban.calc.policy import policy_values

    wanted = find.lower().split()
    of_persons = set(_known("person")) - set(_known("household"))
    rows = [_field(code, field, code in of_persons) for code, field in _known("person").items()]
    policy = [
        {"name": f"policy.{name}", "label": value.label[_language()], "kind": value.unit}
        for name, value in policy_values().items()
    ]
    return {
        "find": find,
        "fields": [one for one in rows if _holds(one, wanted)],
        "policy": [one for one in policy if _holds(one, wanted)],
    }


def _field(code: str, field: DictionaryField, of_persons: bool) -> Context:
    kinds = {
        "int": _("whole number"),
        "decimal": _("decimal number"),
        "bool": _("yes or no"),
        "string": _("one of its answers"),
    }
    return {
        "name": "score.pmt" if code == judging.SCORE else code,
        "label": field.label[_language()],
        "kind": kinds[field.type],
        "level": _("of a person") if of_persons else _("of the household"),
        "answers": [(answer, field.answer_labels[answer][_language()]) for answer in field.answers],
    }


def _holds(one: Mapping[str, Any], wanted: Sequence[str]) -> bool:
    answers = " ".join(f"{code} {words}" for code, words in one.get("answers", ()))
    text = f"{one['name']} {one['label']} {answers}".lower()
    return all(word in text for word in wanted)


def _figures(row: Rule, counts: Mapping[str, Any], on: date) -> list[Figure]:
    of_persons = row.unit == Rule.Unit.PERSON
    whole = {"number": words.number(counts["judged"]), "day": words.day(on)}
    why = _("of %(number)s persons, on %(day)s") if of_persons else _("of %(number)s households, on %(day)s")
    figures = [
        Figure(_("Eligible"), words.number(counts["eligible"]), why % whole),
        Figure(
            _("Unknown"), words.number(counts["unknown"]), _("an answer is missing, or a divisor is zero")
        ),
    ]
    if of_persons:
        figures.insert(
            1, Figure(_("Households"), words.number(counts["households"]), _("in which somebody is eligible"))
        )
    return figures


def _costs(counts: Mapping[str, Any], cost_paisa: int | None) -> list[Figure]:
    """What the benefit would cost for all who are eligible."""
    if cost_paisa is None:
        return []
    monthly = counts["eligible"] * cost_paisa
    why = _("%(amount)s a month for each") % {"amount": words.rupees(cost_paisa)}
    return [
        Figure(_("Cost a month"), words.rupees(monthly), why),
        Figure(
            _("Cost a year"), words.rupees(monthly * MONTHS), _("twelve months, nobody joining or leaving")
        ),
    ]


def _map(districts: Mapping[str, Sequence[int]]) -> HexMap | None:
    """Shares of those who are eligible, to a tenth of a percent; no map of a single district."""
    found = {
        code: round(Decimal(eligible) / judged, 3) for code, (eligible, judged) in districts.items() if code
    }
    if len(found) < 2:
        return None
    shares = [float(share) for share in found.values()]
    return hexmap(
        {code: float(share) for code, share in found.items()},
        title=_("Eligible by district"),
        value_title=_("Eligible"),
        edges=even_edges(shares) if len(set(shares)) >= FIFTHS else EDGES,
        words=lambda share: words.percent(share, 1),
        url=lambda code: "",
    )


def _actions(actor: Actor, row: Rule) -> list[Action]:
    """The moves that this actor may take now; the one that leads on stands last."""
    names = {
        "retired": "scoring:rule-retire",
        "tested": "scoring:rule-test",
        "approved": "scoring:rule-approve",
    }
    labels = {
        "retired": _("Retire"),
        "tested": _("Test anew") if row.tested else pgettext("a rule", "Test"),
        "approved": _("Approve"),
    }
    moves = RULE_MOVES.from_state(row.state)
    offered = [
        to
        for to in names
        if to in moves
        and actor.may(moves[to].permission)
        and not (moves[to].second_person and row.author_id == actor.pk)
        and (to == "tested" or covers_province(actor))
    ]
    return [
        Action(
            labels[to], reverse(names[to], args=[row.pk]), post=to == "tested",
            main=to == offered[-1] and to != "retired" and not (to == "tested" and row.tested),
        )
        for to in offered
    ]  # fmt: skip


def _numbers(tested: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    """The numbers of policy that a rule was tested with, by their labels."""
    from saiban.calc.policy import policy_values

    return [
        (policy_values()[name].label[_language()], Decimal(number))
        for name, number in tested.get("policy", {}).items()
        if name in policy_values()
    ]


def _day(tested: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(tested["on"]) if tested else None


def _known(unit: str) -> dict[str, DictionaryField]:
    from saiban.calc.rules import known_fields

    return known_fields("person" if unit == Rule.Unit.PERSON else "household")


def _language() -> Literal["en", "ur"]:
    return "ur" if translation.get_language() == "ur" else "en"
