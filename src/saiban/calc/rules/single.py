"""A rule for one household or person, in plain Python: three values, and what makes the answer unknown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from saiban.calc.derived import thousandths
from saiban.calc.rules.exact import calculated
from saiban.calc.rules.model import (
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    CheckedRule,
    Clause,
    ClauseAnswer,
    Comparison,
    Constant,
    Eligibility,
    Input,
    Kind,
    Negative,
    Node,
    Not,
    PolicyNumber,
)
from saiban.calc.rules.policies import checked
from saiban.data.dictionary import fields

COMPARE: dict[str, Callable[[Any, Any], bool]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
ANSWERS: dict[bool | None, Eligibility] = {True: "eligible", False: "not_eligible", None: "unknown"}
TYPES: dict[Kind, tuple[type, ...]] = {
    "bool": (bool,),
    "string": (str,),
    "int": (int,),
    "decimal": (Decimal, int, str, float),
}


@dataclass(frozen=True)
class Told:
    """A value, or None with the inputs that keep it from being known."""

    value: int | Decimal | str | bool | None
    because: frozenset[str] = frozenset()


def answer_one(rule: CheckedRule, values: Mapping[str, object], *, policy: Mapping[str, Decimal]) -> Answer:
    """What a rule says of one household or person, clause by clause.

    In:      values  by input column (``rule.inputs``): int, bool, str, Decimal or its text; None or absent
             means unknown.
    Raises:  ValueError for a value that is not of its field's type, and for a policy number that is missing.
    """
    case = _Case(values, checked(rule, policy))
    whole = case.told(rule.node)
    return Answer(
        answer=ANSWERS[_truth(whole)],
        because=tuple(sorted(whole.because)),
        clauses=tuple(_clause_answer(clause, case) for clause in rule.clauses),
    )


def _clause_answer(clause: Clause, case: "_Case") -> ClauseAnswer:
    told = case.told(clause.node)
    values = {name: case.values.get(name) for name in clause.inputs}
    return ClauseAnswer(clause.text, _truth(told), tuple(sorted(told.because)), values)


def _truth(told: Told) -> bool | None:
    assert told.value is None or isinstance(told.value, bool), "a condition is true, false or unknown"  # noqa: S101
    return told.value


class _Case:
    """The values of one household or person, and the numbers of policy."""

    def __init__(self, values: Mapping[str, object], policy: Mapping[str, Decimal]) -> None:
        self.values, self.policy = values, policy

    def told(self, node: Node) -> Told:
        """What is known of a part of a rule."""
        match node:
            case Constant():
                return Told(node.value)
            case PolicyNumber():
                return Told(self.policy[node.name])
            case Input():
                return self._derived(node) if node.is_derived else self._reported(node)
            case AllOf():
                return _joined([self.told(operand) for operand in node.operands], decided_by=False)
            case AnyOf():
                return _joined([self.told(operand) for operand in node.operands], decided_by=True)
        return self._worked_out(node)

    def _worked_out(self, node: Node) -> Told:
        """What needs all of its parts: unknown where one of them is."""
        parts = [self.told(part) for part in node.parts]
        because = _union(parts)
        if isinstance(node, Arithmetic) and node.operator in "/%" and parts[1].value == 0:
            because |= frozenset(node.right.inputs)
        return Told(None, because) if because else Told(_result(node, [part.value for part in parts]))

    def _reported(self, node: Input) -> Told:
        value = self.values.get(node.name)
        if value is None:
            return Told(None, frozenset({node.name}))
        if not isinstance(value, TYPES[node.kind]) or (isinstance(value, bool) and node.kind != "bool"):
            raise ValueError(f"{node.name} must be a {node.kind}, got {value!r}")
        if node.kind == "decimal":
            return Told(_decimal(node, value))
        return Told(value)  # type: ignore[arg-type]

    def _derived(self, node: Input) -> Told:
        """A field of the household that is computed from others."""
        number = thousandths(self.values, node.name)
        if number is not None:
            return Told(bool(number) if node.kind == "bool" else number)
        derived = fields("household")[node.name].derived
        unknown = {name for name in node.reported if self.values.get(name) is None}
        if derived and derived.ratio and self.values.get(derived.ratio[1]) == 0:
            unknown.add(derived.ratio[1])
        return Told(None, frozenset(unknown))


def _decimal(node: Input, value: object) -> Decimal:
    try:
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-node.places))
    except InvalidOperation:
        raise ValueError(f"{node.name} must be a decimal, got {value!r}") from None


def _union(parts: Iterable[Told]) -> frozenset[str]:
    return frozenset().union(*(part.because for part in parts))


def _joined(operands: list[Told], *, decided_by: bool) -> Told:
    """Conditions joined: one that decides, decides; else one that is unknown makes all unknown."""
    if any(operand.value is decided_by for operand in operands):
        return Told(decided_by)
    because = _union(operands)
    return Told(None, because) if because else Told(not decided_by)


def _result(node: Node, values: list[object]) -> int | Decimal | str | bool:
    """The value of a part whose parts are all known."""
    match node:
        case Not():
            return not values[0]
        case Among():
            return values[0] in [item.value for item in node.items]
        case Comparison():
            return COMPARE[node.relation](values[0], values[1])
        case Negative():
            return -_number(values[0])
        case Arithmetic():
            return calculated(node.operator, _number(values[0]), _number(values[1]))
    raise AssertionError(f"{type(node).__name__} has no parts that are worked out")


def _number(value: object) -> int | Decimal:
    assert isinstance(value, int | Decimal), "arithmetic was checked to be on numbers"  # noqa: S101
    return value
