"""What each role allows: read once from the table of the composition (``settings.SAIBAN_DUTIES``)."""

from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from saiban.data.dictionary import Sensitivity


@dataclass(frozen=True)
class Grant:
    """Permissions (dotted names of services and looks) and the sensitivities of fields that are shown."""

    permissions: frozenset[str] = field(default_factory=frozenset)
    sensitivities: frozenset[Sensitivity] = field(default_factory=frozenset)


@cache
def grants() -> dict[str, Grant]:
    """Return the table role → grant."""
    table: dict[str, Grant] = import_string(settings.SAIBAN_DUTIES)
    return table


def grant_of(role: str) -> Grant:
    """Return what a role allows: nothing, where the table does not name it."""
    return grants().get(role, Grant())
