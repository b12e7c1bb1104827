"""SQL of the overlaps, written once per policy, day and table; that takes longer than a small answer."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache

import ibis

from saiban.calc.overlap.expression import overlaps
from saiban.calc.overlap.policy import OverlapPolicy


def overlaps_sql(
    policy: OverlapPolicy, columns: ibis.Schema, *, relation: str, on: date, schemes: Collection[str] = ()
) -> str:
    """DuckDB's SQL of ``overlaps`` over a relation (a table or a view) with these columns.

    To ask about some persons or households only, let the relation hold their enrolments, all of them.
    """
    return _written(policy, columns, relation, on, tuple(sorted(schemes)))


@lru_cache(maxsize=64)
def _written(
    policy: OverlapPolicy, columns: ibis.Schema, relation: str, on: date, schemes: tuple[str, ...]
) -> str:
    table = ibis.table(columns, name=relation)
    return str(ibis.to_sql(overlaps(table, policy, on=on, schemes=schemes), dialect="duckdb"))
