"""A rule in plain words of both languages, from the labels of the dictionary.

Negations are carried down to the comparisons (not "a or b" is "neither": each of them negated), which changes
nothing in three-valued logic and leaves sentences that need no "not" around them.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from saiban.calc.policy import policy_values
from saiban.calc.rules.model import (
    TURNED,
    AllOf,
    Among,
    AnyOf,
    Arithmetic,
    CheckedRule,
    Clause,
    Comparison,
    Constant,
    Input,
    Negative,
    Node,
    Not,
    PolicyNumber,
    Relation,
)
from saiban.calc.rules.vocabulary import known_fields
from saiban.data.dictionary import DictionaryField

Language = Literal["en", "ur"]
OPPOSITE: dict[Relation, Relation] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
EVERYTHING: dict[str, DictionaryField] = dict(known_fields("person"))  # codes stand in one level only
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "==": "{} is {}", "!=": "{} is not {}", "<": "{} is less than {}", "<=": "{} is at most {}",
        ">": "{} is more than {}", ">=": "{} is at least {}", "in": "{} is one of: {}",
        "not in": "{} is none of: {}", "+": "{} plus {}", "-": "{} minus {}", "*": "{} times {}",
        "/": "{} divided by {} (whole part)",
        "%": "the remainder of {} divided by {}", "negative": "minus {}", "name": "“{}”",
        "yes": "{}: yes", "no": "{}: no", "and": ", and ", "or": ", or ", "list": ", ",
        "same": "both or neither: {}; {}", "different": "just one of: {}; {}",
    },
    "ur": {
        "==": "{} {} ہے", "!=": "{} {} نہیں ہے", "<": "{} {} سے کم ہے", "<=": "{} زیادہ سے زیادہ {} ہے",
        ">": "{} {} سے زیادہ ہے", ">=": "{} کم از کم {} ہے", "in": "{} ان میں سے ایک ہے: {}",
        "not in": "{} ان میں سے کوئی نہیں: {}", "+": "{} جمع {}", "-": "{} منفی {}", "*": "{} ضرب {}",
        "/": "{} تقسیم {} (مکمل حصہ)", "%": "{} کو {} پر تقسیم کرنے کا باقی", "negative": "منفی {}",
        "name": "”{}“", "yes": "{}: ہاں", "no": "{}: نہیں", "and": "، اور ", "or": "، یا ", "list": "، ",
        "same": "یا دونوں درست ہیں یا دونوں غلط: {}؛ {}", "different": "دونوں میں سے صرف ایک درست ہے: {}؛ {}",
    },
}  # fmt: skip


def in_words(
    rule: CheckedRule | Clause, language: Language, *, policy: Mapping[str, Decimal] | None = None
) -> str:
    """A rule or one clause of it as a sentence; with ``policy``, its numbers stand in brackets.

    >>> from saiban.calc.rules.checking import check
    >>> in_words(check("!(has_car || rooms > 3)", unit="household"), "en")
    '“Car, van or truck”: no, and “Rooms” is at most 3'
    """
    return _Writer(language, policy or {}).condition(rule.node)


class _Writer:
    """Writes the parts of a rule in one language."""

    def __init__(self, language: Language, policy: Mapping[str, Decimal]) -> None:
        self.language, self.policy, self.words = language, policy, WORDS[language]

    def condition(self, node: Node, *, holds: bool = True) -> str:
        """A condition, or its opposite."""
        match node:
            case Not():
                return self.condition(node.of, holds=not holds)
            case AllOf():
                return self._joined(node.operands, "and" if holds else "or", holds=holds)
            case AnyOf():
                return self._joined(node.operands, "or" if holds else "and", holds=holds)
            case Among():
                items = self.words["list"].join(self._value(item, node.of) for item in node.items)
                return self.words["in" if holds else "not in"].format(self._value(node.of, node.of), items)
            case Comparison():
                return self._compared(node, holds=holds)
            case Input():
                return self.words["yes" if holds else "no"].format(self._label(EVERYTHING[node.name].label))
        raise AssertionError(f"{type(node).__name__} is no condition")

    def _joined(self, operands: tuple[Node, ...], word: str, *, holds: bool) -> str:
        parts = [self.condition(operand, holds=holds) for operand in operands]
        is_joined = [isinstance(_without_not(operand), AllOf | AnyOf) for operand in operands]
        bracketed = [f"({part})" if inner else part for part, inner in zip(parts, is_joined, strict=True)]
        return self.words[word].join(bracketed)

    def _compared(self, node: Comparison, *, holds: bool) -> str:
        relation = node.relation if holds else OPPOSITE[node.relation]
        if node.left.kind != "bool":
            left, right = node.left, node.right
            if isinstance(left, Constant):
                left, relation, right = right, TURNED[relation], left
            return self.words[relation].format(self._value(left, right), self._value(right, left))
        for written, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(written, Constant):
                return self.condition(other, holds=(relation == "==") == written.value)
        word = self.words["same" if relation == "==" else "different"]
        return word.format(self.condition(node.left), self.condition(node.right))

    def _value(self, node: Node, beside: Node) -> str:
        """A number or a word; a word is called as the field beside it calls its answer."""
        match node:
            case Input():
                return self._label(EVERYTHING[node.name].label)
            case PolicyNumber():
                value = f" ({self.policy[node.name]})" if node.name in self.policy else ""
                return self._label(policy_values()[node.name].label) + value
            case Constant():
                labels = EVERYTHING[beside.name].answer_labels if isinstance(beside, Input) else {}
                known = labels.get(str(node.value))
                return self._label(known) if known else str(node.value)
            case Negative():
                return self.words["negative"].format(self._operand(node.of))
            case Arithmetic():
                return self.words[node.operator].format(self._operand(node.left), self._operand(node.right))
        raise AssertionError(f"{type(node).__name__} is no value")

    def _operand(self, node: Node) -> str:
        written = self._value(node, node)
        return f"({written})" if isinstance(node, Arithmetic | Negative) else written

    def _label(self, label: Mapping[Language, str]) -> str:
        return self.words["name"].format(label[self.language])


def _without_not(node: Node) -> Node:
    return _without_not(node.of) if isinstance(node, Not) else node
