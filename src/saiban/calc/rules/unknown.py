"""Which inputs make an answer unknown? The same as Ibis columns that ``single.py`` tells of one case."""

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from saiban.calc.rules.columns import Columns
from saiban.calc.rules.model import AllOf, AnyOf, Arithmetic, CheckedRule, Input, Node
from saiban.data.dictionary import fields


def because_column(rule: CheckedRule, columns: Columns) -> ir.StringValue:
    """The inputs that make the answer unknown, sorted, by commas; to be asked only where it is unknown."""
    nothing = ibis.null("string")
    names = [
        ibis.ifelse(
            reduce(
                or_,
                [
                    cause
                    for clause in rule.clauses
                    if (cause := _cause(clause.node, name, columns)) is not None
                ],
            ),
            name,
            nothing,
        )
        for name in sorted(rule.inputs)
    ]
    return ibis.literal(",").join(names)


def _cause(node: Node, name: str, columns: Columns) -> ir.BooleanValue | None:
    """True where the node is unknown, and the input is a reason for it; None where it can never be one."""
    if name not in node.inputs:
        return None
    if node.inputs == (name,):
        return columns.known(node).isnull()
    if isinstance(node, Input):
        return _cause_of_derived(node, name, columns.table)
    causes = [cause for part in node.parts if (cause := _cause(part, name, columns)) is not None]
    if isinstance(node, Arithmetic) and node.operator in "/%" and name in node.right.inputs:
        causes.append(columns.number(node.right).value == 0)
    cause = reduce(or_, causes)
    return columns.known(node).isnull() & cause if isinstance(node, AllOf | AnyOf) else cause


def _cause_of_derived(node: Input, name: str, table: ir.Table) -> ir.BooleanValue:
    """It is missing, or it is the divisor of a ratio and 0."""
    derived, is_missing = fields("household")[node.name].derived, table[name].isnull()
    if derived and derived.ratio and derived.ratio[1] == name:
        is_missing |= table[name] == 0
    return table[node.name].isnull() & is_missing
