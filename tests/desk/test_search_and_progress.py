from datetime import timedelta

import pytest
from django.utils import timezone

from saiban.core.models import Audit, Progress
from saiban.registry.models import Person
from tests.access import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_former_work(db):
    """Reports of progress are committed at once, so those of former tests are still there."""
    Progress.objects.all().delete()


@pytest.fixture
def home(system):
    made = world.household(world.tehsil(), "HH-31204-0047712")
    world.number_of(Person.objects.get(memberships__household=made))
    return made


def look_for(client, text):
    response = client.post("/search/", {"q": text})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    "text", ["94201-0891231-8", "9420108912318", "HH-31204-0047712", "Zainab Bibi", "zainab", "زینب بی بی"]
)
def test_a_household_is_found_by_number_code_and_name(at_work, clerk, home, text):
    shown = look_for(at_work(clerk), text)
    assert f"/registry/households/{home.pk}/" in shown


def test_what_lies_in_another_district_is_not_found(at_work, other_clerk, home):
    for text in ("9420108912318", "HH-31204-0047712", "Zainab Bibi"):
        shown = look_for(at_work(other_clerk), text)
        assert f"/registry/households/{home.pk}/" not in shown
        assert "Nothing in your area fits" in shown


def test_a_number_is_shown_masked_and_stays_out_of_page_and_audit(at_work, clerk, home):
    client = at_work(clerk)
    for number in ("9420108912318", "94201-0891231-9"):
        shown = look_for(client, number)
        assert number not in shown
        assert number.replace("-", "") not in shown
    assert "9420108912318" not in str(list(Audit.objects.values()))


def test_a_search_is_on_record_with_whom_it_found(at_work, clerk, home):
    look_for(at_work(clerk), "Zainab Bibi")
    row = Audit.objects.about("registry.household", home.pk).get(actor=clerk)
    assert "Zainab" not in str(row.detail)


def test_without_names_in_the_duty_no_name_is_found(at_work, analyst, home):
    assert "does not show names" in look_for(at_work(analyst), "Zainab Bibi")


def test_who_does_not_see_people_is_told_so(at_work, auditor, home):
    client = at_work(auditor)
    assert "does not include seeing people" in client.get("/search/").content.decode()
    assert client.post("/search/", {"q": "Zainab"}).status_code == 403


def test_an_address_never_carries_the_question(at_work, clerk, home):
    shown = at_work(clerk).get("/search/", {"q": "Zainab Bibi"}).content.decode()
    assert f"/registry/households/{home.pk}/" not in shown
    assert 'method="get"' not in shown


def work(**changed):
    now = timezone.now()
    return Progress.objects.create(
        **{
            "name": "intake.batch.load",
            "state": "running",
            "step": "check",
            "done": 300,
            "total": 900,
            "started_at": now - timedelta(seconds=100),
            "step_started_at": now - timedelta(seconds=30),
            "updated_at": now,
        }
        | changed
    )


def test_running_work_shows_its_step_rate_and_time_left(at_work, manager):
    work()
    shown = at_work(manager).get("/progress/").content.decode()
    assert "loaded a batch" in shown
    assert "checking the rows" in shown
    assert "10 a second" in shown  # of the step, not of the whole
    assert "about 1 minute to go" in shown
    assert 'http-equiv="refresh"' in shown


def test_failed_work_says_what_to_do_next(at_work, manager):
    work(state="failed", error="ValueError in tests, line 3")
    shown = at_work(manager).get("/progress/").content.decode()
    assert "nothing is half-done" in shown
    assert shown.index("It can be started again") < shown.index("ValueError in tests, line 3")


def test_failed_work_shows_its_error_and_does_not_renew_the_page(at_work, manager):
    work(state="failed", error="ValueError in tests, line 3")
    shown = at_work(manager).get("/progress/").content.decode()
    assert "ValueError in tests, line 3" in shown
    assert 'http-equiv="refresh"' not in shown


def test_one_sees_ones_own_work_and_who_sees_batches_sees_all(at_work, clerk, manager):
    work(actor_id=manager.pk)
    assert "Nothing has run lately" in at_work(clerk).get("/progress/").content.decode()
    work(actor_id=clerk.pk, name="registry.profile.refresh")
    assert "refreshed profiles" in at_work(clerk).get("/progress/").content.decode()
    assert at_work(manager).get("/progress/").content.decode().count('class="job"') == 2


def test_old_work_is_gone(at_work, manager):
    work(state="done", updated_at=timezone.now() - timedelta(days=3))
    assert "Nothing has run lately" in at_work(manager).get("/progress/").content.decode()
