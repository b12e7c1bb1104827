import signal

import pytest
from django.db import InterfaceError, connection
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from saiban.core import background, outbox, worker
from saiban.core.background import task
from saiban.core.models import Announcement

pytestmark = pytest.mark.django_db(transaction=True)
DONE = []


@task()
def remember(number):
    DONE.append(number)


@task
def quote(name):
    raise ValueError(name)


@pytest.fixture(autouse=True)
def fresh():
    DONE.clear()


def test_waiting_tasks_are_run_and_counted():
    for number in (1, 2):
        remember.enqueue(number)
    assert background.run_waiting() == 2
    assert DONE == [1, 2]
    assert background.run_waiting() == 0


def test_between_two_tasks_one_may_say_stop():
    for number in (1, 2):
        remember.enqueue(number)
    assert background.run_waiting(stop=lambda: bool(DONE)) == 1


def test_a_failed_task_is_kept_without_what_its_error_quotes():
    quote.enqueue("x")
    DBTaskResult.objects.update(args_kwargs={"args": ["Nasreen Bibi"], "kwargs": {}})
    background.run_waiting()
    row = DBTaskResult.objects.get()
    assert row.status == TaskResultStatus.FAILED
    assert "ValueError" in row.traceback
    assert "Nasreen" not in row.traceback


def test_a_task_whose_process_died_is_taken_up_again_and_in_the_end_given_up():
    remember.enqueue(1)
    died = DBTaskResult.objects.get()
    died.claim("dead")
    assert background.run_waiting() == 1
    assert DONE == [1]
    died.refresh_from_db()
    assert died.status == TaskResultStatus.SUCCESSFUL
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, worker_ids=["dead"] * background.TRIES)
    assert background.run_waiting() == 0
    died.refresh_from_db()
    assert died.status == TaskResultStatus.FAILED


def test_a_task_that_runs_elsewhere_is_left_alone():
    remember.enqueue(1)
    DBTaskResult.objects.get().claim("elsewhere")
    with background._alone() as alone:
        assert alone
        assert background.run_waiting() == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING


def test_a_round_ends_where_it_is_told_to_stop(monkeypatch, foundations):
    heard = []
    monkeypatch.setattr(outbox, "listeners", lambda: {"tests.happened": [lambda: heard.append(1)]})
    for key in "abc":
        Announcement.objects.create(name="tests.happened", key=key)
    worker.work_once(stop=lambda: len(heard) == 2)
    assert len(heard) == 2


def test_a_worker_outlives_a_round_that_fails(monkeypatch):
    handlers, rounds = {}, []

    def fails_once(stop):
        rounds.append(connection.connection)
        if len(rounds) == 1:
            raise InterfaceError("the connection is closed")
        handlers[signal.SIGTERM](signal.SIGTERM, None)

    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(worker, "work_once", fails_once)
    monkeypatch.setattr(worker, "REST_AFTER_ERROR", 0.0)
    monkeypatch.setattr(worker, "REST", 0.0)
    worker.work()
    assert len(rounds) == 2
