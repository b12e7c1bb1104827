"""Pages of scoring: both languages, all moves, and the reasons in words."""

import pytest
from django.test import Client
from django.urls import reverse

from saiban.core import outbox
from saiban.core.middleware import DUTY_KEY
from saiban.scoring.models import Score, Scorecard

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    def opened(actor, language="en"):
        client = Client()
        client.force_login(actor)
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
        client.cookies["saiban_language"] = language
        return client

    return opened


@pytest.mark.parametrize("language", ["en", "ur"])
def test_scorecards_are_shown(page, analyst, scorecards, language, django_assert_max_num_queries):
    client = page(analyst, language)
    assert "punjab" in client.get(reverse("scoring:scorecards")).content.decode().lower() or language == "ur"
    for row in Scorecard.objects.all():
        with django_assert_max_num_queries(12):
            assert client.get(reverse("scoring:scorecard", args=[row.pk])).status_code == 200


def test_a_version_is_added_tested_and_approved_on_the_pages(page, analyst, manager, scorecards):
    text = Scorecard.objects.get(code="schreiner-pk-2009").text
    client, url = page(analyst), reverse("scoring:add")
    assert client.post(url, {"text": text}).status_code == 422
    assert client.post(url, {"text": text.replace("version: 1", "version: one")}).status_code == 422
    added = client.post(url, {"text": text.replace("version: 1", "version: 2")})
    row = Scorecard.objects.get(version=2)
    assert added.url == reverse("scoring:scorecard", args=[row.pk])
    client.post(reverse("scoring:test", args=[row.pk]))
    assert client.get(reverse("scoring:approve", args=[row.pk])).status_code == 403
    boss = page(manager)
    assert boss.get(reverse("scoring:approve", args=[row.pk])).status_code == 200
    assert boss.post(reverse("scoring:approve", args=[row.pk])).status_code == 302
    assert boss.post(reverse("scoring:retire", args=[row.pk]), {"reason": ""}).status_code == 422
    assert boss.post(reverse("scoring:retire", args=[row.pk]), {"reason": "superseded"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "retired"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_scores_are_compared_in_words(correct, page, clerk, home, language):
    correct(clerk, home, "rooms", 5)
    outbox.drain()
    after, before = Score.objects.filter(household=home, scorecard__decides=True)[:2]
    client = page(clerk, language)
    text = client.get(reverse("scoring:compare", args=[home.pk, before.pk, after.pk])).content.decode()
    words = "Rooms was 2 rooms; it is 5 rooms now." if language == "en" else "کمرے"
    assert words in text
    assert client.get(reverse("scoring:history", args=[home.pk])).status_code == 200


def test_scores_of_another_district_are_not_there(page, other_clerk, home):
    after = Score.objects.filter(household=home).first()
    client = page(other_clerk)
    assert client.get(reverse("scoring:history", args=[home.pk])).status_code == 404
    assert client.get(reverse("scoring:compare", args=[home.pk, after.pk, after.pk])).status_code == 404


def test_points_are_said_by_the_type_of_the_answer(page, analyst, scorecards):
    row = Scorecard.objects.get(code="punjab-pmt-2016")
    text = page(analyst).get(reverse("scoring:scorecard", args=[row.pk])).content.decode()
    assert "if yes" in text
    assert "for each person" in text
    assert "for each one" not in text


def test_the_panel_shows_the_strongest_and_folds_the_others(page, clerk, home):
    text = page(clerk).get(reverse("registry:household", args=[home.pk])).content.decode()
    panel = text[text.index('id="score"') :]
    panel = panel[: panel.index("</section>")]
    shown, _, folded = panel.partition("<details")
    assert shown.count("<tr><td>") == 10
    assert folded.count("<tr><td>") >= 1
    assert panel.count("<tr><td>Members</td>") == 1
    assert "hundredths of the logarithm" in panel
