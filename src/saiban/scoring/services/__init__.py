"""The only writers of scoring: the lives of scorecards and rules, and the scores that are given."""

from saiban.scoring.services.rules import (
    RuleNotTested,
    SelectsNobodyOrNearlyAll,
    add_rule,
    approve_rule,
    retire_rule,
    test_rule,
)
from saiban.scoring.services.scorecards import (
    OF_BATCH,
    PolicyUnconfirmed,
    ProvinceNeeded,
    TrialFailed,
    add_scorecard,
    approve_scorecard,
    ask_area,
    retire_scorecard,
    score_change_set,
    score_registry,
    test_scorecard,
)

__all__ = [
    "OF_BATCH",
    "PolicyUnconfirmed",
    "ProvinceNeeded",
    "RuleNotTested",
    "SelectsNobodyOrNearlyAll",
    "TrialFailed",
    "add_rule",
    "add_scorecard",
    "approve_rule",
    "approve_scorecard",
    "ask_area",
    "retire_rule",
    "retire_scorecard",
    "score_change_set",
    "score_registry",
    "test_rule",
    "test_scorecard",
]
