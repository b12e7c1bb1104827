"""The unserved: who counts as such, by which enrolments, for whom; and the list of work."""

import csv
import io
import itertools
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Audit
from saiban.programmes import foundation
from saiban.programmes.models import Enrolment
from saiban.programmes.queries import unserved as queries
from saiban.programmes.transitions import EnrolmentState
from saiban.registry import copying
from saiban.registry.models import Person, Profile
from tests.access import world
from tests.programmes import places

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
DAY = timedelta(days=1)
ADDRESS = "programmes:unserved"
CODES_SERVED = f"""select h.code from registry_profile p join registry_household h on h.id = p.household_id
where {queries.SERVED}"""  # noqa: S608 our own words


@pytest.fixture
def page():
    def opened(actor, query="", language="en"):
        client = Client()
        client.force_login(actor)
        client.cookies["saiban_language"] = language
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
        return client.get(reverse(ADDRESS) + query)

    return opened


@pytest.fixture
def catalogued(foundations):
    foundation.lay()


def home(number, *, district="Rajanpur", band="poor", score="18.4", **profile):
    made = world.household(world.tehsil(district), f"HH-{number:05}-0000001", band=band, score=score)
    if profile:
        Profile.objects.filter(household=made).update(**profile)
    return made


def unserved(actor):
    rows = queries.unserved_list(actor=actor, day=timezone.localdate())
    return [row.household.code for row in rows]


def text_of(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_only_the_poor_are_unserved(catalogued, manager):
    poor = home(1)
    for number, band in enumerate(("near", "above", "unscored"), start=2):
        home(number, band=band, score=None if band == "unscored" else "40")
    assert unserved(manager) == [poor.code]


def test_every_way_of_being_enrolled_is_judged_as_the_words_say(catalogued, manager):
    """Served is who has an enrolment that is approved, has begun and has not ended, of whatever scheme."""
    today = timezone.localdate()
    starts, ends = (today - DAY, today, today + DAY), (None, today, today + DAY)
    ways = [
        (state, since, until)
        for state, since, until in itertools.product(EnrolmentState.values, starts, ends)
        if until is None or until > since
    ]
    expected = []
    for number, (state, since, until) in enumerate(ways):
        household = home(number)
        places.of_list("ZK-GA", household, state=state, starts_on=since, ends_on=until)
        if not (state == "approved" and since <= today and (until is None or until > today)):
            expected.append(household.code)
    assert sorted(unserved(manager)) == expected
    assert 0 < len(expected) < len(ways)
    served = copying.rows_of(CODES_SERVED, {"today": today})
    everyone = set(Profile.objects.lived_in().values_list("household__code", flat=True))
    assert {code for (code,) in served} == everyone - set(expected)


def test_an_enrolment_of_a_member_serves_the_household(catalogued, manager):
    household = home(1)
    places.of_list("PSPA-HQ", household, Person.objects.get(memberships__household=household))
    assert unserved(manager) == []


def test_an_enrolment_of_whom_nobody_knows_serves_nobody(catalogued, manager):
    household = home(1)
    places.of_list("PSPA-HQ", None, None, area_path=household.area_path)
    assert unserved(manager) == [household.code]


def test_one_running_enrolment_among_ended_ones_is_enough(catalogued, manager):
    household = home(1)
    places.of_list("ZK-GA", household, state="closed")
    places.of_list("ZK-GA", household, state="approved")
    assert unserved(manager) == []


def test_another_departments_scheme_serves_too_though_it_is_not_shown(catalogued, zakat_manager):
    served, not_served = home(1), home(2)
    places.of_list("PSPA-HQ", served)
    assert not Enrolment.objects.visible_to(zakat_manager).exists()
    assert unserved(zakat_manager) == [not_served.code]


def test_the_unserved_are_those_of_the_actors_area(catalogued, officer, other_clerk, auditor):
    here, there = home(1), home(2, district="Attock")
    assert unserved(officer) == [here.code]
    assert unserved(other_clerk) == [there.code]
    assert unserved(auditor) == []


def test_the_poorest_stand_first(catalogued, manager):
    scores = {home(number, score=score).code: score for number, score in enumerate(("9.5", "20.1", "3.2"))}
    assert [scores[code] for code in unserved(manager)] == ["3.2", "9.5", "20.1"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", {1, 2, 3}),
        ("?area={attock}", {3}),
        ("?area={tehsil}", {1, 2}),
        ("?score=10", {2}),
        ("?size=7", {1, 3}),
        ("?older=12", {2}),
        ("?size=7&area={tehsil}", {1}),
        ("?area=nowhere", {1, 2, 3}),
    ],
)
def test_the_list_is_narrowed(catalogued, page, manager, query, kept):
    today = timezone.localdate()
    home(1, score="15", values={"household_size": 7}, oldest_on=today)
    home(2, score="9", values={"household_size": 6}, oldest_on=today - 400 * DAY)
    home(3, score="20", values={"household_size": 9}, oldest_on=today, district="Attock")
    asked = query.format(attock=world.tehsil("Attock").parent.code, tehsil=world.tehsil().code)
    shown = text_of(page(manager, asked))
    assert {number for number in (1, 2, 3) if f"HH-{number:05}-0000001" in shown} == kept


def test_what_is_no_number_is_said_at_the_field(catalogued, page, manager):
    home(1)
    response = page(manager, "?score=low")
    assert "Enter a number" in text_of(response)


def test_who_saw_whom_is_on_record(catalogued, page, clerk):
    household = home(1)
    page(clerk, "?score=50")
    row = Audit.objects.about("registry.household", household.pk).get(action="programmes.unserved.list")
    assert (row.actor, row.detail) == (clerk, {"query": "score=50"})


def test_the_list_is_taken_along_by_who_may_and_on_record(catalogued, page, manager, clerk):
    household = home(1, values={"household_size": 7})
    response = page(manager, "?export=csv")
    (row,) = csv.DictReader(io.StringIO(response.content.decode()))
    assert (row["Household"], row["Score"], row["Members"]) == (household.code, "18.4000", "7")
    assert Audit.objects.filter(action="programmes.unserved.export", actor=manager).count() == 1
    refused = page(clerk, "?export=csv")
    assert refused["Content-Type"].startswith("text/html")
    assert not Audit.objects.filter(action="programmes.unserved.export", actor=clerk).exists()


def test_names_are_shown_to_duties_that_see_them(catalogued, page, clerk):
    home(1)
    assert "Zainab Bibi" in text_of(page(clerk))


def test_who_may_not_is_refused(catalogued, page, analyst, auditor):
    assert page(analyst).status_code == 403
    assert page(auditor).status_code == 403


def test_when_everyone_is_served_a_sentence_stands_there(catalogued, page, manager):
    shown = text_of(page(manager))
    assert "No poor household is without a scheme." in shown, shown


def test_the_list_in_urdu(catalogued, page, clerk):
    home(1)
    shown = page(clerk, language="ur").content.decode()
    assert 'dir="rtl"' in shown
    assert "غریب گھرانے جو کسی اسکیم میں نہیں" in shown
    assert "زینب بی بی" in shown


def test_the_list_asks_the_database_little(catalogued, manager, django_assert_max_num_queries):
    for number in range(30):
        home(number)
    client = Client()
    client.force_login(manager)
    session = client.session
    session[DUTY_KEY] = manager.duty.pk
    session.save()
    client.get(reverse(ADDRESS))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(reverse(ADDRESS)).status_code == 200
