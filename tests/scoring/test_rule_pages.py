"""Pages of rules: both languages, the preview with and without script, errors at the character, all moves."""

import pytest
from django.urls import reverse

from saiban.scoring import services
from saiban.scoring.models import Rule
from saiban.scoring.pages import rules as pages
from tests.scoring.test_rules import WORDS, some
from tests.scoring.test_views import page

__all__ = ["page", "some"]
pytestmark = pytest.mark.django_db
ADD, PREVIEW = "scoring:rule-add", "scoring:rule-preview"
HTMX = {"HTTP_HX-Request": "true"}


@pytest.fixture
def draft(programme_manager, some):
    return services.add_rule(actor=programme_manager, **WORDS)


def of(response):
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_list_and_a_rule_are_shown(
    page, programme_manager, draft, language, django_assert_max_num_queries
):
    client = page(programme_manager, language)
    title = WORDS["title_en"] if language == "en" else WORDS["title_ur"]
    assert title in of(client.get(reverse("scoring:rules")))
    with django_assert_max_num_queries(16):
        text = of(client.get(reverse("scoring:rule", args=[draft.pk])))
    assert title in text
    assert "rooms &lt;= 2 &amp;&amp; !has_car" in text
    words = "“Rooms” is at most 2" if language == "en" else "کمرے"
    assert words in text


def test_the_list_without_rules_says_how_it_fills(page, approver):
    assert "No rule yet." in of(page(approver).get(reverse("scoring:rules")))


