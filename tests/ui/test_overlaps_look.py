"""The pages of overlaps: clean, within the window, in both languages, wide and narrow; decided by key."""

from collections.abc import Callable
from typing import Any

import pytest

from saiban.core.models import Actor
from saiban.programmes import foundation
from saiban.programmes.models import Overlap
from saiban.programmes.services import overlaps as services
from saiban.registry.models import Person
from tests.access import world
from tests.programmes import places
from tests.ui.helpers import VIEWS, assert_axe_clean, assert_no_overflow, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]


@pytest.fixture
def overlap(system: Actor) -> Overlap:
    """A person on two departments' lists that exclude each other, and one who is twice in a scheme."""
    foundation.lay()
    home = world.household(world.tehsil(), "HH-31204-0000001")
    other = world.household(world.tehsil(), "HH-31204-0000002", head="Sakina")
    head, twice = (Person.objects.get(memberships__household=row) for row in (home, other))
    places.of_list("PSPA-HQ", home, head)
    places.of_list("SWD-HIM", home, head)
    for _ in range(2):
        places.of_list("PSPA-SAR", other, twice, amount_paisa=30_000_000, period="year")
    services.find_overlaps(actor=system)
    return Overlap.objects.get(kind="exclusive")


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_pages_are_clean_and_fit(
    window: Open, programme_manager: Actor, overlap: Overlap, language: str, width: int
) -> None:
    page = window(programme_manager, language=language, width=width)
    paths = {"overlaps": "/programmes/overlaps/", "overlap": f"/programmes/overlaps/{overlap.pk}/"}
    paths["overlap-cap"] = f"/programmes/overlaps/{Overlap.objects.get(kind='cap').pk}/"
    paths |= {f"overlap-{step}": f"{paths['overlap']}{step}/" for step in ("keep", "end", "refer")}
    for name, path in paths.items():
        assert page.at(path).status == 200
        screenshot(page, f"{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)


def test_an_overlap_is_decided_by_keyboard(window: Open, programme_manager: Actor, overlap: Overlap) -> None:
    page = window(programme_manager, language="en", width=360)
    page.at(f"/programmes/overlaps/{overlap.pk}/end/")
    page.locator("input[name=ending_id]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("the same disability")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/programmes/overlaps/{overlap.pk}/")
    overlap.refresh_from_db()
    assert (overlap.state, overlap.ending_id) == ("ending", overlap.left_id)
