"""Reads of scoring: scorecards, scores with their reasons, rules and what they would do."""

from saiban.scoring.queries.rules import (
    Preview,
    RulePage,
    preview_rule,
    rule,
    rule_page,
    rules,
    rules_waiting,
)
from saiban.scoring.queries.scorecards import (
    HUNDRED,
    Comparison,
    Explained,
    PointsOf,
    by_field,
    comparison,
    covers_province,
    explain,
    history,
    recalculated,
    scorecard,
    scorecards,
    waiting_for_approval,
)

__all__ = [
    "HUNDRED",
    "Comparison",
    "Explained",
    "PointsOf",
    "Preview",
    "RulePage",
    "by_field",
    "comparison",
    "covers_province",
    "explain",
    "history",
    "preview_rule",
    "recalculated",
    "rule",
    "rule_page",
    "rules",
    "rules_waiting",
    "scorecard",
    "scorecards",
    "waiting_for_approval",
]
