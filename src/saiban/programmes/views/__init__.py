"""Pages of programmes, by topic."""
