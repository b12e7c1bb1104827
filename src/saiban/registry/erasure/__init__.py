"""Erasing a person or a household: asked for, decided by another person, carried out in one transaction."""
