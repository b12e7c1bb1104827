"""From text to a tree of CEL; what is no CEL is refused at its character."""

import re
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from saiban.data.errors import BadInput

MOST_CHARACTERS = 4000

Branch = Tree[Token]

INSTEAD = {
    "=": "== to compare",
    "&": "&& for and",
    "|": "|| for or",
    "and": "&& for and",
    "or": "|| for or",
    "not": "! for not",
    "is": "== to compare",
    "'": "a closing ' on the same line",
    '"': 'a closing " on the same line',
}


def parse(text: str) -> Branch:
    """Read a rule into a tree whose branches know their characters.

    Raises:  BadInput whose place is ``line L, character C``: for an empty text, one that is too long, or one
             that is no expression of CEL.
    """
    if not text.strip():
        raise BadInput(
            "the rule is empty.", place=place_of(1, 1), expected="a condition, e.g. score.pmt <= 30"
        )
    if len(text) > MOST_CHARACTERS:
        raise BadInput(
            f"the rule is too long ({len(text)} characters).",
            place=place_at(text, MOST_CHARACTERS),
            expected=f"at most {MOST_CHARACTERS} characters",
        )
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        raise _not_cel(text, error) from None


def place_of(line: int, character: int) -> str:
    """How a spot in a rule is named, both counted from 1."""
    return f"line {line}, character {character}"


def place_at(text: str, position: int) -> str:
    """The same for a position in the text, counted from 0."""
    before = text[:position]
    return place_of(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)


@cache
def _parser() -> Lark:
    grammar = (files("saiban.calc.rules") / "cel.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _not_cel(text: str, error: UnexpectedInput) -> BadInput:
    """The refusal of what cannot be read, with what was probably meant."""
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        end = len(text.rstrip())
        return BadInput("the rule ends too early.", place=place_at(text, end), expected="the rest of it")
    position = error.pos_in_stream or 0
    found = text[position] if isinstance(error, UnexpectedCharacters) else str(getattr(error, "token", ""))
    negated = re.search(r"\bnot\s+$", text[:position], re.IGNORECASE)
    if negated:
        position, found = negated.start(), "not"
    if found == ">" and text[:position].endswith("<"):
        position, found, meant = position - 1, "<>", "!= for different"
    else:
        meant = INSTEAD.get(found.lower(), "an operator, a field, a value or a bracket that fits here")
    return BadInput(f"{found} cannot stand here.", place=place_at(text, position), expected=meant)
