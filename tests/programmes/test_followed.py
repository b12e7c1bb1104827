"""Places follow the people whose they are also where a roster sends them away, or moves a household that has
a place of its own."""

import pytest

from saiban.programmes import foundation
from saiban.programmes.models import Enrolment
from saiban.programmes.queries.benefits import benefits_of_household
from tests.intake import files
from tests.programmes import places
from tests.programmes.test_lists import take_list
from tests.registry.conftest import home, people, rajanpur, scorecards, send, sources, take_in, uploads

__all__ = [
    "home", "people", "rajanpur", "scorecards", "send", "sources", "take_in", "take_list", "uploads",
]  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture
def schemes(foundations):
    foundation.lay()


def test_a_member_whom_a_newer_roster_no_longer_names_leaves_the_household_with_the_place(
    take_list, take_in, home, rajanpur, manager
):
    take_list(files.PLACE)
    later = rajanpur | {"interviewed_on": "2026-07-01"}
    take_in(files.household("H-1", home=later, members=[files.SON | {"line_no": "2", "relation": "head"}]))
    one = Enrolment.objects.get()
    assert one.person is not None
    assert one.household is None
    assert not benefits_of_household(actor=manager, household_ids=[home.pk]).held


def test_a_place_of_a_household_that_is_run_here_moves_with_it(
    schemes, take_in, home, system, programme_manager
):
    rule = places.rule(programme_manager, text="household_size >= 1", unit="household")
    cycle = places.cycle("ZK-GA", programme_manager, rule, benefit_paisa=1_000)
    place = places.run_here(cycle, home)
    take_in(files.household("H-1", home={"interviewed_on": "2026-08-01", "village": "Umarkot"}))
    home.refresh_from_db()
    place.refresh_from_db()
    assert place.area_path == home.area_path
    assert place.household == home
