"""Every piece of the design system, as people meet it: both languages, narrow and wide, keyboard, without
scripts.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from saiban.core.models import Actor
from saiban.ui.navigation import Item
from tests.ui.helpers import LANGUAGES, VIEWS, assert_axe_clean, assert_no_overflow, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]
NAVIGATION = [
    Item("Pieces", "ui:gallery", "", "My work"),
    Item("Refused", "ui:gallery", "no.such.duty", "My work"),
]


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_gallery_is_clean_and_fits(window: Open, clerk: Actor, language: str, width: int) -> None:
    page = window(clerk, language=language, width=width)
    page.at("/ui/")
    page.wait_for_selector(".pointmap path.leaflet-interactive")
    html = page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == (
        language,
        "rtl" if language == "ur" else "ltr",
    )
    screenshot(page, f"gallery-{language}-{width}")
    assert_no_overflow(page)
    assert_axe_clean(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_confirm_page_and_errors_are_clean_at_360(window: Open, clerk: Actor, language: str) -> None:
    page = window(clerk, language=language, width=360)
    page.at("/ui/confirm/")
    page.locator("main form button").click()
    assert page.locator(".errors a").get_attribute("href") == "#id_reason"
    assert page.locator("#id_reason").get_attribute("aria-invalid") == "true"
    screenshot(page, f"confirm-{language}-360")
    assert_no_overflow(page)
    assert_axe_clean(page)


def test_page_that_does_not_exist_says_so_in_urdu(window: Open, clerk: Actor) -> None:
    page = window(clerk, language="ur", width=360)
    answer = page.at("/no-such-page/")
    assert answer.status == 404
    assert "یہاں دکھانے کو کچھ نہیں" in page.locator("h1").inner_text()
    screenshot(page, "not-found-ur-360")
    assert_no_overflow(page)
    assert_axe_clean(page)


def test_nastaliq_is_fetched_by_urdu_pages_only(window: Open, clerk: Actor) -> None:
    fetched: dict[str, list[str]] = {"en": [], "ur": []}
    for language, urls in fetched.items():
        page = window(clerk, language=language)
        page.on("request", lambda request, urls=urls: urls.append(request.url))
        page.at("/ui/")
        page.evaluate("document.fonts.ready")
    assert not [url for url in fetched["en"] if url.endswith(".woff2")]
    assert len([url for url in fetched["ur"] if url.endswith(".woff2")]) == 1


def test_keyboard_alone_skips_to_the_content_and_changes_the_language(window: Open, clerk: Actor) -> None:
    page = window(clerk)
    page.at("/ui/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.at("/ui/")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "ur":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector("html[lang=ur]")
    assert page.url.endswith("/ui/")


def test_without_scripts_everything_is_said_and_done(window: Open, clerk: Actor) -> None:
    page = window(clerk, language="ur", width=360, javascript=False)
    page.at("/ui/")
    assert page.locator(".pointmap").is_hidden()
    assert page.locator("#places li").count() == 3
    page.locator("#form form button").click()
    assert page.locator(".errors li").count() == 4
    page.fill("#id_place", "روجھان")
    page.select_option("#id_reason", "check")
    page.fill("#id_on", "14/11/2026")
    page.check("#id_told")
    page.locator("#form form button").click()
    assert page.locator("#notice .banner").first.inner_text().startswith("سب ٹھیک ہے")


def test_navigation_is_folded_when_narrow_and_open_when_wide(
    window: Open, clerk: Actor, settings: Any
) -> None:
    settings.SAIBAN_NAVIGATION = "tests.ui.test_gallery.NAVIGATION"
    narrow = window(clerk, width=360, javascript=False)
    narrow.at("/ui/")
    link = narrow.locator("details.folded nav a").first
    assert link.is_hidden()
    narrow.locator("details.folded summary").click()
    assert link.is_visible()
    wide = window(clerk, width=1280)
    wide.at("/ui/")
    assert wide.locator(".frame > nav a").all_inner_texts() == ["Pieces"]
    assert wide.locator("details.folded").is_hidden()


def test_progress_asks_again_by_itself(window: Open, clerk: Actor) -> None:
    page = window(clerk)
    page.at("/ui/")
    with page.expect_request(lambda request: request.headers.get("hx-request") == "true") as asked:
        pass
    assert asked.value.url.endswith("/ui/")
    page.wait_for_load_state("networkidle")
    assert page.locator("#job-running").count() == 1


def test_table_sorts_narrows_and_comes_along(window: Open, clerk: Actor) -> None:
    page = window(clerk)
    page.at("/ui/")
    page.locator("#list th a", has_text="Members").click()
    assert page.locator("#list th[aria-sort=ascending]").inner_text().startswith("Members")
    counts = [int(text) for text in page.locator("#list tbody tr td:nth-child(2)").all_inner_texts()]
    assert counts == sorted(counts)
    page.select_option("#id_state", "approved")
    page.locator("#list form button").click()
    assert set(page.locator("#list tbody .tag").all_inner_texts()) == {"approved"}
    with page.expect_download() as coming:
        page.locator("#list a", has_text="CSV").click()
    lines = coming.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert re.fullmatch(r"Head,Members,Score,.*", lines[0])


def test_print_leaves_the_frame_away(window: Open, clerk: Actor) -> None:
    page = window(clerk)
    page.at("/ui/")
    page.emulate_media(media="print")
    assert page.locator(".topbar").is_hidden()
    assert page.locator(".frame > nav").is_hidden()
    assert page.locator("h1").is_visible()
