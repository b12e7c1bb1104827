"""Named questions about messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from saiban.core.models import Actor
    from saiban.messages.models import Message


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the actor's own, if its duty has a mailbox."""
        return self.filter(to=actor) if actor.may("messages.message.view") else self.none()

    def unread(self) -> Self:
        """Keep those that nobody has opened."""
        return self.filter(read_at=None)
