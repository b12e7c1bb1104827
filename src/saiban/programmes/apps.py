from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """See README.md of this room."""

    name = "saiban.programmes"
    label = "programmes"
