from datetime import date

import pytest
from django.db.models.functions import Now

from saiban.core import foundation
from saiban.desk import tasks
from saiban.intake.models import Batch
from saiban.messages.models import Message
from saiban.registry.models import Correction, Household
from tests.access import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(system, analyst, officer, manager):
    made = world.build(system, analyst, officer).batch
    made.received_by = manager
    made.save()
    return made


def told(batch):
    tasks.tell_of_batch(batch.pk)
    tasks.tell_of_batch(batch.pk)
    return list(Message.objects.filter(to=batch.received_by))


def test_who_sent_a_file_is_told_once_what_it_moved(batch):
    (message,) = told(batch)
    assert message.title == "survey.csv: applied"
    assert "Of 40 rows, 2 were rejected. 9 profiles changed." in message.body
    assert message.link == f"/intake/batches/{batch.pk}/"


def test_who_sent_a_refused_file_is_told_why_in_the_own_language(batch):
    batch.received_by.language = "ur"
    batch.received_by.save()
    refusal = {"code": "no_agreement", "place": "survey.csv", "details": {}}
    Batch.objects.filter(pk=batch.pk).update(state="refused", refusal=refusal)
    (message,) = told(batch)
    assert message.title == "survey.csv: قبول نہیں ہوئی"
    assert "No agreement" not in message.body
    assert "معاہد" in message.body


def test_a_job_of_the_system_is_told_nothing(batch):
    Batch.objects.filter(pk=batch.pk).update(received_by=foundation.system_actor())
    tasks.tell_of_batch(batch.pk)
    assert not Message.objects.exists()


@pytest.fixture
def correction(batch, manager):
    return Correction.objects.create(
        household=Household.objects.first(), field="rooms", value=5, reason="seen at the door",
        moves_score=True, observed_on=date(2026, 11, 1), ends_on=date(2027, 11, 1), state="refused",
        proposed_by=manager,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ({"state": "approved", "observation_id": 1}, "approved"),
        ({"state": "ended", "observation_id": 1, "ending": "lifted", "ended_at": Now()}, "approved"),
        ({"state": "refused"}, "refused"),
    ],
)
def test_who_proposed_a_correction_is_told_once_how_it_was_decided(correction, manager, now, told):
    Correction.objects.filter(pk=correction.pk).update(**now)
    tasks.tell_of_correction(correction.pk)
    tasks.tell_of_correction(correction.pk)
    (message,) = Message.objects.filter(to=manager)
    assert message.title.startswith(f"Your correction was {told}: ")
    assert "seen at the door" not in message.body
    assert message.link == f"/registry/corrections/{correction.pk}/"
