"""For mypy and checks that need no database: starts no server."""

from saiban.config.settings.base import *  # noqa: F403
from saiban.config.settings.base import databases

SECRET_KEY = "typing-only"  # noqa: S105
SAIBAN_DEVELOPMENT_KEY = True
_NOWHERE = {"ENGINE": "django.db.backends.postgresql", "NAME": "saiban"}
DATABASES = databases(_NOWHERE, _NOWHERE)
