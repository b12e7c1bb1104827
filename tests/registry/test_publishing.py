"""What publishing scores counts: only who had a score before can become poor, or cease to be."""

from decimal import Decimal

import pytest
from django.db import transaction

from saiban.registry.models import Profile
from saiban.registry.publishing import Published, ScoreOf, publish
from tests.access import world

pytestmark = pytest.mark.django_db


def put(home, score, band):
    with transaction.atomic():
        return publish([ScoreOf(home.pk, None if score is None else Decimal(score), band)])


@pytest.fixture
def unscored(foundations):
    return world.household(world.tehsil(), "HH-31204-0000001", band="unscored", score=None)


def test_who_is_scored_for_the_first_time_is_not_newly_poor(unscored):
    assert put(unscored, "12", "poor") == Published(first=1, first_poor=1, poor=1)


def test_who_had_a_score_becomes_poor_and_ceases_to_be(unscored):
    assert put(unscored, "60", "above") == Published(first=1, above=1)
    assert put(unscored, "12", "poor") == Published(down=1, newly_poor=1, poor=1)
    assert put(unscored, "34", "near") == Published(up=1, no_longer_poor=1, near=1)


def test_who_can_no_longer_be_scored_has_not_ceased_to_be_poor(unscored):
    put(unscored, "12", "poor")
    assert put(unscored, None, "unscored") == Published(unscored=1)
    assert Profile.objects.get(household=unscored).score is None
