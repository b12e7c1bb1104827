"""A list and a survey that move the same people at once, and two lists of one scheme at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from saiban.core import outbox
from saiban.core.models import Announcement
from saiban.intake.models import Batch
from saiban.programmes import foundation, taking
from saiban.programmes.models import Enrolment
from saiban.programmes.services import lists as services
from saiban.registry import services as registry
from saiban.registry.models import Link
from tests.intake import files
from tests.intake.files import place
from tests.registry.conftest import scorecards, send, sources, uploads

__all__ = ["scorecards", "send", "sources", "uploads"]
pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = files.number(4711)
WAIT = 20


@pytest.fixture
def load(send, scorecards, tmp_path):
    """Load a file, but let nobody hear of it."""
    foundation.lay()

    def loaded(rows, *, source="psc-survey", scheme="", month="2026-05"):
        folder = tmp_path / f"{Batch.objects.count()}"
        folder.mkdir()
        batch = send(files.as_csv(folder / f"{source}-{month}.csv", rows), source=source, scheme=scheme)
        Announcement.objects.all().delete()
        return batch

    return loaded


@pytest.fixture
def a_list(load, system):
    """A list of a stranger, applied by the registry and not yet taken."""

    def made(month="2026-05", **cells):
        batch = load([place(1, cnic=NUMBER, **cells)], source="zakat-list", scheme="ZK-GA", month=month)
        registry.apply_part(actor=system, part_id=batch.parts.get().pk)
        Announcement.objects.all().delete()
        return batch

    return made


def roster():
    rows = files.other("H-9", 90)
    rows[0]["cnic"] = NUMBER
    return rows


def in_thread(function, *args):
    try:
        return function(*args)
    finally:
        connections.close_all()


def test_a_place_is_of_the_rostered_person_though_the_list_read_the_stub(a_list, load, system, monkeypatch):
    """The survey is applied between the moment when the list read whom a number means, and its writing."""
    batch, survey = a_list(), load(roster())
    has_read, is_applied = threading.Event(), threading.Event()
    run = taking.copying.run

    def pausing(statement, values=()):
        touched = run(statement, values)
        if statement == taking.READ_LIST:
            has_read.set()
            assert is_applied.wait(WAIT)
        return touched

    def take():
        services.take_list(actor=system, batch_id=batch.pk)

    def survey_comes():
        assert has_read.wait(WAIT)
        registry.apply_part(actor=system, part_id=survey.parts.get().pk)
        moved = Announcement.objects.get(name="registry.link.moved").payload["change_set_id"]
        is_applied.set()
        services.attach_enrolments(actor=system, change_set_id=moved)

    monkeypatch.setattr(taking.copying, "run", pausing)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(in_thread, one) for one in (take, survey_comes)]
        for one in both:
            one.result(WAIT)
    (kept,) = Enrolment.objects.all()
    link = Link.objects.get(subject=kept.subject_id, undone_at=None)
    assert (kept.person_id, kept.person.stub) == (link.person_id, False)
    assert kept.household == kept.person.memberships.get().household


def test_of_two_lists_at_once_the_newer_one_holds(a_list, system):
    older, newer = a_list("2026-04", amount="100"), a_list("2026-05", amount="200")

    def take(batch):
        services.take_list(actor=system, batch_id=batch.pk)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(in_thread, take, batch) for batch in (newer, older)]:
            one.result(WAIT)
    (kept,) = Enrolment.objects.all()
    assert (kept.amount_paisa, kept.batch) == (20_000, newer)


def test_a_list_taken_by_two_workers_at_once_is_taken_once(a_list, system):
    batch = a_list()

    def take(_):
        services.take_list(actor=system, batch_id=batch.pk)

    with ThreadPoolExecutor(3) as pool:
        for one in [pool.submit(in_thread, take, n) for n in range(3)]:
            one.result(WAIT)
    batch.refresh_from_db()
    assert Enrolment.objects.count() == 1
    assert batch.outcome["enrolments"]["new"] == 1


def test_a_list_and_a_survey_of_the_same_people_end_alike_in_any_order(a_list, load, system):
    """Both announced, told by two workers at once."""
    listed, survey = a_list(), load(roster())
    payloads = {
        "intake.batch.applied": {"batch_id": listed.pk},
        "intake.part.loaded": {"part_id": survey.parts.get().pk},
    }
    for name, payload in payloads.items():
        Announcement.objects.create(name=name, key=name, payload=payload)
    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(in_thread, outbox.drain) for _ in range(2)]:
            one.result(WAIT)
    outbox.drain()
    (kept,) = Enrolment.objects.all()
    assert not kept.person.stub
    assert kept.household is not None
