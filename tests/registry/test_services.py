"""Corrections and numbers: who may, what is kept, what follows."""

import pytest
from cryptography.exceptions import InvalidTag

from saiban.core import outbox
from saiban.core.errors import NotAllowed, NotVisible, ReasonMissing
from saiban.core.models import Audit
from saiban.data.errors import BadInput
from saiban.registry import services
from saiban.registry.models import Identifier, Profile
from saiban.registry.numbers import open_number
from saiban.scoring.models import Score

pytestmark = pytest.mark.django_db
WHY = "seen at the door"


def test_a_correction_shows_at_once_and_the_score_follows(clerk, home):
    before = Score.objects.filter(household=home, scorecard__decides=True).first()
    services.correct_value(actor=clerk, household_id=home.pk, field="rooms", value="5", reason=WHY)
    profile = Profile.objects.get(household=home)
    assert profile.values["rooms"] == 5
    assert profile.origin["rooms"]["source"] == "clerk"
    assert profile.score == before.score
    outbox.drain()
    after = Score.objects.filter(household=home, scorecard__decides=True).first()
    assert after.pk != before.pk
    assert after.score > before.score
    assert after.values["rooms"] == 5
    profile.refresh_from_db()
    assert profile.score == after.score


def test_the_worker_finds_nothing_left_to_refresh(clerk, home):
    services.correct_value(actor=clerk, household_id=home.pk, field="rooms", value=4, reason=WHY)
    outbox.drain()
    assert Score.objects.filter(household=home, scorecard__decides=True).count() == 2
    outbox.drain()
    assert Score.objects.filter(household=home, scorecard__decides=True).count() == 2


def test_the_audit_names_field_and_reason_but_no_value(clerk, home):
    services.correct_value(actor=clerk, household_id=home.pk, field="rooms", value=4, reason=WHY)
    row = Audit.objects.filter(action="registry.value.correct").first()
    assert (row.subject_id, row.reason, row.detail["field"]) == (home.pk, WHY, "rooms")
    assert "4" not in str({key: value for key, value in row.detail.items() if key != "observation"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rooms", "many"),
        ("rooms", "2.5"),
        ("rooms", "0"),
        ("rooms", "999"),
        ("water_source", "rain"),
        ("has_gas", "perhaps"),
        ("land_acres", "1.2345"),
        ("land_acres", "NaN"),
        ("has_vehicle", "yes"),
        ("address", "x"),
        ("no_such", "1"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(clerk, home, field, value):
    with pytest.raises(BadInput) as caught:
        services.correct_value(actor=clerk, household_id=home.pk, field=field, value=value, reason=WHY)
    assert caught.value.expected


def test_a_decimal_is_taken_to_three_places(clerk, home):
    services.correct_value(actor=clerk, household_id=home.pk, field="land_acres", value="1.125", reason=WHY)
    assert Profile.objects.get(household=home).values["land_acres"] == 1.125


def test_without_a_reason_nothing_is_corrected(clerk, home):
    with pytest.raises(ReasonMissing):
        services.correct_value(actor=clerk, household_id=home.pk, field="rooms", value=4, reason="  ")


def test_another_district_is_not_there(other_clerk, home):
    with pytest.raises(NotVisible):
        services.correct_value(actor=other_clerk, household_id=home.pk, field="rooms", value=4, reason=WHY)


def test_an_analyst_corrects_nothing(analyst, home):
    with pytest.raises(NotAllowed):
        services.correct_value(actor=analyst, household_id=home.pk, field="rooms", value=4, reason=WHY)


def test_a_number_is_shown_in_full_for_a_reason(officer, home):
    identifier = Identifier.objects.get(person__name_en="Zainab Bibi", person__memberships__household=home)
    assert identifier.masked == "*****-*****21-8"
    assert services.unmask_number(actor=officer, identifier_id=identifier.pk, reason=WHY) == "9010076543218"
    row = Audit.objects.filter(action="registry.number.unmask").first()
    assert (row.reason, row.subject_id) == (WHY, identifier.person_id)


def test_a_number_needs_a_reason_a_duty_and_an_area(officer, clerk, manager, elsewhere, home):
    far = Identifier.objects.filter(household=elsewhere).first()
    near = Identifier.objects.filter(household=home).first()
    with pytest.raises(NotVisible):
        services.unmask_number(actor=officer, identifier_id=far.pk, reason=WHY)
    with pytest.raises(NotAllowed):
        services.unmask_number(actor=clerk, identifier_id=near.pk, reason=WHY)
    with pytest.raises(ReasonMissing):
        services.unmask_number(actor=manager, identifier_id=near.pk, reason="")


def test_a_sealed_number_opens_beside_its_own_token_only(home):
    one, other = Identifier.objects.filter(kind="cnic")[:2]
    assert open_number(one.kind, one.token, one.sealed).isdigit()
    with pytest.raises(InvalidTag):
        open_number(one.kind, one.token, other.sealed)
