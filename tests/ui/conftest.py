"""Chromium for the browser tests, and a window in which an actor is logged in."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from saiban.config.cli.words import compile_all
from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Actor
from tests.ui.helpers import ARGUMENTS, chromium

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests. Where there is none, the tests that need it are skipped and say so."""
    path = chromium()
    if path is None:
        pytest.skip(
            "NO CHROMIUM: no page was looked at. Install chromium, or set SAIBAN_CHROMIUM to its path."
        )
    from playwright.sync_api import sync_playwright

    compile_all()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the tests' thread
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def window(browser: Any, live_server: Any) -> Iterator[Open]:
    """Open a window: ``window(actor, language="ur", width=360, javascript=False)`` → page;
    ``page.at("/ui/")`` goes there.

    Afterwards nothing may have been refused by the content security policy, no script may have failed, and no
    request may have left for another host.
    """
    contexts: list[Any] = []
    faults: list[str] = []

    def opened(
        actor: Actor | None = None, *, language: str = "en", width: int = 1280, javascript: bool = True
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=javascript
        )
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language} | (_session(actor) if actor else {})
        context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        page.on("request", lambda request: faults.extend(_outside(request.url, live_server.url)))
        page.at = lambda path: page.goto(live_server.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def _session(actor: Actor) -> dict[str, str]:
    """The cookie of a session in which the actor has logged in and chosen its duty."""
    client = Client()
    client.force_login(actor)
    if actor.duty:
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def _outside(url: str, home: str) -> list[str]:
    return [] if url.startswith((home, "data:", "blob:")) else [f"request to {url}"]
