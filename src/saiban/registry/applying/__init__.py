"""A batch becomes households, persons, memberships, relations, numbers and links: by statements over sets."""

from saiban.registry.applying.batch import Applied, apply

__all__ = ["Applied", "apply"]
