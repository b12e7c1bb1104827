"""A single observation, as a clerk or a room of this system records it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from saiban.core.errors import NotAllowed, NotVisible, ReasonMissing
from saiban.core.models import Announcement, Audit
from saiban.data.errors import BadInput
from saiban.intake import queries, services
from saiban.intake.models import Observation, Source, Subject
from saiban.intake.values import checked_value
from tests.intake import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject(send, tmp_path):
    send(files.as_csv(tmp_path / "s.csv", files.household()))
    return Subject.objects.get(kind="household")


def record(actor, subject, facts, *, reason="seen at the counter", on=date(2026, 6, 1), source="clerk"):
    return services.record(
        actor=actor, subject_id=subject.pk, source_code=source, observed_on=on, facts=facts, reason=reason
    )


def test_a_correction_is_an_observation_of_its_own(subject, clerk):
    made = record(clerk, subject, {"rooms": "3", "address": "House 6"})
    kept = Observation.objects.get(id=made.id)
    assert (kept.facts, kept.reason, kept.actor_id) == ({"rooms": 3}, "seen at the counter", clerk.pk)
    assert queries.open_facts(kept) == {"address": "House 6"}
    assert [o.facts.get("rooms") for o in queries.observations_of_subjects([subject.pk])] == [3, 2]
    announced = Announcement.objects.get(name="intake.observation.recorded")
    assert announced.payload == {"observation_id": made.id, "subject_id": subject.pk}
    assert Audit.objects.get(action="intake.observation.record").reason == "seen at the counter"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"rooms": "0"}, "1–40"), ({"rooms": "2.5"}, "whole"), ({"rooms": True}, "whole"),
        ({"toilet": "river"}, "sewer"),
        ({"has_gas": "perhaps"}, "yes or no"), ({"rooms_per_person": 5}, "dictionary"),
        ({"shoes": 2}, "dictionary"),
        ({"land_acres": "NaN"}, "point"), ({"birth_date": "1980-02-31"}, "2026-11-14"),
        ({}, "at least one"), ({"village": " "}, "a value"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_with_what_can(subject, clerk, facts, expected):
    with pytest.raises(BadInput) as refused:
        record(clerk, subject, facts)
    assert expected in refused.value.expected
    assert not Observation.objects.filter(batch_id=None).exists()


def test_no_reason_no_observation(subject, clerk):
    with pytest.raises(ReasonMissing):
        record(clerk, subject, {"rooms": 3}, reason=" ")


def test_nobody_saw_tomorrow(subject, clerk):
    with pytest.raises(BadInput):
        record(clerk, subject, {"rooms": 3}, on=timezone.localdate() + timedelta(days=1))


def test_an_auditor_records_nothing(subject, auditor):
    with pytest.raises(NotAllowed):
        record(auditor, subject, {"rooms": 3})


def test_what_no_agreement_covers_is_not_recorded(subject, clerk):
    from saiban.partners.models import Agreement

    agreement = Agreement.objects.get(code="AG-CLERK")
    agreement.fields.remove("rooms")
    agreement.save()
    with pytest.raises(BadInput, match="rooms"):
        record(clerk, subject, {"rooms": 3})


def test_of_an_erased_subject_nothing_is_recorded(subject, clerk):
    Subject.objects.filter(pk=subject.pk).update(salt=None)
    with pytest.raises(NotVisible):
        record(clerk, subject, {"rooms": 3})


@pytest.mark.parametrize(
    ("code", "given", "kept"),
    [
        ("rooms", "3.0", 3), ("land_acres", "0.3125", 0.312), ("has_gas", "Yes", True),
        ("birth_date", date(1980, 3, 14), "1980-03-14"),
        ("cnic", "90100-7654321-8", "9010076543218"), ("toilet", "sewer", "sewer"),
        ("latitude", "33.71331949", 33.713319),
    ],
)  # fmt: skip
def test_a_value_is_kept_in_its_type(foundations, code, given, kept):
    assert checked_value(code, given) == kept


@pytest.mark.parametrize("column", ["received_at", "id"])
def test_nobody_chooses_when_or_as_which_number_it_was_received(subject, system, column):
    chosen = {"received_at": "now() - interval '1 year'", "id": "1"}[column]
    insert = (
        f"insert into intake_observation ({column}, subject_id, source_id, observed_on, facts) "  # noqa: S608
        f"values ({chosen}, %s, %s, '2026-06-01', '{{}}')"
    )
    ids = [subject.pk, Source.objects.get(code="clerk").pk]
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(insert, ids)
