"""Erasing while others write about the same people: whoever comes second sees what the first has done."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from saiban.core import outbox
from saiban.core.models import Announcement
from saiban.intake import loading
from saiban.intake import services as intake
from saiban.intake.models import Batch, Subject
from saiban.programmes import foundation as programmes
from saiban.programmes import taking
from saiban.registry import copying
from saiban.registry.correcting.services import propose_correction
from saiban.registry.erasure import forgetting
from saiban.registry.erasure.services import carry_out, decide_erasure, request_erasure
from saiban.registry.errors import Erased
from saiban.registry.models import Erasure, Household, Person
from tests.intake import files
from tests.programmes.places import of_list
from tests.registry import scan
from tests.registry.conftest import rajanpur, scorecards, send, sources, take_in, uploads
from tests.registry.test_erasure import HEAD, PLACE, REASON, SON, everything, planted, subjects_of

__all__ = ["planted", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = pytest.mark.django_db(transaction=True)
WAIT, MOMENT = 60, 1.5


def in_thread(function, *args, **given):
    try:
        return function(*args, **given)
    finally:
        connections.close_all()


@pytest.fixture
def aside():
    with ThreadPoolExecutor(max_workers=1) as threads:
        yield lambda *args, **given: threads.submit(in_thread, *args, **given)


@pytest.fixture
def approved(planted, manager, approver):
    """An erasure that the worker has not heard of yet."""
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)
    decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
    Announcement.objects.filter(name="registry.erasure.approved").delete()
    return asked


@pytest.fixture
def again(system, sources, tmp_path, rajanpur):
    """The same household once more, received and checked; load it by its number."""

    def received():
        rows = files.household("H-77", home=rajanpur | PLACE, members=[HEAD, SON])
        path = files.as_csv(tmp_path / "again.csv", [row | {"interviewed_on": "2026-06-05"} for row in rows])
        return intake.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path).pk

    return received


class Gate:
    """Lets a function stop once it has done its work, until it may go on."""

    def __init__(self, monkeypatch, module, name):
        self.reached, self.opened, inner = threading.Event(), threading.Event(), getattr(module, name)

        def stopping(*args, **given):
            result = inner(*args, **given)
            self.reached.set()
            assert self.opened.wait(WAIT)
            return result

        monkeypatch.setattr(module, name, stopping)


def test_an_erasure_waits_for_a_load_that_has_found_its_subjects(
    approved, again, aside, system, monkeypatch, planted
):
    subjects = set(subjects_of(planted).values_list("pk", flat=True))
    gate = Gate(monkeypatch, loading, "_give_subjects")
    batch_id = again()
    load = aside(intake.load_batch, actor=system, batch_id=batch_id)
    assert gate.reached.wait(WAIT)
    threading.Timer(MOMENT, gate.opened.set).start()
    carry_out(actor=system, erasure_id=approved.pk)  # ends only after the load
    assert load.done() or gate.opened.is_set()
    load.result(WAIT)
    assert not Subject.objects.filter(pk__in=subjects, salt__isnull=False).exists()
    persons = Person.objects.count()
    outbox.drain()  # the part that was loaded before is applied: it speaks of nobody
    assert Person.objects.count() == persons
    assert scan.where(everything()) == set()


def test_a_load_waits_for_an_erasure_and_makes_somebody_new(
    approved, again, aside, system, monkeypatch, planted
):
    gate = Gate(monkeypatch, forgetting, "relink")
    batch_id = again()
    erasure = aside(carry_out, actor=system, erasure_id=approved.pk)
    assert gate.reached.wait(WAIT)
    threading.Timer(MOMENT, gate.opened.set).start()
    intake.load_batch(actor=system, batch_id=batch_id)
    assert gate.opened.is_set()
    erasure.result(WAIT)
    outbox.drain()
    assert Batch.objects.get(pk=batch_id).state == "applied"
    new = Household.objects.get(village=PLACE["village"])
    assert new.pk != planted.pk
    assert Subject.objects.filter(links__household=new, salt__isnull=False).exists()
    assert not Person.objects.filter(erased_at__isnull=False).exclude(name_en="").exists()


def test_a_correction_meanwhile_finds_it_erased(approved, aside, system, clerk, monkeypatch, planted):
    gate = Gate(monkeypatch, forgetting, "relink")
    erasure = aside(carry_out, actor=system, erasure_id=approved.pk)
    assert gate.reached.wait(WAIT)
    threading.Timer(MOMENT, gate.opened.set).start()
    with pytest.raises(Erased):
        propose_correction(
            actor=clerk, household_id=planted.pk, field="rooms", value=3, reason="seen at the door"
        )
    assert erasure.result(WAIT).state == "carried_out"


def test_a_place_that_is_being_given_sends_the_erasure_back(approved, aside, system, planted):
    programmes.lay()
    with transaction.atomic():
        copying.run(taking.ALONE)  # as who takes a list does
        of_list("ZK-GA", planted)
        erasure = aside(carry_out, actor=system, erasure_id=approved.pk)
        with pytest.raises(TimeoutError):
            erasure.result(MOMENT)  # it waits until the place is there
    assert erasure.result(WAIT).state == "requested"
    assert Erasure.objects.get().decision
    assert Person.objects.filter(name_en=HEAD["name_en"]).exists()


def test_two_workers_carry_it_out_once(approved, aside, system):
    other = aside(carry_out, actor=system, erasure_id=approved.pk)
    carry_out(actor=system, erasure_id=approved.pk)
    assert other.result(WAIT).state == "carried_out"
    assert Announcement.objects.filter(name="registry.erasure.carried_out").count() == 1
