from django.apps import AppConfig


class DeskConfig(AppConfig):
    """See README.md of this room."""

    name = "saiban.desk"
    label = "desk"
