"""The desk's pages as people see them, in both languages and widths: nothing beyond the edge, axe clean."""

import pytest

from saiban.core.models import Role
from tests.access import world
from tests.ui.helpers import assert_axe_clean, assert_no_overflow, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "today": ("manager", "/"),
    "search": ("manager", "/search/"),
    "progress": ("manager", "/progress/"),
    "messages": ("manager", "/messages/"),
    "administration": ("administrator", "/administration/"),
    "log-in-new": ("administrator", "/administration/new/"),
    "audit": ("auditor", "/audit/"),
}


@pytest.fixture
def province(system, appoint):
    return world.build(system, appoint("author", Role.ANALYST), appoint("approver", Role.DISTRICT_OFFICER))


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_page_fits_and_is_accessible(province, window, request, language, width):
    for name, (who, path) in PAGES.items():
        actor = request.getfixturevalue(who)
        world_message = actor.messages.first() or world.message_to(actor)
        assert world_message.to == actor
        page = window(actor, language=language, width=width)
        page.at(path)
        screenshot(page, f"desk-{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_door_fits_and_is_accessible(window, foundations, language):
    page = window(language=language, width=360)
    page.at("/login/")
    screenshot(page, f"desk-login-{language}-360")
    assert_no_overflow(page)
    assert_axe_clean(page)
