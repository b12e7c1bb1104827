"""Two who load one batch at the same moment: nothing is written twice."""

import threading

import pytest

from saiban.core.progress import measured
from saiban.intake import services
from saiban.intake.models import Observation
from saiban.intake.services import loading
from tests.concurrency.together import at_once
from tests.intake import files
from tests.intake.conftest import send, sources, uploads

__all__ = ["send", "sources", "uploads"]
pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 20


@pytest.fixture
def received(sources, uploads, system, tmp_path):
    """A file of two households that nobody has checked."""
    path = files.as_csv(tmp_path / "s.csv.gz", files.household() + files.other("H-2", 77))
    return services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)


@pytest.fixture
def both_have_read(monkeypatch):
    """Whoever checks goes on to lock the batch only when the other has come as far."""
    come, met = threading.Barrier(2), threading.local()
    lock = loading.locked

    def locked(*given):
        if not hasattr(met, "other"):
            met.other = True
            come.wait(WAIT)
        return lock(*given)

    monkeypatch.setattr(loading, "locked", locked)


def said():
    return sorted(Observation.objects.values_list("subject_id", "observed_on"))


def check(actor, batch):
    with measured("intake.batch.check", subject_kind="intake.batch", subject_id=batch.pk) as meter:
        return services.check_batch(actor=actor, batch_id=batch.pk, meter=meter)


@pytest.mark.usefixtures("both_have_read")
def test_a_file_that_two_load_at_once_is_loaded_once(received, system):
    ended = at_once(*[lambda: services.load_batch(actor=system, batch_id=received.pk)] * 2)
    assert [batch.pk for batch in ended] == [received.pk] * 2
    received.refresh_from_db()
    assert received.state == "loaded"
    assert len(said()) == len(set(said())) == received.observations > 0


def test_parts_that_two_make_again_at_once_are_made_once(received, system):
    check(system, received)
    before = sorted(received.parts.values_list("area", "observations"))
    at_once(*[lambda: check(system, received)] * 2)
    assert sorted(received.parts.values_list("area", "observations")) == before
    assert services.load_batch(actor=system, batch_id=received.pk).state == "loaded"
    received.refresh_from_db()
    assert len(said()) == len(set(said())) == received.observations > 0
