"""What the pages of this room ask for, by topic."""
