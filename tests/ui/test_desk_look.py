"""The desk's pages as people see them, in both languages and widths: nothing beyond the edge, axe clean."""

from datetime import timedelta

import pytest
from django.utils import timezone

from saiban.core import background
from saiban.core.lake import note
from saiban.core.lake import services as lake
from saiban.core.models import ChangeSet, LakeNote, Role
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
    "lake": ("manager", "/lake/"),
    "lake-rebuild": ("manager", "/lake/rebuild/"),
}


@pytest.fixture
def province(system, appoint, manager, settings, tmp_path):
    built = world.build(system, appoint("author", Role.ANALYST), appoint("approver", Role.DISTRICT_OFFICER))
    settings.SAIBAN_LAKE = str(tmp_path / "lake")
    lake.rebuild(actor=system)
    lake.ask(actor=manager, anew=True, reason="A district was missing")
    background.run_waiting()
    note("core.changeset", ChangeSet.objects.latest("pk").pk)
    LakeNote.objects.update(noted_at=timezone.now() - timedelta(hours=30))
    return built


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
