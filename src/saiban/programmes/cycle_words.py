"""What became of a candidate, and the clauses of a rule, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from saiban.data import facts
from saiban.data.dictionary import fields
from saiban.programmes.models import Candidate
from saiban.registry.querysets import LEVELS
from saiban.scoring.judging import checked
from saiban.scoring.models import Rule


def language() -> Any:
    """The reader's, of the two that there are."""
    return "ur" if get_language() == "ur" else "en"


def why(candidate: Candidate) -> str:
    """Why a candidate is not on the list; '' where nothing but the order decided."""
    because = candidate.because
    if candidate.outcome == "unknown":
        names = ", ".join(input_label(code) for code in because.get("missing", []))
        return _("not known: %(fields)s") % {"fields": names} if names else _("an answer is missing")
    if candidate.outcome == "overlap":
        return _overlap(because)
    if candidate.outcome == "enrolled":
        return _held(because)
    if candidate.outcome == "no_budget":
        return _("the budget ends before this place in line")
    return ""


def _overlap(because: Mapping[str, Any]) -> str:
    policy = policy_label(str(because.get("policy", "")))
    if because.get("scheme"):
        said = {"scheme": scheme_label(because["scheme"]), "policy": policy}
        return _("has a place in %(scheme)s (%(policy)s)") % said
    return policy


def _held(because: Mapping[str, Any]) -> str:
    if because.get("held") == "suspended":
        return _("the place in this scheme is suspended")
    return _("has a place in this scheme already")


def scheme_label(code: str) -> str:
    """A scheme in the reader's language; its code where it is none of the carried-over ones."""
    found = facts.schemes().get(code)
    if found is None:
        return code
    return found.name_ur if language() == "ur" else found.name


def policy_label(code: str) -> str:
    """An entry of the overlap policy in the reader's language; its code where it is no longer there."""
    from saiban.calc.overlap import shipped_policy

    try:
        entry = shipped_policy().entry(code)
    except KeyError:
        return code
    return str(getattr(entry.label, language()))


def input_label(code: str) -> str:
    """What a rule asks for, in the reader's language."""
    if code == "age":
        return _("age")
    if code == "score_pmt":
        return _("poverty score")
    for level in LEVELS:
        known = fields(level)
        if code in known:
            return str(known[code].label[language()])
    return code


def clauses(rule: Rule) -> list[str]:
    """The clauses of a rule in plain words, in their order."""
    from saiban.calc.rules.words import in_words

    return [in_words(clause, language()) for clause in checked(rule).clauses]


def explained(rule: Rule, answers: Mapping[str, Any]) -> Sequence[tuple[str, bool | None]]:
    """Each clause in words with what was found: True, False, None = not known; none without answers."""
    found = answers.get("clauses", [])
    words = clauses(rule)
    return list(zip(words, found, strict=True)) if len(words) == len(found) else []
