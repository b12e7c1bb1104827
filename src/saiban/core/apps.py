from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Places, actors, and the habits that all rooms share."""

    name = "saiban.core"
    label = "core"
