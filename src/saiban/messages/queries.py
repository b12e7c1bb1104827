"""Named questions of the mailbox."""

from __future__ import annotations

from saiban.core.models import Actor
from saiban.messages.models import Message
from saiban.messages.querysets import MessageQuerySet


def mailbox(*, actor: Actor) -> MessageQuerySet:
    """Return the actor's messages, newest first."""
    return Message.objects.visible_to(actor)


def unread_count(actor: Actor) -> int:
    """Count what the actor has not opened; asked once per request, for the navigation and for Today."""
    known = vars(actor)
    if "unread_messages" not in known:
        known["unread_messages"] = Message.objects.visible_to(actor).unread().count()
    count: int = known["unread_messages"]
    return count
