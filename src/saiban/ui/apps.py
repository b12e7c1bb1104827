from django.apps import AppConfig


class UiConfig(AppConfig):
    """See README.md of this room."""

    name = "saiban.ui"
    label = "ui"
