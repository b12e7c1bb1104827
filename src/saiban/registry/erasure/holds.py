"""What stands against an erasure: rooms downstream say it, by the one table of the composition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from saiban.core.errors import Refused
from saiban.ui.components import Words


@dataclass(frozen=True)
class Hold:
    """What a room says to an erasure. ``against``: (households, persons) → what stands against it, in words.

    ``wait`` keeps what it says from changing until the transaction ends: called before any row is locked.
    """

    against: Callable[[Sequence[int], Sequence[int]], Sequence[Words]]
    wait: Callable[[], None]


class Held(Refused):
    """Somebody is still given something, or something about them is still to be decided."""

    code = "registry.erasure_held"

    @classmethod
    def by(cls, holds: Sequence[Words]) -> Held:
        """Name what stands against it."""
        return cls(_("This cannot be erased yet: %(holds)s. End that first.") % {"holds": in_words(holds)})


def against(household_ids: Sequence[int], person_ids: Sequence[int]) -> list[Words]:
    """What stands against erasing these, room by room (``settings.SAIBAN_ERASURE_HOLDS``).

    Households are given where all of one is meant, else only the persons.
    """
    return [words for hold in _table() for words in hold.against(household_ids, person_ids)]


def wait() -> None:
    """Let nothing new come to stand against anybody until the transaction ends."""
    for hold in _table():
        hold.wait()


def _table() -> Sequence[Hold]:
    table: Sequence[Hold] = import_string(settings.SAIBAN_ERASURE_HOLDS)
    return table


def in_words(holds: Sequence[Words]) -> str:
    """All of them in one line."""
    return "; ".join(map(str, holds))
