from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """See README.md of this room."""

    name = "saiban.registry"
    label = "registry"
