"""The catalogue of schemes: what it says, whose places it counts, and for whom."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from saiban.core.middleware import DUTY_KEY
from saiban.programmes import foundation, words
from saiban.programmes.models import Overlap, Scheme
from saiban.programmes.queries import catalogue
from tests.access import world
from tests.programmes import places

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
YESTERDAY = timedelta(days=1)


@pytest.fixture
def page():
    def opened(actor, address, language="en"):
        client = Client()
        client.force_login(actor)
        client.cookies["saiban_language"] = language
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
        return client.get(address)

    return opened


@pytest.fixture
def catalogued(foundations):
    foundation.lay()


@pytest.fixture
def homes(catalogued):
    """Two households in Rajanpur, one in Attock."""
    rajanpur, attock = world.tehsil(), world.tehsil("Attock")
    return [
        world.household(rajanpur, "HH-31204-0000001"),
        world.household(rajanpur, "HH-31204-0000002"),
        world.household(attock, "HH-30101-0000003"),
    ]


@pytest.fixture
def taken(homes):
    """Three places in Humqadam, one of which is suspended, and one allowance of zakat."""
    places.of_list("PSPA-HQ", homes[0])
    places.of_list("PSPA-HQ", homes[1], state="suspended")
    places.of_list("PSPA-HQ", homes[2])
    places.of_list("ZK-BL", homes[0])


def scheme(code):
    return Scheme.objects.get(code=code)


def size(actor, code):
    rows = catalogue.lines(catalogue.schemes(actor=actor), actor=actor, day=timezone.localdate())
    return next(line for line in rows if line.scheme.code == code)


def text_of(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_every_code_of_the_catalogue_has_words(catalogued):
    for row in Scheme.objects.all():
        assert row.pillar in words.PILLARS
        assert row.stage in words.STAGES
        assert row.target in words.TARGETS
        assert row.kind in words.KINDS
        assert row.level in words.LEVELS


def test_only_places_that_give_something_today_are_counted(taken, manager):
    line = size(manager, "PSPA-HQ")
    assert (line.places, line.yearly_paisa) == (2, 2 * 12 * 200_000)


def test_a_place_that_has_ended_or_not_begun_is_not_counted(homes, manager):
    today = timezone.localdate()
    places.of_list("PSPA-HQ", homes[0], ends_on=today)
    places.of_list("PSPA-HQ", homes[1], starts_on=today + YESTERDAY)
    places.of_list("PSPA-HQ", homes[2], ends_on=today + YESTERDAY)
    assert size(manager, "PSPA-HQ").places == 1


def test_places_are_those_of_the_actors_area(taken, officer, other_clerk):
    assert size(officer, "PSPA-HQ").places == 1
    assert size(other_clerk, "PSPA-HQ").places == 1
    assert size(other_clerk, "ZK-BL").places == 0


def test_a_department_sees_the_size_of_its_own_schemes_only(taken, zakat_manager):
    assert size(zakat_manager, "ZK-BL").places == 1
    assert size(zakat_manager, "PSPA-HQ").size is None


def test_who_may_not_see_enrolments_sees_the_catalogue_without_sizes(taken, page, auditor):
    assert size(auditor, "PSPA-HQ").places is None
    shown = text_of(page(auditor, reverse("programmes:schemes")))
    assert "Humqadam" in shown
    assert "with an enrolment that runs today" not in shown


def test_the_catalogue_says_what_is_not_confirmed(page, catalogued, manager):
    html = page(manager, reverse("programmes:schemes") + "?target=farmers").content.decode()
    assert "Kissan Card" in html
    assert "not confirmed" in html
    confirmed = page(manager, reverse("programmes:schemes") + "?target=minorities").content.decode()
    assert "Minority Card" in confirmed
    assert "not confirmed</span>" not in confirmed


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ("pillar=social_insurance", "EOBI-OAP", "PSPA-BHB"),
        ("agency=zakat", "ZK-GA", "PSPA-BHB"),
        ("target=elderly", "PSPA-BHB", "ZK-GA"),
        ("stage=old_age", "EOBI-OAP", "SWD-HIM"),
        ("agency=eobi&target=elderly", "EOBI-RED", "EOBI-SURV"),
    ],
)
def test_the_catalogue_is_narrowed(page, catalogued, manager, query, inside, outside):
    shown = text_of(page(manager, f"{reverse('programmes:schemes')}?{query}"))
    assert inside in shown
    assert outside not in shown


def test_a_choice_says_how_many_schemes_it_has(page, catalogued, manager):
    html = page(manager, reverse("programmes:schemes")).content.decode()
    count = Scheme.objects.filter(agency__code="zakat").count()
    assert f"Zakat and Ushr Department ({count})" in html


def test_what_is_run_here_is_said_and_can_be_asked_for(page, homes, manager, analyst):
    places.cycle("PSPA-BHB", manager, places.rule(analyst))
    shown = text_of(page(manager, reverse("programmes:schemes") + "?here=yes"))
    assert "Ba-Himmat Buzurg" in shown
    assert "run here" in shown
    assert "Humqadam" not in shown


def test_a_scheme_that_fits_nothing_leaves_a_sentence(page, catalogued, manager):
    assert "No scheme fits." in text_of(page(manager, reverse("programmes:schemes") + "?here=yes"))


def test_a_scheme_shows_its_source_and_year(page, catalogued, manager):
    shown = text_of(page(manager, reverse("programmes:scheme", args=[scheme("PSPA-BHB").pk])))
    for said in (
        "Ba-Himmat Buzurg",
        "Punjab Social Protection Authority",
        "Rs 2,000 a month",
        "dnd 204767",
        "2020",
        "no other social assistance",
    ):
        assert said in shown
    assert "Nobody is known to be in it" in shown


def test_a_scheme_counts_its_places_by_district_and_state(taken, manager, officer):
    found = catalogue.scheme_page(actor=manager, scheme_id=scheme("PSPA-HQ").pk, day=timezone.localdate())
    assert {code: one.places for code, one in found.districts.items()} == {
        world.tehsil().parent.code: 1,
        world.tehsil("Attock").parent.code: 1,
    }
    assert found.states == {"approved": 2, "suspended": 1}
    assert found.size.yearly_paisa == 2 * 12 * 200_000
    here = catalogue.scheme_page(actor=officer, scheme_id=scheme("PSPA-HQ").pk, day=timezone.localdate())
    assert here.states == {"approved": 1, "suspended": 1}


def test_overlaps_of_a_scheme_are_counted_once_each(homes, manager, zakat_manager):
    first, second = places.of_list("PSPA-HQ", homes[0]), places.of_list("PSPA-HQ", homes[0])
    other = places.of_list("ZK-BL", homes[0])
    given = {
        "household": homes[0],
        "area_path": homes[0].area_path,
        "from_on": date(2025, 1, 1),
        "yearly_paisa": 1,
        "level": "household",
    }
    Overlap.objects.create(kind="twice", left=first, right=second, **given)
    Overlap.objects.create(kind="exclusive", policy="p", left=first, right=other, **given)
    Overlap.objects.create(kind="exclusive", policy="q", left=first, right=other, state="gone", **given)
    day = timezone.localdate()
    pspa = catalogue.scheme_page(actor=manager, scheme_id=scheme("PSPA-HQ").pk, day=day)
    zakat = catalogue.scheme_page(actor=zakat_manager, scheme_id=scheme("ZK-BL").pk, day=day)
    assert (pspa.overlaps, zakat.overlaps) == (2, 1)


def test_another_departments_scheme_shows_no_counts(taken, page, zakat_manager):
    shown = text_of(page(zakat_manager, reverse("programmes:scheme", args=[scheme("PSPA-HQ").pk])))
    assert "Not shown to your duty" in shown
    assert "Rajanpur" not in shown


def test_a_scheme_that_is_not_there_is_not_found(page, catalogued, manager):
    assert page(manager, reverse("programmes:scheme", args=[999_999])).status_code == 404


@pytest.mark.parametrize("code", ["schemes", "scheme"])
def test_the_pages_are_in_urdu(taken, page, manager, code):
    args = [scheme("PSPA-HQ").pk] if code == "scheme" else []
    shown = page(manager, reverse(f"programmes:{code}", args=args), "ur").content.decode()
    assert 'dir="rtl"' in shown
    for said in ("ہم قدم", "پنجاب سوشل پروٹیکشن اتھارٹی", "سماجی امداد"):
        assert said in shown


@pytest.mark.parametrize("code", ["schemes", "scheme"])
def test_a_page_asks_the_database_little(taken, page, manager, code, django_assert_max_num_queries):
    args = [scheme("PSPA-HQ").pk] if code == "scheme" else []
    address = reverse(f"programmes:{code}", args=args)
    client_warm = page(manager, address)
    assert client_warm.status_code == 200
    client = Client()
    client.force_login(manager)
    session = client.session
    session[DUTY_KEY] = manager.duty.pk
    session.save()
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(address).status_code == 200