def test_a_rule_is_added_tested_and_approved_on_the_pages(page, programme_manager, approver, some):
    client = page(programme_manager)
    assert client.get(reverse(ADD)).status_code == 200
    added = client.post(reverse(ADD), WORDS)
    row = Rule.objects.get()
    assert added.url == reverse("scoring:rule", args=[row.pk])
    client.post(reverse("scoring:rule-test", args=[row.pk]))
    approve = reverse("scoring:rule-approve", args=[row.pk])
    assert client.get(approve).status_code == 403
    boss = page(approver)
    assert "It selects 1 of 2" in of(boss.get(approve))
    assert boss.post(approve).status_code == 302
    assert boss.post(approve).status_code == 409
    retire = reverse("scoring:rule-retire", args=[row.pk])
    assert boss.post(retire, {"reason": ""}).status_code == 422
    assert boss.post(retire, {"reason": "superseded"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "retired"


def test_what_selects_nobody_asks_twice_on_the_pages(page, programme_manager, approver, some):
    row = services.add_rule(actor=programme_manager, **WORDS | {"text": "rooms > 39"})
    test, approve = (reverse(f"scoring:rule-{move}", args=[row.pk]) for move in ("test", "approve"))
    client, boss = page(programme_manager), page(approver)
    asked = client.post(test)
    assert asked.status_code == 422
    assert "I have seen that it selects nobody." in of(asked)
    assert client.post(test, {"asked": "yes"}).status_code == 422
    assert client.post(test, {"asked": "yes", "seen": "on"}).status_code == 302
    assert boss.post(approve, {"asked": "yes"}).status_code == 422
    assert boss.post(approve, {"asked": "yes", "seen": "on"}).status_code == 302


def test_a_mistake_is_shown_at_its_character(page, programme_manager, some):
    client, text = page(programme_manager), "rooms <= 2 &&\n  romms > 1"
    for address in (ADD, PREVIEW):
        response = client.post(reverse(address), WORDS | {"text": text})
        assert response.status_code == 422
        assert "  romms &gt; 1\n  ^" in of(response)
        assert "line 2, character 3" in of(response)
        assert "the nearest is rooms" in of(response)
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "No Code"}, "This is not a code."),
        ({"title_ur": ""}, "Title in Urdu"),
        ({"cost": "12.345"}, "at most two decimals"),
        ({"cost": "-5"}, "at most two decimals"),
        ({"unit": "family"}, "family"),
        ({"text": "true || " * 30_000 + "has_car"}, "200000"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(page, programme_manager, changes, words):
    response = page(programme_manager).post(reverse(ADD), WORDS | changes)
    assert response.status_code == 422
    assert words in of(response)
    assert not Rule.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without script", "with htmx"])
def test_a_preview_says_in_words_and_figures_whom_it_selects(page, programme_manager, some, headers):
    sent = {"text": WORDS["text"], "unit": "household", "cost": "2,500", "preview": "yes"}
    response = page(programme_manager).post(reverse(PREVIEW), sent, **headers)
    text = of(response)
    assert response.status_code == 200
    assert ("<html" in text) is (not headers)
    assert "“Rooms” is at most 2" in text
    assert "of 2 households" in text
    assert "Rs 2,500" in text
    assert "Rs 30,000" in text
    assert not Rule.objects.exists()


def test_a_preview_of_persons_counts_their_households_too(page, programme_manager, some):
    sent = {"text": "age >= 0", "unit": "person"}
    text = of(page(programme_manager).post(reverse(PREVIEW), sent, **HTMX))
    assert "of 4 persons" in text
    assert "in which somebody is eligible" in text
    assert "The rule selects more than 95 in 100." in text


def test_where_there_are_many_a_preview_counts_only_when_asked(page, programme_manager, some, monkeypatch):
    monkeypatch.setattr("saiban.scoring.judging.QUICKLY", 1)
    client, sent = page(programme_manager), {"text": WORDS["text"], "unit": "household"}
    assert "press Preview to count them" in of(client.post(reverse(PREVIEW), sent, **HTMX))
    assert "of 2 households" in of(client.post(reverse(PREVIEW), sent | {"preview": "yes"}, **HTMX))


def test_where_there_are_many_a_page_counts_only_when_asked(page, programme_manager, draft, monkeypatch):
    monkeypatch.setattr("saiban.scoring.judging.QUICKLY", 1)
    client, address = page(programme_manager), reverse("scoring:rule", args=[draft.pk])
    assert "of 2 households" not in of(client.get(address))
    assert "of 2 households" in of(client.get(address, {"count": "now"}))


def test_unknown_because_of_a_zero_divisor_is_named(page, programme_manager, some):
    sent = {"text": "rooms / members_under_5 >= 1", "unit": "household"}
    text = of(page(programme_manager).post(reverse(PREVIEW), sent, **HTMX))
    assert "What makes the answer unknown" in text
    assert pages.label("household", "members_under_5") in text


def test_who_may_only_see_rules_is_shown_the_test_and_no_count(page, clerk, programme_manager, draft):
    client, address = page(clerk), reverse("scoring:rule", args=[draft.pk])
    assert "Not tested yet." in of(client.get(address, {"count": "now"}))
    services.test_rule(actor=programme_manager, rule_id=draft.pk)
    assert "As tested on" in of(client.get(address))
    assert client.post(reverse(PREVIEW), WORDS).status_code == 403
    assert client.get(reverse(ADD)).status_code == 403


def test_the_next_version_begins_with_the_one_before_and_shows_what_is_different(
    page, programme_manager, draft
):
    client = page(programme_manager)
    assert "!has_car" in of(client.get(reverse(ADD), {"from": draft.pk}))
    client.post(reverse(ADD), WORDS | {"text": "rooms <= 3 && !has_car && rooms != 9"})
    second = Rule.objects.get(version=2)
    text = of(client.get(reverse("scoring:rule", args=[second.pk])))
    assert "What is different from version 1:" in text
    assert pages.difference(second, draft) == [
        ("gone", "rooms <= 2"),
        ("new", "rooms <= 3"),
        ("same", "!has_car"),
        ("same", "rooms != 9"),
    ]


@pytest.mark.parametrize("number", ["0", "none", "99999999999999999999999"])
def test_a_former_version_that_is_none_makes_no_fault(page, programme_manager, number):
    assert page(programme_manager).get(reverse(ADD), {"from": number}).status_code in (200, 404)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without script", "with htmx"])
def test_names_are_found_by_their_words(page, approver, headers):
    client = page(approver)
    text = of(client.get(reverse("scoring:rule-fields"), {"find": "widowed"}, **headers))
    assert "marital_status" in text
    assert "has_car" not in text
    assert ("<html" in text) is (not headers)
    assert "policy.pmt.cutoff" in of(client.get(reverse("scoring:rule-fields"), **headers))
    assert "No field is called so." in of(
        client.get(reverse("scoring:rule-fields"), {"find": "zzz"}, **headers)
    )


def test_names_say_nothing_that_tells_who_somebody_is():
    written = {one["name"] for one in pages.names("")["fields"]}
    assert {"age", "score.pmt", "rooms", "sex"} <= written
    assert not written & {"cnic", "name_en", "address", "birth_date", "latitude"}
