"""Lists of this room, by topic."""
