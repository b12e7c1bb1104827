from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """See README.md of this room."""

    name = "saiban.intake"
    label = "intake"
