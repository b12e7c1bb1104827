"""Pages: who sees what, in both languages, without too many questions to the database."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Audit
from saiban.data.dictionary import fields
from saiban.registry import pages, queries
from saiban.registry.models import Identifier, Profile
from saiban.ui import tables

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def page():
    def opened(actor):
        client = Client()
        client.force_login(actor)
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
        return client

    return opened


def test_the_household_page_shows_what_is_known_and_whence(page, clerk, home):
    text = page(clerk).get(reverse("registry:household", args=[home.pk])).content.decode()
    for words in (
        "Household of Zainab Bibi",
        home.code,
        "Ali",
        "What makes the score",
        "Rooms",
        "*****-*****21-8",
        "Umarkot",
    ):
        assert words in text
    assert "9010076543218" not in text


def test_the_household_page_in_urdu(page, clerk, home):
    client = page(clerk)
    client.cookies["saiban_language"] = "ur"
    text = client.get(reverse("registry:household", args=[home.pk])).content.decode()
    assert "زینب بی بی" in text
    assert 'dir="rtl"' in text


@pytest.mark.parametrize("name", ["household", "person", "correct"])
def test_another_district_is_not_there(page, other_clerk, home, name):
    pk = home.memberships.first().person_id if name == "person" else home.pk
    assert page(other_clerk).get(reverse(f"registry:{name}", args=[pk])).status_code == 404


def test_an_analyst_sees_answers_without_names_places_or_numbers(page, analyst, home):
    text = page(analyst).get(reverse("registry:household", args=[home.pk])).content.decode()
    assert "Rooms" in text
    for hidden in ("Zainab", "زینب", "Umarkot", "*****", "Kamra", "Bank account"):
        assert hidden not in text
    assert (
        page(analyst).get(reverse("registry:person", args=[home.memberships.first().person_id])).status_code
        == 403
    )


def test_what_a_duty_does_not_show_is_not_selected(analyst, home):
    profile = Profile.objects.visible_to(analyst).shown_to(analyst).get(household=home)
    assert "rooms" in profile.shown
    assert "has_bank_account" not in profile.shown
    assert "has_bank_account" not in profile.whence


@pytest.mark.parametrize("name", ["household", "households", "person"])
def test_a_page_asks_the_database_little(page, manager, home, name, django_assert_max_num_queries):
    client = page(manager)
    pk = home.memberships.first().person_id if name == "person" else home.pk
    url = reverse(f"registry:{name}", args=[] if name == "households" else [pk])
    of_benefits = 0 if name == "households" else 4  # panels: places, overlaps, what cycles and rules say
    with django_assert_max_num_queries(MOST_QUERIES + of_benefits + 2):  # and the savepoint around the look
        assert client.get(url).status_code == 200


def test_a_look_is_kept(page, clerk, home):
    page(clerk).get(reverse("registry:household", args=[home.pk]))
    row = Audit.objects.filter(action="registry.household.view").first()
    assert (row.actor_id, row.subject_id, row.kind) == (clerk.pk, home.pk, "look")


def test_the_list_narrows_and_is_kept_as_a_set(page, manager, home, elsewhere):
    client = page(manager)
    text = client.get(reverse("registry:households")).content.decode()
    assert home.code in text
    assert elsewhere.code in text
    text = client.get(reverse("registry:households"), {"area": home.area.code}).content.decode()
    assert home.code in text
    assert elsewhere.code not in text
    assert Audit.objects.filter(action="registry.household.list").first().id_set.ids == [home.pk]
    for query in ({"band": "unscored"}, {"disagreement": "yes"}, {"older": "36"}):
        assert home.code not in client.get(reverse("registry:households"), query).content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "1–1 of more than 1\n"), ("ur", "1 سے زیادہ میں سے 1 تا 1\n")]
)
def test_a_long_list_is_counted_no_further_than_one_pages(
    page, manager, home, elsewhere, monkeypatch, language, words
):
    monkeypatch.setattr(tables, "MOST_COUNTED", 1)
    client = page(manager)
    client.cookies["saiban_language"] = language
    with CaptureQueriesContext(connection) as asked:
        text = client.get(reverse("registry:households"), {"page": 3}).content.decode()
    assert words in text, "the nearest page, and that there are others"
    assert 'rel="next"' not in text
    (counted,) = (sql for sql in (query["sql"] for query in asked) if "COUNT(" in sql and "_profile" in sql)
    assert counted.endswith(" LIMIT 2) subquery")
    assert "ORDER BY" not in counted.rsplit('FROM "registry_profile"', 1)[1], (
        "nothing is sorted to be counted"
    )
    taken = client.get(reverse("registry:households"), {"export": "csv"}).content.decode()
    assert {home.code, elsewhere.code} <= set(re.findall(r"HH-[0-9-]+", taken)), "a file has all of them"
    monkeypatch.setattr(tables, "MOST_EXPORTED", 1)
    assert client.get(reverse("registry:households"), {"export": "csv"}).status_code == 422


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_taken_along_and_kept(page, manager, analyst, home, kind):
    response = page(manager).get(reverse("registry:households"), {"export": kind})
    assert response["Content-Disposition"].endswith(f'households.{kind}"')
    if kind == "csv":
        assert home.code in response.content.decode()
    assert Audit.objects.filter(action="registry.household.export").first().count == 2
    assert "Content-Disposition" not in page(analyst).get(reverse("registry:households"), {"export": kind})


def test_a_number_is_unmasked_after_a_reason(page, officer, clerk, home):
    identifier = Identifier.objects.get(person__name_en="Zainab Bibi", person__memberships__household=home)
    url = reverse("registry:unmask", args=[identifier.pk])
    assert page(clerk).get(url).status_code == 403
    client = page(officer)
    assert "9010076543218" not in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    shown = client.post(url, {"reason": "asked by the holder at the counter"})
    assert "9010076543218" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]


@pytest.mark.parametrize(
    "text", ["90100-7654321-8", "0300-1234567", "0190-1000000000", "zainab bibi", "Zaynab Bibi", "زینب بی بی"]
)
def test_search_finds_by_number_and_name_only_what_is_visible(clerk, other_clerk, home, text):
    found = queries.search(actor=clerk, text=text)
    assert home in [hit.household for hit in found.hits]
    assert "7654321" not in found.looked_for
    far = queries.search(actor=other_clerk, text=text)
    assert home not in [hit.household for hit in far.hits]


def test_search_by_code(clerk, home):
    assert [hit.household for hit in queries.search(actor=clerk, text=home.code.lower()).hits] == [home]


def test_answers_are_grouped_and_say_what_is_old(page, clerk, home):
    text = page(clerk).get(reverse("registry:household", args=[home.pk])).content.decode()
    values = text[text.index('id="values"') :]
    values = values[: values.index("</section>")]
    assert values.count('<details class="group"') == 4
    assert values.count('<details class="group" open>') == 1
    shown = Profile.objects.get(household=home)
    assert values.count("<dt>") == len(shown.values)
    assert values.count(">too old<") == sum(one.get("too_old", False) for one in shown.origin.values())


def test_every_answer_has_its_group():
    found = [pages.group_of(code) for code in fields("household")]
    assert set(found) == set(pages.GROUPS)
    assert set(fields("household")) >= pages.OF_DWELLING


def test_a_list_without_rows_says_so_to_who_may_take_it_along(page, manager):
    shown = page(manager).get(reverse("registry:households")).content.decode()
    assert "No household fits." in shown
