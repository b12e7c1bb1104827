"""The only writers of messages."""

from __future__ import annotations

from django.utils import timezone

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.messages.models import Message
from saiban.messages.wording import written

LONGEST_TITLE = 200


@service("messages.message.send")
def send(*, actor: Actor, to: Actor, template: str, key: str, link: str = "", **words: object) -> Message:
    """Write a message to an actor in the actor's language; the same ``key`` is said once.

    template  code of a template of ``templates.yaml``; ``words`` fill it in, and are never values of people.
    link      path of the page that it is about.
    Raises: KeyError for an unknown template, ValueError for words that it does not name.
    """
    title, body = written(template, to.language, words)
    message, made = Message.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "template": template,
            "language": to.language,
            "title": title[:LONGEST_TITLE],
            "body": body,
            "link": link,
        },
    )
    audit.note(subject=message, template=template, to=to.pk, made=made)
    return message


@service("messages.message.read")
def read(*, actor: Actor, message_id: int) -> Message:
    """Mark a message of one's own as read; the first time counts. Raises: NotVisible (404)."""
    message = get_visible(Message.objects.select_for_update(of=("self",)), actor=actor, pk=message_id)
    if message.read_at is None:
        message.read_at = timezone.now()
        message.save(update_fields=["read_at"])
    audit.note(subject=message)
    return message
