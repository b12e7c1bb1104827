"""After the keys of tokens went over in another process: numbers are found, shown and sealed anew."""

import pytest
from django.db import connection

from saiban.core import seal
from saiban.core.lake import keys as lake_keys
from saiban.core.lake import manifest
from saiban.core.lake import services as lake
from saiban.core.lake.manifest import Manifest
from saiban.registry import queries, services
from saiban.registry.models import Identifier
from saiban.registry.numbers import reseal
from tests.core.test_rotation import keys, rotate

__all__ = ["keys"]
pytestmark = pytest.mark.django_db
CNIC = "9010076543218"  # Zainab's


@pytest.fixture
def rotated(keys, home, system):
    """All tokens under another key; this process has not heard of it."""
    with connection.cursor() as cursor:  # the tables change over within this test's transaction
        cursor.execute("set constraints all immediate")
    keys(2, 1)
    rotate(system, 2)
    seal.use_token_path(())


def households(actor, text):
    return {hit.household.pk for hit in queries.search(actor=actor, text=text).hits}


def test_a_number_finds_its_holder(rotated, clerk, home):
    assert households(clerk, CNIC) == {home.pk}


def test_a_survey_s_own_number_finds_the_household(rotated, clerk, home):
    assert households(clerk, "H-1") == {home.pk}


def test_a_number_is_shown_in_full(rotated, officer, home):
    of_zainab = {"person__name_en": "Zainab Bibi", "person__memberships__household": home}
    identifier = Identifier.objects.get(kind="cnic", **of_zainab)
    shown = services.unmask_number(actor=officer, identifier_id=identifier.pk, reason="asked at the counter")
    assert shown == CNIC


def test_numbers_are_sealed_anew(rotated, home):
    last, count = reseal(0, 1000)
    assert last
    assert count == Identifier.objects.count()


def test_the_lake_is_known_to_be_of_former_keys(rotated):
    of_before = Manifest(1, manifest.now(), None, {})
    assert not lake.is_of_today(of_before)
    assert lake_keys.key_id() == 2
