"""A rule checked against the field dictionary: every part gets its type and its limits, or the rule is
refused at its character.
"""

from collections.abc import Iterator
from functools import lru_cache

from lark import Token

from saiban.calc.policy import policy_values
from saiban.calc.rules import numbers, vocabulary
from saiban.calc.rules.comparing import among, compared
from saiban.calc.rules.model import AllOf, AnyOf, CheckedRule, Clause, Constant, Not, PolicyNumber, Unit
from saiban.calc.rules.parsing import Branch, parse
from saiban.calc.rules.reading import KINDS, Read, constant, not_taken, path, refused

DEEPEST = 40


@lru_cache(maxsize=256)
def check(text: str, *, unit: Unit) -> CheckedRule:
    """Read a rule of CEL and check it against the dictionary: what comes back can be answered for everybody.

    In:      text  an expression of comparisons, ``in``, ``&& || !``, arithmetic over fields, ``age``,
             ``score.pmt``, ``policy.<name>`` (docs/algorithms/rules.md).
             unit  of whom it speaks: ``household`` or ``person`` (who has the fields of the household too).
    Raises:  BadInput whose place is ``line L, character C``, saying what would be right: for what is no CEL,
             what CEL has and we do not take, an unknown or identifying field, a word that is no answer of its
             field, mixed types, a number that could have more than 18 digits, a divisor that is 0, a part
             that is the same for everyone, nesting or text beyond limits.

    >>> check("score.pmt <= policy.pmt.cutoff && !has_car", unit="household").inputs
    ('score_pmt', 'has_car')
    """
    tree, checker = parse(text), _Checker(unit)
    checker.condition(tree, 0)
    clauses = [
        Clause(text[each.meta.start_pos : each.meta.end_pos], checker.condition(each, 0).node)
        for each in _clauses(tree)
    ]
    return CheckedRule(text, unit, tuple(clauses))


def _clauses(tree: Branch) -> Iterator[Branch]:
    """The operands of the ``&&`` at the top, those in brackets too."""
    if tree.data == "group":
        yield from _clauses(_branch(tree, 0))
    elif tree.data == "and_":
        for operand in _branches(tree):
            yield from _clauses(operand)
    else:
        yield tree


def _branches(at: Branch) -> list[Branch]:
    return [child for child in at.children if not isinstance(child, Token)]


def _branch(at: Branch, index: int) -> Branch:
    return _branches(at)[index]


def _signs(at: Branch) -> list[Token]:
    return [child for child in at.children if isinstance(child, Token)]


class _Checker:
    """Reads the branches of one rule; every method takes a branch and how deep it lies."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def condition(self, at: Branch, depth: int) -> Read:
        """Something that is true or false, and not the same for everyone."""
        read = self.read(at, depth)
        if read.kind != "bool":
            raise refused(
                at,
                f"this is {KINDS[read.kind]}, not a condition.",
                "a comparison, or a field that is yes or no",
            )
        if isinstance(read.node, Constant):
            raise refused(at, "this is the same for everyone.", "a condition on a field")
        return read

    def read(self, at: Branch, depth: int) -> Read:
        """Anything."""
        if depth > DEEPEST:
            raise refused(at, "the rule is nested too deeply.", f"at most {DEEPEST} levels")
        match at.data:
            case "group":
                return self.read(_branch(at, 0), depth + 1)
            case "name" | "select":
                return self._named(at)
            case "int" | "decimal" | "string" | "true" | "false":
                return constant(at)
            case "or_" | "and_" | "not_":
                return self._logic(at, depth + 1)
            case "sum" | "product" | "negative":
                return self._number(at, depth + 1)
            case "relation":
                return self._relation(at, depth + 1)
        raise not_taken(at)

    def _named(self, at: Branch) -> Read:
        name = path(at)
        if name.startswith("policy.") and name.removeprefix("policy.") in policy_values():
            return Read(PolicyNumber(name.removeprefix("policy.")), at, vocabulary.POLICY_SPAN)
        found = vocabulary.input_of(name, self.unit)
        if found is None:
            raise refused(at, *vocabulary.refusal(name, self.unit))
        span = vocabulary.span_of(found, self.unit) if found.kind in ("int", "decimal") else None
        return Read(found, at, span, vocabulary.known_fields(self.unit)[found.name].answers)

    def _logic(self, at: Branch, depth: int) -> Read:
        nodes = tuple(self.condition(operand, depth).node for operand in _branches(at))
        if at.data == "not_":
            return Read(Not(nodes[0]) if len(_signs(at)) % 2 else nodes[0], at)
        return Read(AllOf(nodes) if at.data == "and_" else AnyOf(nodes), at)

    def _number(self, at: Branch, depth: int) -> Read:
        sides = [self.read(each, depth) for each in _branches(at)]
        if at.data == "negative":
            return numbers.negative(sides[0], at, times=len(_signs(at)))
        total = sides[0]
        for operator, right in zip(_signs(at), sides[1:], strict=True):
            total = numbers.arithmetic(operator, total, right, at)
        return total

    def _relation(self, at: Branch, depth: int) -> Read:
        sign, *more = _signs(at)
        if more:
            raise refused(more[0], "comparisons cannot be chained.", "two comparisons joined by &&")
        left, right = self.read(_branch(at, 0), depth), _branch(at, 1)
        if sign.type != "IN":
            return compared(left, sign, self.read(right, depth), at)
        if right.data != "list" or not _branches(right):
            raise refused(right, "in needs a list of values.", 'values in [ ], e.g. ["flat", "part"]')
        return among(left, sign, [self.read(each, depth) for each in _branches(_branch(right, 0))], at)
