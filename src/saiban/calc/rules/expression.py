"""A rule over a table of households or persons: one Ibis expression, three-valued as SQL is.

Decimals are integers of a known number of places wherever anything is calculated with them. Never ``~`` on a
boolean: Ibis writes its null test wrongly.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import reduce
from operator import and_

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from saiban.calc.derived import with_derived
from saiban.calc.rules.columns import Columns
from saiban.calc.rules.model import CheckedRule, Input, Node
from saiban.calc.rules.policies import checked
from saiban.calc.rules.unknown import because_column
from saiban.calc.rules.vocabulary import known_fields
from saiban.data.dictionary import DictionaryField
from saiban.data.errors import BadInput

TYPES = {"bool": "boolean", "string": "string", "int": "int64"}


def answers(
    rule: CheckedRule, table: ir.Table, *, policy: Mapping[str, Decimal], key: str, explain: bool = False
) -> ir.Table:
    """Answer a rule for every row of a table.

    In:      table  one row per household or person: ``key``, and a column for each of ``rule.inputs`` in the
             type of the dictionary (int, decimal, bool as boolean, string; ``age`` int, ``score_pmt``
             decimal(9,4)). Null = unknown. Values are within the limits of the dictionary.
             policy  a number for each of ``rule.policies``.
    Out:     same rows, any order: the key, and
             answer string       eligible | not_eligible | unknown; never null
             clause_1 … clause_n with explain: boolean, null = unknown
             because string      with explain: what makes it unknown, sorted, by commas; "" where known
    Raises:  BadInput for a column that is absent or of another type; ValueError for a policy number that is
             missing. Source: docs/algorithms/rules.md.
    """
    numbers, typed = checked(rule, policy), _typed(rule, table, key)
    names = {f"clause_{number}": clause.node for number, clause in enumerate(rule.clauses, 1)}
    columns = Columns(typed, numbers)
    held = typed.mutate(**{name: columns.condition(node) for name, node in names.items()})
    whole = held.mutate(whole_=reduce(and_, [held[name] for name in names]))
    answer = ibis.cases((whole.whole_, "eligible"), (whole.whole_.isnull(), "unknown"), else_="not_eligible")
    if not explain:
        return whole.select(key, answer=answer)
    ready = Columns(whole, numbers, {node: name for name, node in names.items()})
    because = ibis.ifelse(whole.whole_.isnull(), because_column(rule, ready), "")
    return whole.select(key, *names, answer=answer, because=because).relocate("answer", after=key)


def _typed(rule: CheckedRule, table: ir.Table, key: str) -> ir.Table:
    """The key and the inputs, in exactly the types that are calculated with; and derived fields."""
    known, wanted = known_fields(rule.unit), rule.inputs
    absent = [name for name in (key, *wanted) if name not in table.columns]
    if absent:
        raise BadInput(
            f"columns are missing: {', '.join(absent)}.",
            expected="the id, and a column for every input of the rule, by its name",
        )
    if key in wanted or key in ("answer", "because", "whole_") or key.startswith("clause_"):
        raise BadInput(f"the id cannot be called {key}.", expected="another name of the column")
    columns = {name: _column(table[name], known[name]) for name in wanted}
    derived = [node.name for node in _walk(rule.node) if isinstance(node, Input) and node.is_derived]
    return with_derived(table.select(key, **columns), dict.fromkeys(derived))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from _walk(part)


def _column(column: ir.Value, field: DictionaryField) -> ir.Value:
    """The column in the type of its field; a decimal of the field's places stays as wide as it is."""
    found, exact = column.type(), dt.dtype(TYPES.get(field.type, f"decimal(12,{field.places})"))
    is_right = {
        "bool": found.is_boolean(),
        "string": found.is_string(),
        "int": found.is_integer(),
        "decimal": found.is_decimal() or found.is_integer(),
    }
    if not is_right[field.type]:
        raise BadInput(f"the column {field.code} is {found}.", expected=f"a column of type {exact}")
    if found.is_decimal() and found.scale == field.places and found.precision <= 12:
        return column
    return column if found.copy(nullable=True) == exact else column.cast(exact)
