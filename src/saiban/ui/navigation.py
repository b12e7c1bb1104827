"""The navigation of a duty: which items an actor sees, in which sections, with how much waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from saiban.core.models import Actor
from saiban.ui.components import Words


@dataclass(frozen=True)
class Item:
    """One line of the navigation: shown to who has the permission ("" shows it to all); ``count`` says
    what waits.
    """

    label: Words
    url_name: str
    permission: str
    section: Words
    count: Callable[[Actor], int | None] | None = None


@dataclass(frozen=True)
class ShownItem:
    """An item as an actor sees it."""

    label: Words
    url: str
    current: bool
    count: int | None


@dataclass(frozen=True)
class Section:
    """Items under one heading."""

    label: Words
    items: Sequence[ShownItem]


def items() -> Sequence[Item]:
    """Return the table of the composition (``settings.SAIBAN_NAVIGATION``)."""
    table: Sequence[Item] = import_string(settings.SAIBAN_NAVIGATION)
    return table


def for_actor(actor: Actor, path: str) -> list[Section]:
    """Items that the actor may open, by section in the order of the table; the one that fits the path
    best is current.

    Raises: NoReverseMatch for an item without a page: a mistake of the table, not of the actor.
    """
    seen = [
        (item, reverse(item.url_name))
        for item in items()
        if not item.permission or actor.may(item.permission)
    ]
    here = max((url for _, url in seen if _leads_to(url, path)), key=len, default="")
    sections: dict[str, list[ShownItem]] = {}
    for item, url in seen:
        count = item.count(actor) if item.count else None
        sections.setdefault(str(item.section), []).append(ShownItem(item.label, url, url == here, count))
    return [Section(label, shown) for label, shown in sections.items()]


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
