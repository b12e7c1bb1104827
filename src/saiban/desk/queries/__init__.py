"""Named questions of the desk, a module per page."""
