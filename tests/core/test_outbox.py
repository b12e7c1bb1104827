import pytest
from django.db import transaction

from saiban.core import outbox
from saiban.core.models import Announcement


@pytest.fixture
def heard(monkeypatch):
    calls = []
    monkeypatch.setattr(outbox, "listeners", lambda: {"tests.happened": [lambda **ids: calls.append(ids)]})
    return calls


def test_a_listener_hears_once_per_key(db, heard):
    with transaction.atomic():
        outbox.announce("tests.happened", key="a", thing_id=1)
        outbox.announce("tests.happened", key="a", thing_id=1)
    assert outbox.drain() == 1
    assert outbox.drain() == 0
    assert heard == [{"thing_id": 1}]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_told(heard, foundations):
    with transaction.atomic():
        outbox.announce("tests.happened", key="b")
        transaction.set_rollback(True)
    assert outbox.drain() == 0
    assert not heard


@pytest.mark.django_db(transaction=True)
def test_an_announcement_belongs_in_a_transaction(foundations):
    with pytest.raises(RuntimeError, match="outside"):
        outbox.announce("tests.happened", key="c")


def test_a_failing_listener_is_tried_again_later_and_undoes_its_half_work(db, monkeypatch):
    def half(**ids):
        Announcement.objects.create(name="half", key="half")
        raise ValueError("no")

    monkeypatch.setattr(outbox, "listeners", lambda: {"tests.happened": [half]})
    with transaction.atomic():
        outbox.announce("tests.happened", key="d")
    outbox.drain()
    row = Announcement.objects.get(key="d")
    assert (row.handled_at, row.tries, row.last_error) == (None, 1, "ValueError: no")
    assert not Announcement.objects.filter(name="half").exists()
    assert outbox.drain() == 0, "it is not due yet"
