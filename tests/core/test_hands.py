"""More hands for long work: none where it is short, as many as set where it is long, and none left behind."""

import sys

import pytest

from saiban.core import hands, outbox
from saiban.core.models import Announcement

pytestmark = pytest.mark.django_db
SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def heard(monkeypatch):
    """A listener, and what it heard."""
    told = []

    def listen(thing):
        told.append(thing)

    monkeypatch.setattr(outbox, "listeners", lambda: {"core.test.happened": [listen]})
    return told


def announce(thing):
    outbox.announce("core.test.happened", key=f"thing:{thing}", thing=thing)


def test_short_work_is_done_here(heard, settings):
    settings.SAIBAN_WORKERS = 2
    announce(1)
    with hands.Hands(is_long=lambda: False) as few:
        few.meanwhile()
        assert heard == [1]
        announce(2)
        few.finish()
    assert heard == [1, 2]


def test_long_work_has_processes_that_end_with_it(heard, settings, monkeypatch):
    settings.SAIBAN_WORKERS = 2
    monkeypatch.setattr(hands, "COMMAND", SLEEPS)
    announce(1)
    with hands.Hands(is_long=lambda: True) as many:
        many.meanwhile()
        many.meanwhile()
        children = list(many._children)
        assert (len(children), heard) == (2, []), "what was announced is left to them"
        assert all(child.poll() is None for child in children)
        many.finish()
        assert heard == [1], "in the end all hands are at it"
    assert all(child.poll() is not None for child in children)


def test_what_failed_is_not_waited_for(settings, monkeypatch):
    settings.SAIBAN_WORKERS = 2

    def fails(thing):
        raise ValueError(thing)

    monkeypatch.setattr(outbox, "listeners", lambda: {"core.test.happened": [fails]})
    monkeypatch.setattr(hands, "COMMAND", SLEEPS)
    announce(1)
    with hands.Hands(is_long=lambda: True) as many:
        many.meanwhile()
        many.finish()
    assert Announcement.objects.waiting().get().last_error


def test_one_worker_has_no_helpers(heard, settings):
    settings.SAIBAN_WORKERS = 1
    announce(1)
    with hands.Hands(is_long=lambda: True) as alone:
        alone.meanwhile()
    assert heard == [1]
