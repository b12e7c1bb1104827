"""Corrections: proposed, approved by a second person where a score moves, ended on their day."""
