"""The smallest parts of a rule: values, names, and the refusal of a part at its character."""

from dataclasses import dataclass
from decimal import Decimal

from lark import Token

from saiban.calc.rules import untaken
from saiban.calc.rules.model import Constant, Kind, Node
from saiban.calc.rules.parsing import Branch, place_of
from saiban.calc.rules.span import DIGITS, Span
from saiban.data.errors import BadInput

MOST_PLACES = 6
KINDS: dict[Kind, str] = {
    "bool": "a condition",
    "string": "a word",
    "int": "a whole number",
    "decimal": "a decimal",
}


@dataclass(frozen=True)
class Read:
    """A part that was read: its node, where it stands, the limits of a number, the answers of a word."""

    node: Node
    at: Branch
    span: Span | None = None
    answers: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """Its type."""
        return self.node.kind

    @property
    def is_number(self) -> bool:
        """True for a whole number or a decimal."""
        return self.kind in ("int", "decimal")

    @property
    def limits(self) -> Span:
        """The limits of a number."""
        assert self.span is not None, "numbers are read with their limits"  # noqa: S101
        return self.span


def refused(at: Branch | Token, message: str, expected: str) -> BadInput:
    """The refusal of a part at its first character."""
    spot = at if isinstance(at, Token) else at.meta
    return BadInput(message, place=place_of(spot.line or 1, spot.column or 1), expected=expected)


def constant(at: Branch) -> Read:
    """A value written in the rule. Raises: BadInput for a number with too many digits or places."""
    text = str(at.children[0])
    match at.data:
        case "int":
            return number(int(text), at)
        case "decimal":
            return number(Decimal(text), at)
        case "string":
            return Read(Constant(text[1:-1], "string"), at)
    return Read(Constant(at.data == "true", "bool"), at)


def number(value: int | Decimal, at: Branch) -> Read:
    """A number that is known, with its limits."""
    if isinstance(value, int):
        read = Read(Constant(value, "int"), at, Span(value, value, 0))
    else:
        places = max(-int(value.as_tuple().exponent), 0)
        scaled = int(value.scaleb(places))
        read = Read(Constant(value, "decimal"), at, Span(scaled, scaled, places))
        if places > MOST_PLACES:
            raise refused(at, f"{value} has too many places.", f"at most {MOST_PLACES} places")
    if not read.limits.fits:
        raise refused(at, "this number is too long.", f"at most {DIGITS} digits")
    return read


def path(at: Branch) -> str:
    """A name with its dots. Raises: BadInput where something else than a name stands before a dot."""
    names: list[str] = []
    base = at
    while base.data == "select":
        names.append(str(base.children[1]))
        before = base.children[0]
        assert not isinstance(before, Token), "the grammar has a branch here"  # noqa: S101
        base = before
    if base.data != "name":
        raise refused(at, "only names can have parts.", "a field by its code")
    return ".".join([str(base.children[0]), *reversed(names)])


def not_taken(at: Branch) -> BadInput:
    """The refusal of what CEL has and a rule may not use, by its name."""
    if at.data in ("function", "method"):
        name = next(child for child in at.children if isinstance(child, Token))
        return refused(name, *untaken.of_function(name))
    sign = next((child for child in at.children if isinstance(child, Token)), None)
    return refused(sign or at, *untaken.FORMS[at.data])
