from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.db.models.functions import Now
from django.utils import timezone

from saiban.core import outbox
from saiban.core.models import Announcement, Duty


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


def test_what_begins_more_long_work_is_told_when_nothing_else_is_due(db, monkeypatch):
    told = []
    names = ("tests.begun", "tests.ended")
    table = {name: [lambda name=name, **ids: told.append(name)] for name in names}
    monkeypatch.setattr(outbox, "listeners", lambda: table)
    monkeypatch.setattr(outbox, "told_last", lambda: ("tests.begun",))
    with transaction.atomic():
        for number in range(2):
            outbox.announce("tests.begun", key=f"b{number}")
            outbox.announce("tests.ended", key=f"e{number}")
    outbox.drain()
    assert told == ["tests.ended", "tests.ended", "tests.begun", "tests.begun"]


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
        raise ValueError("Nasreen Bibi, 34201-0891231-8")

    monkeypatch.setattr(outbox, "listeners", lambda: {"tests.happened": [half]})
    with transaction.atomic():
        outbox.announce("tests.happened", key="d")
    outbox.drain()
    row = Announcement.objects.get(key="d")
    assert (row.handled_at, row.tries) == (None, 1)
    assert row.last_error.startswith("ValueError in ")
    assert "Nasreen" not in row.last_error
    assert not Announcement.objects.filter(name="half").exists()
    assert outbox.drain() == 0, "it is not due yet"


def test_a_failing_listener_does_not_undo_what_another_did_nor_make_it_hear_twice(db, monkeypatch):
    calls = []

    def works(**ids):
        calls.append("works")

    def fails_once(**ids):
        calls.append("fails")
        if calls.count("fails") == 1:
            raise ValueError("not yet")

    monkeypatch.setattr(outbox, "listeners", lambda: {"tests.happened": [fails_once, works]})
    with transaction.atomic():
        outbox.announce("tests.happened", key="e")
    assert outbox.drain() == 0
    Announcement.objects.update(not_before=timezone.now())
    assert outbox.drain() == 1
    assert calls == ["fails", "works", "fails"]


def test_long_work_counts_anew_so_that_nobody_takes_it_between_two_listeners(db, monkeypatch):
    due = []

    def takes_long(**ids):
        Announcement.objects.update(not_before=timezone.now() - timedelta(minutes=1))

    def is_told_next(**ids):
        due.append(Announcement.objects.filter(not_before__lte=Now()).exists())

    monkeypatch.setattr(outbox, "listeners", lambda: {"tests.happened": [takes_long, is_told_next]})
    with transaction.atomic():
        outbox.announce("tests.happened", key="long")
    assert outbox.drain() == 1
    assert due == [False]


@pytest.mark.django_db(transaction=True)
def test_what_fails_only_at_commit_is_kept_for_later_and_stops_nothing(monkeypatch, foundations):
    def leaves_a_loose_end(**ids):
        Duty.objects.create(
            actor_id=0, area_id=0, agency_id=0, role="clerk", purpose="-", starts_on=timezone.localdate()
        )

    table = {"tests.happened": [leaves_a_loose_end], "tests.harmless": []}
    monkeypatch.setattr(outbox, "listeners", lambda: table)
    with transaction.atomic():
        outbox.announce("tests.happened", key="loose")
        outbox.announce("tests.harmless", key="harmless")
    assert outbox.drain() == 1
    assert Announcement.objects.get(key="loose").last_error.startswith("IntegrityError 23503 core_duty_")


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_ends_the_process_uses_up_its_tries(monkeypatch, foundations):
    def ends(**ids):
        raise SystemExit

    monkeypatch.setattr(outbox, "listeners", lambda: {"tests.happened": [ends]})
    with transaction.atomic():
        outbox.announce("tests.happened", key="fatal")
    with pytest.raises(SystemExit):
        outbox.drain()
    assert Announcement.objects.get(key="fatal").tries == 1
    assert outbox.drain() == 0, "it does not stand in the way of the next round"


def test_what_nobody_is_listed_for_is_not_lost(db, monkeypatch):
    monkeypatch.setattr(outbox, "listeners", dict)
    with transaction.atomic():
        outbox.announce("tests.unheard", key="unheard")
    assert outbox.drain() == 0
    assert Announcement.objects.get(key="unheard").handled_at is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_hear_each_announcement_once(monkeypatch, foundations):
    heard, gate = [], Barrier(2)
    monkeypatch.setattr(
        outbox, "listeners", lambda: {"tests.happened": [lambda **ids: heard.append(ids["n"])]}
    )
    with transaction.atomic():
        for number in range(40):
            outbox.announce("tests.happened", key=f"n{number}", n=number)

    def drain(_):
        gate.wait()
        try:
            return outbox.drain()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        handled = sum(pool.map(drain, range(2)))
    assert (handled, sorted(heard)) == (40, list(range(40)))
