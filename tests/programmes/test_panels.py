"""What the pages of a household and a person show of benefits: to whom, of which schemes, with which sum."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Audit
from saiban.programmes import foundation, panels
from saiban.programmes.models import Candidate, Overlap, Scheme
from saiban.registry.models import Person
from tests.access import world
from tests.programmes import places

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


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
def home(foundations):
    foundation.lay()
    return world.household(world.tehsil(), "HH-31204-0000001")


@pytest.fixture
def head(home):
    return Person.objects.get(memberships__household=home)


def of_household(actor, home):
    return panels.benefits_of_household(actor, [home.pk])


def codes(lines):
    return sorted(line["scheme"].code for line in lines)


def card(response, name="benefits"):
    assert response.status_code == 200
    html = response.content.decode().split(f'id="{name}"')[1].split("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_open_enrolments_are_shown_with_their_sum_and_former_ones_apart(home, head, clerk):
    today = timezone.localdate()
    places.of_list("PSPA-HQ", home, head)
    places.of_list("ZK-BL", home, state="suspended")
    places.of_list("ZK-GA", home, state="closed")
    places.of_list("HR-MIN", home, ends_on=today)
    places.of_list("SWD-HIM", home, starts_on=today + DAY)
    found = of_household(clerk, home)
    assert codes(found["held"]) == ["PSPA-HQ", "SWD-HIM", "ZK-BL"]
    assert codes(found["former"]) == ["HR-MIN", "ZK-GA"]
    assert found["yearly_paisa"] == 12 * 200_000


def test_a_department_sees_its_own_schemes_only(home, zakat_manager):
    places.of_list("PSPA-HQ", home)
    places.of_list("ZK-GA", home)
    found = of_household(zakat_manager, home)
    assert codes(found["held"]) == ["ZK-GA"]
    assert found["yearly_paisa"] == 12 * 200_000


def test_another_districts_household_shows_nothing(home, other_clerk):
    places.of_list("PSPA-HQ", home)
    assert of_household(other_clerk, home)["held"] == []


def test_the_household_page_shows_who_gets_what_from_whom(home, head, page, clerk):
    places.of_list("PSPA-HQ", home, head)
    shown = card(page(clerk, reverse("registry:household", args=[home.pk])))
    for said in (
        "Humqadam",
        "Punjab Social Protection Authority",
        "Zainab Bibi",
        "Rs 2,000 a month",
        "Rs 24,000 a year",
    ):
        assert said in shown


def test_a_place_of_a_cycle_says_which(home, head, page, manager, analyst):
    cycle = places.cycle("PSPA-BHB", manager, places.rule(analyst))
    places.run_here(cycle, home, head)
    assert "cycle 1, run here" in card(page(manager, reverse("registry:household", args=[home.pk])))


def test_without_any_place_a_sentence_stands_there(home, page, clerk):
    shown = card(page(clerk, reverse("registry:household", args=[home.pk])))
    assert "In no scheme" in shown


def test_who_may_not_see_enrolments_has_no_panel(home, page, analyst):
    places.of_list("PSPA-HQ", home)
    shown = page(analyst, reverse("registry:household", args=[home.pk])).content.decode()
    assert 'id="benefits"' not in shown
    assert "Humqadam" not in shown


def test_an_overlap_is_named_with_a_way_to_it(home, page, clerk):
    left, right = places.of_list("PSPA-HQ", home), places.of_list("SWD-HIM", home)
    given = {
        "level": "household",
        "policy": "one-disability-scheme",
        "left": left,
        "right": right,
        "household": home,
        "area_path": home.area_path,
        "from_on": date(2025, 1, 1),
        "yearly_paisa": 1,
    }
    overlap = Overlap.objects.create(kind="exclusive", **given)
    gone = Overlap.objects.create(kind="twice", state="gone", **given)
    html = page(clerk, reverse("registry:household", args=[home.pk])).content.decode()
    assert reverse("programmes:overlap", args=[overlap.pk]) in html
    assert reverse("programmes:overlap", args=[gone.pk]) not in html


def test_the_person_page_shows_the_places_of_the_person_only(home, head, page, clerk):
    places.of_list("PSPA-HQ", home, head)
    places.of_list("ZK-GA", home)
    shown = card(page(clerk, reverse("registry:person", args=[head.pk])))
    assert "Humqadam" in shown
    assert "Zakat Guzara" not in shown


def test_the_look_at_the_household_is_on_record(home, page, clerk):
    places.of_list("PSPA-HQ", home)
    page(clerk, reverse("registry:household", args=[home.pk]))
    assert Audit.objects.about("registry.household", home.pk).filter(actor=clerk).exists()


@pytest.mark.parametrize(
    ("outcome", "rank", "because", "said"),
    [
        ("no_budget", 7, {}, "Eligible, at place 7 in line; the budget of the cycle ends before."),
        ("overlap", None, {"scheme": "PSPA-HQ"}, "Already in Humqadam, which excludes this scheme."),
        ("unknown", None, {"missing": ["age", "rooms"]}, "Not known: age, Rooms."),
    ],
)
def test_a_refusal_of_a_cycle_has_its_reason(
    home, head, page, manager, analyst, outcome, rank, because, said
):
    cycle = places.cycle("PSPA-BHB", manager, places.rule(analyst))
    Candidate.objects.create(
        cycle=cycle,
        household=home,
        person=head,
        area_path=home.area_path,
        outcome=outcome,
        rank=rank,
        because=because,
    )
    shown = card(page(manager, reverse("registry:household", args=[home.pk])), "left-out")
    assert said in shown
    assert "Ba-Himmat Buzurg" in shown
    assert "Zainab Bibi" in shown


def test_who_was_selected_is_not_among_those_left_out(home, head, manager, analyst):
    cycle = places.cycle("PSPA-BHB", manager, places.rule(analyst))
    given = {"cycle": cycle, "household": home, "area_path": home.area_path}
    Candidate.objects.create(person=head, outcome="selected", rank=1, **given)
    assert panels.left_out(manager, [home.pk]) is None


@pytest.mark.parametrize("load", [panels.benefits_of_household, panels.left_out])
def test_a_panel_asks_at_most_two_queries(home, head, manager, analyst, load):
    cycle = places.cycle("PSPA-BHB", manager, places.rule(analyst))
    for code in ("PSPA-HQ", "ZK-GA", "ZK-BL"):
        places.of_list(code, home, head)
    Candidate.objects.create(
        cycle=cycle, household=home, person=head, area_path=home.area_path, outcome="unknown"
    )
    with CaptureQueriesContext(connection) as asked:
        assert load(manager, [home.pk])
    of_the_panel = [
        one["sql"] for one in asked if "SAVEPOINT" not in one["sql"] and "audit" not in one["sql"]
    ]
    assert len(of_the_panel) <= 2, of_the_panel


@pytest.mark.parametrize(
    ("born", "answer", "holds"),
    [
        (date(1950, 1, 1), "eligible", True),
        (date(1986, 4, 2), "not eligible", False),
        (None, "not known", None),
    ],
)
def test_the_person_page_says_why_somebody_is_or_is_not_eligible(
    home, head, page, manager, programme_manager, analyst, born, answer, holds
):
    places.cycle("PSPA-BHB", manager, places.rule(analyst, text="age >= 65"))
    Person.objects.filter(pk=head.pk).update(birth_date=born)
    shown = card(page(programme_manager, reverse("registry:person", args=[head.pk])), "eligibility")
    assert "Ba-Himmat Buzurg" in shown
    assert answer in shown
    found = panels.eligibility_of_person(programme_manager, [head.pk])
    assert [clause["holds"] for clause in found["lines"][0]["clauses"]] == [holds]


def test_a_rule_of_households_speaks_on_the_page_of_the_household(
    home, head, page, programme_manager, analyst
):
    rule = places.rule(analyst, text="rooms >= 5", unit="household")
    Scheme.objects.filter(code="BISP-FUEL").update(rule=rule)
    shown = card(page(programme_manager, reverse("registry:household", args=[home.pk])), "eligibility")
    assert "Fuel subsidy" in shown
    assert "not eligible" in shown
    assert panels.eligibility_of_person(programme_manager, [head.pk]) is None


def test_a_duty_that_does_not_show_every_field_is_not_told_what_a_clause_finds(home, head, analyst, clerk):
    Scheme.objects.filter(code="PSPA-BHB").update(rule=places.rule(analyst))
    assert panels.eligibility_of_person(clerk, [head.pk]) is None


def test_benefits_in_urdu(home, page, clerk):
    places.of_list("PSPA-HQ", home)
    shown = card(page(clerk, reverse("registry:household", args=[home.pk]), "ur"))
    for said in ("ہم قدم", "پنجاب سوشل پروٹیکشن اتھارٹی", "ماہانہ"):
        assert said in shown
