from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """See README.md of this room."""

    name = "saiban.messages"
    label = "saiban_messages"
