"""`saiban doctor` looks whether anything still says who was erased, and tries to open it."""

import pytest

from saiban.core import seal
from saiban.intake.models import SourceKey, Subject
from saiban.registry.erasure import verifying
from saiban.registry.models import Identifier, Person
from saiban.registry.numbers import sealed_number, token_of
from tests.registry.test_erasure import erase, planted, subjects_of

__all__ = ["erase", "planted"]
pytestmark = pytest.mark.django_db


def test_after_an_erasure_all_is_well(planted, erase):
    assert verifying.counts() == (0, 0)
    erase(household_id=planted.pk)
    assert verifying.counts() == (2, 1)
    tried, opened = verifying.opened()
    assert (tried >= 3, opened, list(verifying.left())) == (True, 0, [])


def test_what_came_back_is_found(planted, erase):
    subject = subjects_of(planted).order_by("pk")[0]
    salt = bytes(subject.salt)
    person = Person.objects.filter(memberships__household=planted)[0]
    erase(household_id=planted.pk)
    Subject.objects.filter(pk=subject.pk).update(salt=salt)  # as a part of a backup would bring it
    SourceKey.objects.create(namespace="psc-survey", token=seal.token("psc-survey", "H-77"), subject=subject)
    Person.objects.filter(pk=person.pk).update(name_en="Zarmina")
    Identifier.objects.create(
        person=person, kind="cnic", token=token_of("cnic", "9010011122234"), masked="*", source="psc-survey",
        sealed=sealed_number("cnic", "9010011122234"), since="2026-01-01",
    )  # fmt: skip
    assert dict(verifying.left()) == {"salts": 1, "source keys": 1, "names": 1, "numbers": 1}
    assert verifying.opened()[1] >= 1
