import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saiban.core.models import Audit
from saiban.desk.queries import today as queries
from saiban.intake.models import Batch
from saiban.programmes.models import Enrolment
from saiban.programmes.queries.unserved import unserved_list
from saiban.programmes.services.overlaps import find_overlaps
from saiban.registry.models import Person
from tests.access import world
from tests.programmes import places

pytestmark = pytest.mark.django_db
BUDGET = 12


@pytest.fixture
def province(system, analyst, officer):
    return world.build(system, analyst, officer)


def today(actor):
    return queries.today(actor=actor, day=timezone.localdate())


def page(at_work, actor, language="en"):
    response = at_work(actor, language).get("/")
    assert response.status_code == 200
    return response.content.decode()


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_figures_are_those_of_the_actors_area(province, clerk, other_clerk, manager):
    attock = world.tehsil("Attock")
    world.household(attock, "HH-30101-0000001", band="near", score="40")
    world.household(attock, "HH-30101-0000002", band="unscored", score=None)
    assert (today(clerk).households, today(clerk).scored, today(clerk).poor) == (1, 1, 1)
    assert (today(other_clerk).households, today(other_clerk).scored, today(other_clerk).poor) == (2, 1, 0)
    whole = today(manager)
    assert (whole.households, whole.scored, whole.poor, whole.moved) == (3, 2, 1, 1)
    assert {one.code: one.share for one in whole.districts} == {
        attock.parent.code: 0.0,
        province.household.area.parent.code: 1.0,
    }


def test_the_example_says_what_moved_it_from_where_to_where(province, at_work, clerk):
    shown = text_of(page(at_work, clerk))
    assert "Household of Zainab Bibi" in shown
    assert "yes → no" in shown
    assert "score 33.1 → 18.4" in shown
    assert "now poor" in shown


def test_an_actor_without_names_sees_the_code(province, at_work, analyst):
    shown = page(at_work, analyst)
    assert "Zainab" not in shown
    assert "HH-31204-0047712" in shown


def test_the_households_of_the_examples_are_on_record_as_seen(province, at_work, clerk):
    page(at_work, clerk)
    rows = Audit.objects.about("registry.household", province.household.pk).filter(action="desk.today.view")
    assert rows.count() == 1


def test_another_districts_example_is_not_shown(province, at_work, other_clerk):
    shown = page(at_work, other_clerk)
    assert "Zainab" not in shown
    assert today(other_clerk).moved == 0


def test_a_household_that_crossed_the_line_comes_before_one_that_moved_further(province, clerk):
    further = world.household(world.tehsil(), "HH-31204-0000009", head="Nasreen", band="above", score="90")
    world.moved(further, province.scorecard, before="20.0", after="90.0", bands=("above", "above"))
    assert [one.household for one in today(clerk).examples] == [province.household, further]


def test_every_household_is_an_example_once_with_its_newest_score(province, clerk):
    world.moved(province.household, province.scorecard, before="18.4", after="25.0")
    found = today(clerk).examples
    assert [one.household for one in found] == [province.household]
    assert str(found[0].after) == "25.0000"


def test_what_waits_follows_from_the_duty(province, at_work, manager, administrator, officer, clerk):
    waits = {
        actor.username: text_of(page(at_work, actor).split('id="waits"')[1].split("</section>")[0])
        for actor in (manager, administrator, officer, clerk)
    }
    assert "Mend 2 rejected rows" in waits["manager"]
    assert "Approve the agreement DRAFT-1" in waits["administrator"]
    assert "Approve the scorecard" in waits["manager"]
    assert "Nothing waits for you" in waits["clerk"]
    assert "Decide 1 double benefit Rs 24,000 a year" in waits["officer"]
    assert "1 beneficiary who is no longer eligible" in waits["officer"]
    assert "rejected" not in waits["officer"] + waits["administrator"]


def test_a_mended_delivery_takes_the_place_of_the_rejected_rows(province, at_work, manager):
    former = province.batch
    Batch.objects.create(
        source=former.source,
        file_name="mended.csv",
        digest="b" * 64,
        size=1,
        state="applied",
        received_by=manager,
    )
    assert "Mend" not in page(at_work, manager)


def test_a_late_source_is_named_with_its_days(province, at_work, manager):
    source = province.source
    source.expected_every_days = 30
    source.save()
    assert not today(manager).late
    Batch.objects.update(received_at=timezone.now() - timedelta(days=35))
    assert [(one.source, one.days_late) for one in today(manager).late] == [(source, 5)]
    waits = text_of(page(at_work, manager).split('id="waits"')[1].split("</section>")[0])
    assert "5 days late" in waits
    assert waits.index("Ask") < waits.index("Mend")  # what is late comes first


def test_the_river_sums_the_last_day_with_a_delivery(province, manager):
    delivered = today(manager).delivered
    assert (delivered.rows, delivered.rejected, delivered.changed) == (40, 2, 9)
    assert (delivered.newly_poor, delivered.no_longer_poor) == (3, 1)


def test_the_classes_of_the_map_are_shares_however_few_districts_there_are(province, at_work, manager):
    legend = page(at_work, manager).split('class="legend"')[1].split("</ul>")[0]
    ends = [int(number) for number in re.findall(r"(\d+) %", legend)]
    assert ends
    assert max(ends) <= 100


