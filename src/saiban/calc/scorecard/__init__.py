"""Scorecards: what a household's answers say of how well off it is, in integers, explained point by point."""

from saiban.calc.scorecard.compare import MovedIndicator, compare
from saiban.calc.scorecard.compiled import score_sql
from saiban.calc.scorecard.expression import scored
from saiban.calc.scorecard.files import load_scorecard, parse_scorecard, shipped_codes, shipped_scorecard
from saiban.calc.scorecard.model import Scorecard
from saiban.calc.scorecard.single import PointsLine, ScoredHousehold, score_one

__all__ = [
    "MovedIndicator",
    "PointsLine",
    "Scorecard",
    "ScoredHousehold",
    "compare",
    "load_scorecard",
    "parse_scorecard",
    "score_one",
    "score_sql",
    "scored",
    "shipped_codes",
    "shipped_scorecard",
]
