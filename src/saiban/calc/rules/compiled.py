"""SQL of a rule, written once per version: building the expression takes longer than asking one household."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

import ibis

from saiban.calc.rules.checking import check
from saiban.calc.rules.expression import answers
from saiban.calc.rules.model import CheckedRule, Unit
from saiban.calc.rules.policies import checked


def answers_sql(
    rule: CheckedRule,
    columns: ibis.Schema,
    *,
    relation: str,
    policy: Mapping[str, Decimal],
    key: str,
    explain: bool = False,
) -> str:
    """DuckDB's SQL of ``answers`` over a relation (a table or a view) with these columns."""
    numbers = tuple(checked(rule, policy).items())
    return _written(rule.text, rule.unit, columns, relation, numbers, key, explain)


@lru_cache(maxsize=64)
def _written(
    text: str,
    unit: Unit,
    columns: ibis.Schema,
    relation: str,
    policy: tuple[tuple[str, Decimal], ...],
    key: str,
    explain: bool,
) -> str:
    table = ibis.table(columns, name=relation)
    told = answers(check(text, unit=unit), table, policy=dict(policy), key=key, explain=explain)
    return str(ibis.to_sql(told, dialect="duckdb"))
