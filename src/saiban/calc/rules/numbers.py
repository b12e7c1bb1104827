"""Arithmetic of a rule as it is checked: types, limits, divisors; what is made of constants is worked out."""

from decimal import Decimal

from lark import Token

from saiban.calc.rules.exact import calculated
from saiban.calc.rules.model import Arithmetic, Constant, Negative, Node
from saiban.calc.rules.parsing import Branch
from saiban.calc.rules.reading import KINDS, Read, number, refused
from saiban.calc.rules.span import DIGITS, EXACT_DIVIDEND, Span


def negative(of: Read, at: Branch, *, times: int) -> Read:
    """So many minus signs before a number."""
    if not of.is_number:
        raise refused(at, f"- before {KINDS[of.kind]}.", "a number after -")
    if times % 2 == 0:
        return of
    if isinstance(of.node, Constant):
        return number(-_known(of.node), at)
    return Read(Negative(of.node, of.kind), at, of.limits.negative())


def arithmetic(operator: Token, left: Read, right: Read, at: Branch) -> Read:
    """Two numbers joined. Raises: BadInput at the operator."""
    _refuse_kinds(operator, left, right)
    if operator in "/%":
        _refuse_division(operator, left, right)
    span = _span(operator, left.limits, right.limits)
    if not span.fits:
        raise refused(operator, f"this can have more than {DIGITS} digits.", "smaller numbers")
    if isinstance(left.node, Constant) and isinstance(right.node, Constant):
        return number(calculated(operator.value, _known(left.node), _known(right.node)), at)
    return Read(Arithmetic(operator.value, left.node, right.node, left.kind), at, span)


def _refuse_kinds(operator: Token, left: Read, right: Read) -> None:
    for side in (left, right):
        if not side.is_number:
            raise refused(side.at, f"{operator} with {KINDS[side.kind]}.", "a number on both sides")
    if left.kind != right.kind:
        raise refused(
            operator, f"{operator} mixes a whole number and a decimal.", _one_kind(left.node, right.node)
        )


def _one_kind(left: Node, right: Node) -> str:
    for node in (left, right):
        if isinstance(node, Constant) and isinstance(node.value, int):
            return f"{node.value}.0 in place of {node.value}"
    return "both whole or both decimal; they can be compared, but not calculated with"


def _refuse_division(operator: Token, left: Read, right: Read) -> None:
    if left.kind == "decimal":
        raise refused(
            operator, f"decimals cannot be divided ({operator}).", "a multiplication on the other side"
        )
    if right.limits.greatest == 0:
        raise refused(right.at, "a division by 0.", "another divisor")
    if left.limits.greatest > EXACT_DIVIDEND:
        raise refused(operator, "what is divided can have more than 15 digits.", "smaller numbers")


def _span(operator: Token, left: Span, right: Span) -> Span:
    match operator.value:
        case "+":
            return left.plus(right)
        case "-":
            return left.minus(right)
        case "*":
            return left.times(right)
        case "/":
            return left.divided()
    return left.remainder(right)


def _known(node: Constant) -> int | Decimal:
    assert isinstance(node.value, int | Decimal), "its kind is that of a number"  # noqa: S101
    return node.value
