"""What the pages of scoring show: plain values and whole sentences for the templates."""

from saiban.scoring.pages.scorecards import comparison, explained, history, missing_in_words, scorecard

__all__ = ["comparison", "explained", "history", "missing_in_words", "scorecard"]
