"""Slots and panels: a page names a slot, rooms downstream fill it, the page knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from saiban.core.models import Actor

Load = Callable[[Actor, Sequence[int]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """What a room offers to a slot.

    ``load`` takes the actor and the ids of the things on the page, asks at most two queries for all of
    them, and
    returns the context of ``template``; None where it has nothing to say. Low ``order`` stands first.
    """

    slot: str
    name: str
    permission: str
    load: Load
    template: str
    order: int = 100


@dataclass(frozen=True)
class FilledPanel:
    """A panel with what it shows."""

    name: str
    template: str
    context: Mapping[str, Any]


def panels() -> Sequence[Panel]:
    """Return the table of the composition (``settings.SAIBAN_PANELS``)."""
    table: Sequence[Panel] = import_string(settings.SAIBAN_PANELS)
    return table


def fill(slot: str, actor: Actor, ids: Sequence[int]) -> list[FilledPanel]:
    """Load the panels of a slot that the actor may see, in their order; those with nothing to say are
    left out.
    """
    offered = [
        panel
        for panel in panels()
        if panel.slot == slot and (not panel.permission or actor.may(panel.permission))
    ]
    filled = []
    for panel in sorted(offered, key=lambda panel: (panel.order, panel.name)):
        context = panel.load(actor, ids)
        if context is not None:
            filled.append(FilledPanel(panel.name, panel.template, context))
    return filled
