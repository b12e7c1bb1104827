"""What commands that need the database do first."""

import os
import warnings


def django_ready() -> None:
    """Start Django, with the development settings unless the environment names others."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saiban.config.settings.dev")
    warnings.filterwarnings("default", category=UserWarning, module="saiban")
    django.setup()
