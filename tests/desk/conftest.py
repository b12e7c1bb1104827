from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Actor


@pytest.fixture
def at_work() -> Callable[..., Client]:
    """Log an actor in, under its duty: ``at_work(clerk, "ur")``."""

    def log_in(actor: Actor, language: str = "en") -> Client:
        client = Client()
        client.force_login(Actor.objects.get(pk=actor.pk))
        client.cookies["saiban_language"] = language
        if actor.duty:
            session = client.session
            session[DUTY_KEY] = actor.duty.pk
            session.save()
        return client

    return log_in


@pytest.fixture
def no_throttle(db: None) -> None:
    """Forget former tries at the door."""
    cache.clear()
