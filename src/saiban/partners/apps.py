from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """See README.md of this room."""

    name = "saiban.partners"
    label = "partners"