def test_the_map_leads_to_the_poor_of_a_district_and_has_a_table(province, at_work, manager):
    shown = at_work(manager).get("/?map=need").content.decode()
    district = province.household.area.parent.code
    assert f"/registry/households/?area={district}&amp;band=poor" in shown
    assert "As a table" in shown


@pytest.fixture
def served(province):
    """Three poor households in Rajanpur, one of which is in a scheme; one in Attock, which is in none."""
    Enrolment.objects.update(state="closed")
    near = world.household(world.tehsil(), "HH-31204-0000002")
    world.household(world.tehsil(), "HH-31204-0000003")
    world.household(world.tehsil("Attock"), "HH-30101-0000004")
    places.of_list("PSPA-HQ", near)
    return province


def test_the_unserved_are_counted_among_the_poor_of_the_area(served, manager, clerk, other_clerk):
    whole = today(manager)
    assert (whole.poor, whole.unserved) == (4, 3)
    assert {one.code: one.unserved_share for one in whole.districts} == {
        world.tehsil().parent.code: 2 / 3,
        world.tehsil("Attock").parent.code: 1.0,
    }
    assert (today(clerk).unserved, today(other_clerk).unserved) == (2, 1)


def test_the_first_number_is_the_length_of_the_list(served, manager):
    listed = unserved_list(actor=manager, day=timezone.localdate())
    assert today(manager).unserved == listed.count() == 3


def test_the_first_figure_is_the_unserved(served, at_work, manager):
    shown = page(at_work, manager)
    first = text_of(shown.split('class="figure"')[1])
    assert "Poor households in no scheme 3" in first
    assert "75.0 % of 4 poor households today" in first
    assert 'href="/programmes/unserved/"' in shown


def test_who_may_not_see_the_unserved_does_not_count_them(served, at_work, analyst):
    assert today(analyst).unserved is None
    assert "in no scheme" not in page(at_work, analyst)


def test_the_map_shows_coverage_and_can_be_switched_to_need(served, at_work, manager):
    district = world.tehsil().parent.code
    coverage = page(at_work, manager)
    assert f"/programmes/unserved/?area={district}" in coverage
    assert 'href="?map=coverage#map" aria-current="true"' in coverage
    need = at_work(manager).get("/?map=need").content.decode()
    assert f"/registry/households/?area={district}&amp;band=poor" in need
    assert 'href="?map=need#map" aria-current="true"' in need


def test_a_map_that_nobody_knows_is_the_one_without_asking(served, at_work, manager):
    asked = at_work(manager).get("/?map=gold").content.decode()
    assert 'href="?map=coverage#map" aria-current="true"' in asked


def test_before_any_list_was_taken_in_the_map_shows_need(province, at_work, manager):
    Enrolment.objects.update(state="closed")
    assert 'href="?map=need#map" aria-current="true"' in page(at_work, manager)


def test_the_river_says_what_became_eligible_and_what_conflicts(province, at_work, manager):
    assert "Newly eligible" not in page(at_work, manager)
    outcome = {"eligibility": {"newly_eligible": 7}, "overlaps": {"new": 4}}
    Batch.objects.filter(pk=province.batch.pk).update(outcome=outcome)
    delivered = today(manager).delivered
    assert (delivered.newly_eligible, delivered.newly_conflicting) == (7, 4)
    river = text_of(page(at_work, manager).split('class="river"')[1].split("</ol>")[0])
    assert "Newly eligible 7" in river
    assert "Newly conflicting 4" in river


def test_before_anything_was_imported_the_page_says_what_comes_and_how(at_work, manager, clerk, auditor):
    assert "Households come with the first survey" in page(at_work, manager)
    assert "Nothing has come in yet" in page(at_work, manager)
    assert "Nothing waits for you" in page(at_work, clerk)
    assert "about the system, not about people" in page(at_work, auditor)


def test_the_page_is_in_urdu(province, at_work, clerk):
    shown = page(at_work, clerk, "ur")
    assert 'dir="rtl"' in shown
    for words in ("غریب گھرانے جو کسی اسکیم میں نہیں", "آج بدلنے والے گھرانے", "زینب بی بی کا گھرانہ"):
        assert words in shown


@pytest.mark.parametrize("who", ["manager", "officer", "clerk", "analyst", "administrator", "auditor"])
def test_the_page_asks_at_most_twelve_queries(province, at_work, who, request):
    client = at_work(request.getfixturevalue(who))
    client.get("/")  # what is kept between pages is kept
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/").status_code == 200
    counted = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(counted) <= BUDGET, "\n".join(counted)


def test_double_benefits_to_decide_are_a_figure_and_wait_for_who_decides(
    served, at_work, manager, programme_manager, system
):
    twice = world.household(world.tehsil("Attock"), "HH-30101-0000009")
    head = Person.objects.get(memberships__household=twice)
    for _ in range(2):
        places.of_list("PSPA-SAR", twice, head)
    find_overlaps(actor=system)
    shown = text_of(page(at_work, programme_manager))
    assert "Double benefits to decide 1 Rs 24,000 a year" in shown
    assert "Decide 1 double benefit Rs 24,000 a year" in shown
    assert "Decide 1 double" not in text_of(page(at_work, manager))


def test_who_may_not_see_overlaps_does_not_count_them(served, at_work, analyst):
    assert today(analyst).overlaps is None
    assert "Double benefits" not in page(at_work, analyst)
