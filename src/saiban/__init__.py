"""saiban (سائبان, a canopy): an integrated social protection system for a province."""

__version__ = "0.1.0"
