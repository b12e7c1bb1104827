"""Parts of a rule as Ibis columns. Numbers are integers in units of their last place; what only numbers of
policy and constants make up is a plain Python number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add, and_, eq, ge, gt, le, lt, mul, ne, or_, sub
from typing import Any

import ibis
import ibis.expr.types as ir

from saiban.calc.rules.model import (
    TURNED,
    AllOf,
    Among,
    AnyOf,
    Arithmetic,
    Comparison,
    Constant,
    Input,
    Negative,
    Node,
    Not,
    PolicyNumber,
)

COMPARE: dict[str, Callable[[Any, Any], Any]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True)
class Scaled:
    """A number as an integer in units of its last place."""

    value: ir.IntegerValue | int
    places: int

    def to(self, places: int) -> ir.IntegerValue | int:
        """The integer in units of a later place."""
        return self.value if places == self.places else self.value * 10 ** (places - self.places)


class Columns:
    """The columns of a table by the nodes of a rule; ``ready`` names those that the table has already."""

    def __init__(
        self, table: ir.Table, policy: Mapping[str, Decimal], ready: Mapping[Node, str] | None = None
    ) -> None:
        self.table, self.policy, self.ready = table, policy, ready or {}

    def condition(self, node: Node) -> ir.BooleanValue:
        """A condition: true, false, or null where it is unknown; SQL joins the three as CEL does here."""
        if node in self.ready:
            return self.table[self.ready[node]]
        match node:
            case Input():
                return self.table[node.name]
            case Not():
                return self.condition(node.of) == False  # noqa: E712 never ~: Ibis writes its null test wrongly
            case AllOf():
                return reduce(and_, [self.condition(operand) for operand in node.operands])
            case AnyOf():
                return reduce(or_, [self.condition(operand) for operand in node.operands])
            case Among():
                return self._among(node)
            case Comparison():
                return self._compared(node)
        raise AssertionError(f"{type(node).__name__} is no condition")

    def known(self, node: Node) -> ir.Value:
        """Any part that needs a field: null where it is unknown."""
        if node.kind == "bool":
            return self.condition(node)
        return self.table[node.name] if isinstance(node, Input) else self.number(node).value

    def number(self, node: Node) -> Scaled:
        """A number."""
        match node:
            case Constant():
                return _scaled(Decimal(node.value))
            case PolicyNumber():
                return _scaled(self.policy[node.name])
            case Input():
                return self._input(node)
            case Negative():
                of = self.number(node.of)
                return Scaled(-of.value, of.places)
            case Arithmetic():
                return self._arithmetic(node)
        raise AssertionError(f"{type(node).__name__} is no number")

    def _input(self, node: Input) -> Scaled:
        column = self.table[node.name]
        if node.kind == "int":
            return Scaled(column, 0)
        exact = column.cast(f"decimal(12,{node.places})")
        unit = ibis.literal(Decimal(10**node.places), f"decimal({node.places + 1},0)")
        return Scaled((exact * unit).cast("int64"), node.places)

    def _arithmetic(self, node: Arithmetic) -> Scaled:
        left, right = self.number(node.left), self.number(node.right)
        if node.operator == "*":
            return Scaled(mul(left.value, right.value), left.places + right.places)
        if node.operator in "+-":
            places = max(left.places, right.places)
            joined = (add if node.operator == "+" else sub)(left.to(places), right.to(places))
            return Scaled(joined, places)
        # engines differ on a division by 0: here it is unknown
        divisor = right.value if isinstance(right.value, int) else right.value.nullif(0)
        remainder = left.value % divisor
        # what is left without the remainder divides exactly, so that an engine's doubles do no harm
        return Scaled(remainder if node.operator == "%" else (left.value - remainder) // divisor, 0)

    def _compared(self, node: Comparison) -> ir.BooleanValue:
        if node.left.kind in ("string", "bool"):
            return COMPARE[node.relation](self._plain(node.left), self._plain(node.right))
        left, relation, right = node.left, node.relation, node.right
        if not left.inputs:
            left, relation, right = right, TURNED[relation], left
        limit = self._limit(left, right)
        if limit is not None:
            return COMPARE[relation](self.table[left.inputs[0]], limit)
        one, other = self.number(left), self.number(right)
        places = max(one.places, other.places)
        return COMPARE[relation](one.to(places), other.to(places))

    def _plain(self, node: Node) -> ir.Value | str | bool:
        """A word or a condition; the written one as Python has it."""
        return node.value if isinstance(node, Constant) else self.known(node)

    def _limit(self, left: Node, right: Node) -> ir.DecimalScalar | None:
        """A constant as a decimal of the type of a decimal column that it is compared with: no integers are
        needed then. None where it is no such column, or cannot hold it.
        """
        if not isinstance(left, Input) or left.kind != "decimal" or right.inputs:
            return None
        kind, constant = self.table[left.name].type(), self.number(right)
        if constant.places > kind.scale or abs(constant.to(kind.scale)) >= 10**kind.precision:
            return None
        return ibis.literal(Decimal(constant.value).scaleb(-constant.places), kind)

    def _among(self, node: Among) -> ir.BooleanValue:
        if node.of.kind == "string":
            return self.known(node.of).isin([item.value for item in node.items])
        of, items = self.number(node.of), [self.number(item) for item in node.items]
        places = max(each.places for each in (of, *items))
        value: ir.IntegerValue = of.to(places)
        return value.isin([item.to(places) for item in items])


def _scaled(value: Decimal) -> Scaled:
    """A constant without zeros at its end."""
    places = max(-int(value.normalize().as_tuple().exponent), 0)
    return Scaled(int(value.scaleb(places)), places)
