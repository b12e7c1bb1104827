from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.cast import PASSWORD

from saiban.core import administration
from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Duty

pytestmark = pytest.mark.django_db
LOG_IN, PAGE = "/login/", "/search/"


@pytest.fixture
def at_work(clerk):
    """A browser in which the clerk works."""
    browser = Client()
    browser.post(LOG_IN, {"login": clerk.username, "password": PASSWORD})
    browser.get("/enter/")
    assert browser.get(PAGE).status_code == 200
    return browser


def test_the_session_gets_a_new_key_at_log_in(clerk):
    browser = Client()
    session = browser.session
    session["planted"] = True
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    browser.post(LOG_IN, {"login": clerk.username, "password": PASSWORD})
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key


def test_a_closed_log_in_ends_with_the_next_page(at_work, administrator, clerk):
    administration.deactivate_actor(actor=administrator, actor_id=clerk.pk, reason="left")
    assert "login" in at_work.get(PAGE)["Location"]


def test_a_new_password_ends_the_sessions_of_the_old_one(at_work, administrator, clerk):
    administration.reset_password(actor=administrator, actor_id=clerk.pk, reason="lost")
    assert "login" in at_work.get(PAGE)["Location"]


def test_an_ended_duty_ends_with_the_next_page(at_work, clerk):
    Duty.objects.filter(pk=clerk.duty.pk).update(ends_on=timezone.localdate())
    assert at_work.get(PAGE)["Location"] == "/enter/"


def test_a_duty_that_has_not_begun_is_none(at_work, clerk):
    Duty.objects.filter(pk=clerk.duty.pk).update(starts_on=timezone.localdate() + timedelta(days=1))
    assert at_work.get(PAGE)["Location"] == "/enter/"


def test_a_duty_of_another_in_the_session_is_none(at_work, other_clerk):
    session = at_work.session
    session[DUTY_KEY] = other_clerk.duty.pk
    session.save()
    assert at_work.get(PAGE)["Location"] == "/enter/"


def test_no_page_lets_in_scripts_styles_or_frames_from_elsewhere(client):
    policy = client.get(LOG_IN)["Content-Security-Policy"]
    directives = {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"


def test_pages_of_people_who_are_logged_in_are_not_kept_by_the_browser(at_work):
    for address in (PAGE, "/nowhere/"):
        assert {"no-store", "private"} <= set(at_work.get(address)["Cache-Control"].split(", "))
