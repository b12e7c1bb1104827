"""The demo: a synthetic province through the whole cycle, and what it shows."""
