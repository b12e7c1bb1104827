"""States that are no model's own choices, and the tone in which each state of any model is shown."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from saiban.ui.components import Tone, Words

TONES: dict[str, Tone] = {
    "accepted": "ok",
    "active": "ok",
    "applied": "ok",
    "approved": "ok",
    "carried_out": "ok",
    "delivered": "ok",
    "done": "ok",
    "in_force": "ok",
    "paid": "ok",
    "published": "ok",
    "sent": "ok",
    "current": "note",
    "draft": "note",
    "proposed": "note",
    "prepared": "note",
    "received": "note",
    "requested": "note",
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
    "accepted": pgettext_lazy("state", "accepted"),
    "active": pgettext_lazy("state", "active"),
    "applied": pgettext_lazy("state", "applied"),
    "approved": pgettext_lazy("state", "approved"),
    "checked": pgettext_lazy("state", "checked"),
    "current": pgettext_lazy("state", "current"),
    "delivered": pgettext_lazy("state", "delivered"),
    "done": pgettext_lazy("state", "done"),
    "draft": pgettext_lazy("state", "draft"),
    "ended": pgettext_lazy("state", "ended"),
    "failed": pgettext_lazy("state", "failed"),
    "held": pgettext_lazy("state", "held"),
    "late": pgettext_lazy("state", "late"),
    "loaded": pgettext_lazy("state", "loaded"),
    "near": pgettext_lazy("state", "near the cut-off"),
    "partly": pgettext_lazy("state", "partly accepted"),
    "paid": pgettext_lazy("state", "paid"),
    "prepared": pgettext_lazy("state", "prepared"),
    "proposed": pgettext_lazy("state", "proposed"),
    "published": pgettext_lazy("state", "published"),
    "received": pgettext_lazy("state", "received"),
    "refused": pgettext_lazy("state", "refused"),
    "rejected": pgettext_lazy("state", "rejected"),
    "retired": pgettext_lazy("state", "retired"),
    "running": pgettext_lazy("state", "running"),
    "sent": pgettext_lazy("state", "sent"),
    "suspended": pgettext_lazy("state", "suspended"),
    "tested": pgettext_lazy("state", "tested"),
    "waiting": pgettext_lazy("state", "waiting"),
}


def tone(state: str) -> Tone:
    """Return the tone of a state: grey where it has no meaning of its own."""
    return TONES.get(state, "")


def name(state: str) -> Words:
    """Return the words of a state of work; the code itself where nobody has named it."""
    return NAMES.get(state, state)
