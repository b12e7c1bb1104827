"""Pages about schemes that need no cycle, in both languages, wide and narrow: clean and within the window.

The catalogue, the unserved, what household and person show of benefits, the format of lists, Today.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from saiban.core.models import Actor
from saiban.intake import foundation as intake
from saiban.partners import foundation as partners
from saiban.programmes import foundation
from saiban.programmes.models import Scheme
from saiban.programmes.services.overlaps import find_overlaps
from tests.programmes import elders, places
from tests.ui.helpers import VIEWS, assert_axe_clean, assert_no_overflow, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]


@pytest.fixture
def addresses(system: Actor, analyst: Actor, programme_manager: Actor) -> dict[str, str]:
    """A household with two places of departments' lists and one left out by a cycle; another with none."""
    partners.lay(system)
    intake.lay(system)
    foundation.lay()
    scheme = elders.set_up(programme_manager, elders.rule(analyst))
    person = elders.elder("HH-31204-0047710", "11.0")
    elders.elder("HH-31204-0047711", "14.0")
    home = person.memberships.get().household
    for code in ("PSPA-HQ", "SWD-HIM"):
        places.of_list(code, home, person)
    find_overlaps(actor=system)
    elders.proposed(programme_manager, scheme, places=2)
    listed = Scheme.objects.get(code="PSPA-HQ")
    return {
        "schemes": reverse("programmes:schemes"),
        "scheme-of-lists": reverse("programmes:scheme", args=[listed.pk]),
        "unserved": reverse("programmes:unserved"),
        "benefits-of-household": reverse("registry:household", args=[home.pk]),
        "benefits-of-person": reverse("registry:person", args=[person.pk]),
        "list-format": reverse("intake:list-format"),
        "today-of-programmes": "/",
    }


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_pages_are_clean_and_fit(
    window: Open, programme_manager: Actor, addresses: dict[str, str], language: str, width: int
) -> None:
    page = window(programme_manager, language=language, width=width)
    for name, address in addresses.items():
        assert page.at(address).status == 200
        screenshot(page, f"{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)
