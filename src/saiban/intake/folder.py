"""The folder in which files lie until they are loaded."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from saiban.core import embedded


def uploads() -> Path:
    """Return the folder in which files lie until they are loaded; only we may read it."""
    folder = Path(settings.SAIBAN_UPLOADS) if settings.SAIBAN_UPLOADS else embedded.home() / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
