"""Pages of scoring, in two files: scorecards with their scores, and rules."""
