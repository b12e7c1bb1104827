"""SQL of a scorecard, written once per version: building the expression takes longer than scoring one
household.
"""

from functools import lru_cache

import ibis

from saiban.calc.bands import BandLimits
from saiban.calc.scorecard.expression import scored
from saiban.calc.scorecard.model import Scorecard

_SCORECARDS: dict[str, Scorecard] = {}


def score_sql(
    scorecard: Scorecard, columns: ibis.Schema, *, relation: str, bands: BandLimits, explain: bool = False
) -> str:
    """DuckDB's SQL of ``scored`` over a relation (a table or a view) with these columns."""
    _SCORECARDS[scorecard.digest] = scorecard
    return _written(scorecard.digest, columns, relation, bands, explain)


@lru_cache(maxsize=64)
def _written(digest: str, columns: ibis.Schema, relation: str, bands: BandLimits, explain: bool) -> str:
    table = ibis.table(columns, name=relation)
    return str(
        ibis.to_sql(scored(table, _SCORECARDS[digest], bands=bands, explain=explain), dialect="duckdb")
    )
