"""Named questions about schemes and who is in them, by topic."""
