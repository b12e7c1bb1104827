"""Rules as they are looked at: both languages and widths, the preview as one types, mistakes marked."""

import pytest
from django.urls import reverse

from saiban.scoring import services
from tests.registry.conftest import elsewhere, people, rajanpur, scorecards, send, sources, take_in, uploads
from tests.scoring.test_rules import WORDS, some
from tests.ui.helpers import LANGUAGES, VIEWS, assert_axe_clean, assert_no_overflow

__all__ = ["elsewhere", "people", "rajanpur", "scorecards", "send", "some", "sources", "take_in", "uploads"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATER = "score.pmt <= policy.pmt.cutoff &&\n!(has_car || has_tractor) && rooms / members_under_5 >= 1"


def assert_well(page):
    assert_axe_clean(page)
    assert_no_overflow(page)


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_rules_are_clean_in_both_languages_at_both_widths(window, programme_manager, some, language, width):
    first = services.add_rule(actor=programme_manager, **WORDS)
    services.test_rule(actor=programme_manager, rule_id=first.pk)
    second = services.add_rule(actor=programme_manager, **WORDS | {"text": LATER})
    page = window(programme_manager, language=language, width=width)
    for address in ("scoring:rules", "scoring:rule-fields", "scoring:rule-add"):
        page.at(reverse(address))
        assert_well(page)
    page.at(reverse("scoring:rule", args=[second.pk]))
    assert_well(page)
    page.locator("form[action$='/test/'] button").click()  # it selects nobody
    page.wait_for_selector("#id_seen")
    assert_well(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_typed_is_previewed_and_mistakes_are_marked(window, programme_manager, some, language):
    page = window(programme_manager, language=language, width=360)
    page.at(reverse("scoring:rule-add"))
    page.fill("#id_text", "rooms <= 2 && romms > 1")
    page.wait_for_selector("#fault")
    assert page.locator("#fault pre").inner_text() == "rooms <= 2 && romms > 1\n" + " " * 14 + "^"
    assert_well(page)
    page.fill("#id_text", LATER)
    page.wait_for_selector("#counts")
    assert page.locator("#words li").count() == 3
    assert_well(page)
    page.locator("details.group > summary").click()
    page.fill("#find", "widowed")
    page.locator("#names tbody tr").nth(1).wait_for(state="detached")
    assert page.locator("#names tbody tr td").first.inner_text() == "marital_status"
    assert_well(page)


def test_a_rule_is_previewed_and_added_without_script_by_keyboard(window, programme_manager, some):
    page = window(programme_manager, javascript=False)
    page.at(reverse("scoring:rule-add"))
    page.focus("#id_text")
    page.keyboard.type(WORDS["text"])
    for name in ("code", "title_en", "title_ur", "reference"):
        page.focus(f"#id_{name}")
        page.keyboard.type(WORDS[name])
    page.focus("button[name=preview]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#counts")
    assert page.input_value("#id_code") == WORDS["code"]
    page.focus("form button.btn-primary:not([name])")
    page.locator("form[action$='/add/'] button.btn-primary").press("Enter")
    page.wait_for_url("**/scoring/rules/*/")
    assert page.locator("#rule pre").inner_text() == WORDS["text"]
