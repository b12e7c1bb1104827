"""Numbers: who may see one in full, and what is kept."""

import pytest
from cryptography.exceptions import InvalidTag

from saiban.core.errors import NotAllowed, NotVisible, ReasonMissing
from saiban.core.models import Audit
from saiban.registry import services
from saiban.registry.models import Identifier
from saiban.registry.numbers import open_number

pytestmark = pytest.mark.django_db
WHY = "seen at the door"


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
