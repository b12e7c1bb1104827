"""Overlaps: who is twice in one scheme, in two that exclude each other, or above a cap, and what it costs."""

from saiban.calc.overlap.compiled import overlaps_sql
from saiban.calc.overlap.expression import COLUMNS, overlaps
from saiban.calc.overlap.policy import (
    Cap,
    Exclusion,
    OverlapPolicy,
    Pair,
    pairs,
    parse_policy,
    shipped_policy,
)

__all__ = [
    "COLUMNS",
    "Cap",
    "Exclusion",
    "OverlapPolicy",
    "Pair",
    "overlaps",
    "overlaps_sql",
    "pairs",
    "parse_policy",
    "shipped_policy",
]
