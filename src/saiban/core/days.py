"""Days here, as moments."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The moment at which a day begins, here."""
    return timezone.make_aware(datetime.combine(day, time.min))
