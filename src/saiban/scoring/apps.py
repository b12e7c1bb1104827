from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """See README.md of this room."""

    name = "saiban.scoring"
    label = "scoring"
