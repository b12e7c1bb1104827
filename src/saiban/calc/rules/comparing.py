"""Comparisons of a rule as they are checked: only what is of one type, and only words that are answers."""

from collections.abc import Sequence
from difflib import get_close_matches

from lark import Token

from saiban.calc.rules.model import Among, Comparison, Constant
from saiban.calc.rules.parsing import Branch
from saiban.calc.rules.reading import KINDS, Read, refused
from saiban.calc.rules.span import DIGITS, aligned


def compared(left: Read, relation: Token, right: Read, at: Branch) -> Read:
    """Two values held side by side. Raises: BadInput at the side, or at the sign, that does not fit."""
    _refuse_mixture(left, relation, right)
    if not left.node.inputs and not right.node.inputs:
        raise refused(at, "this is the same for everyone.", "a field on one side")
    if left.is_number:
        _refuse_length(relation, left, right)
    elif relation not in ("==", "!="):
        raise refused(relation, f"{relation} compares numbers; {KINDS[left.kind]} is none.", "== or !=")
    elif left.kind == "string":
        _refuse_words(left, right)
    return Read(Comparison(relation.value, left.node, right.node), at)


def among(left: Read, sign: Token, items: Sequence[Read], at: Branch) -> Read:
    """A value that may be one of a list. Raises: BadInput at the item that does not fit."""
    if not left.node.inputs:
        raise refused(at, "this is the same for everyone.", "a field before in")
    if left.kind == "bool":
        raise refused(
            sign, "in looks for a condition in a list.", "the condition alone, or ! and the condition"
        )
    for item in items:
        if not isinstance(item.node, Constant):
            raise refused(item.at, "a list holds values only.", "numbers, or words in quotes")
        _refuse_mixture(left, sign, item)
        if left.is_number:
            _refuse_length(sign, left, item)
        else:
            _refuse_words(left, item)
    return Read(Among(left.node, tuple(item.node for item in items if isinstance(item.node, Constant))), at)


def _refuse_mixture(left: Read, sign: Token, right: Read) -> None:
    if (left.is_number and right.is_number) or left.kind == right.kind:
        return
    odd, other = (left, right) if isinstance(left.node, Constant) else (right, left)
    raise refused(odd.at, f"{sign} with {KINDS[left.kind]} and {KINDS[right.kind]}.", _fitting(other))


def _fitting(side: Read) -> str:
    """What can stand beside a value."""
    if side.kind == "string" and side.answers:
        return f"one of {', '.join(side.answers)}, in quotes"
    return {"bool": "true or false, or the field alone", "string": "a word in quotes"}.get(
        side.kind, "a number"
    )


def _refuse_length(sign: Token, left: Read, right: Read) -> None:
    if not all(side.fits for side in aligned(left.limits, right.limits)):
        raise refused(sign, f"this can have more than {DIGITS} digits.", "smaller numbers, or fewer places")


def _refuse_words(left: Read, right: Read) -> None:
    for word, field in ((left, right), (right, left)):
        if isinstance(word.node, Constant) and word.node.value not in field.answers:
            raise refused(
                word.at, f'"{word.node.value}" is no answer of this field.', _answers(word.node, field)
            )
    if left.answers and right.answers and left.answers != right.answers:
        raise refused(right.at, "both fields have answers of their own.", "two fields with the same answers")


def _answers(word: Constant, field: Read) -> str:
    near = get_close_matches(str(word.value), field.answers, n=1, cutoff=0.6)
    meant = f"; the nearest is {near[0]}" if near else ""
    return f"one of {', '.join(field.answers)}{meant}"
