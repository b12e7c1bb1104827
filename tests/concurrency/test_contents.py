"""Two who check the same rows in two files at the same moment: one of the files is taken."""

import threading

import pytest

from saiban.intake import contents, services
from saiban.intake.models import Batch, Observation
from tests.concurrency.together import at_once
from tests.intake import files
from tests.intake.conftest import send, sources, uploads

__all__ = ["send", "sources", "uploads"]
pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 20


@pytest.fixture
def both_have_read(monkeypatch):
    """Neither asks whether the rows are new before the other has read them too."""
    come, ask = threading.Barrier(2), contents.refuse_again

    def asked(*given):
        come.wait(WAIT)
        return ask(*given)

    monkeypatch.setattr(contents, "refuse_again", asked)


@pytest.mark.usefixtures("both_have_read")
def test_the_same_rows_that_come_in_two_forms_at_once_are_taken_once(sources, system, tmp_path):
    rows = files.household() + files.other("H-2", 77)
    paths = files.as_csv(tmp_path / "s.csv", rows), files.as_parquet(tmp_path / "s.parquet", rows)
    batches = [
        services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)
        for path in paths
    ]
    at_once(*[lambda pk=batch.pk: services.load_batch(actor=system, batch_id=pk) for batch in batches])
    first, second = Batch.objects.order_by("state")
    assert (first.state, second.state) == ("loaded", "refused")
    assert second.refusal["details"]["batch"] == str(first.pk)
    assert Observation.objects.count() == first.observations == 6
