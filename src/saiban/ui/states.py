"""States that are no model's own choices, and the tone in which each state of any model is shown."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _, pgettext_lazy

from saiban.ui.components import Tone, Words

TONES: dict[str, Tone] = {
    "accepted": "ok",
    "active": "ok",
    "applied": "ok",
    "approved": "ok",
    "delivered": "ok",
    "done": "ok",
    "paid": "ok",
    "published": "ok",
    "sent": "ok",
    "current": "note",
    "draft": "note",
    "proposed": "note",
    "prepared": "note",
    "received": "note",
    "running": "note",
    "checked": "note",
    "loaded": "note",
    "tested": "note",
    "held": "warn",
    "late": "warn",
    "near": "warn",
    "partly": "warn",
    "suspended": "warn",
    "waiting": "warn",
    "failed": "bad",
    "refused": "bad",
    "rejected": "bad",
}

NAMES: dict[str, Words] = {
    "waiting": pgettext_lazy("state", "waiting"),
    "running": pgettext_lazy("state", "running"),
    "done": pgettext_lazy("state", "done"),
    "failed": pgettext_lazy("state", "failed"),
    "late": _("late"),
}


def tone(state: str) -> Tone:
    """Return the tone of a state: grey where it has no meaning of its own."""
    return TONES.get(state, "")


def name(state: str) -> Words:
    """Return the words of a state of work; the code itself where it has none here."""
    return NAMES.get(state, state)
