"""What a batch moved stands on its page: first scores are not moves, examples lead to their households."""

import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from saiban.core.errors import NotAllowed
from saiban.core.models import Audit, ChangeSet
from saiban.desk import panels
from saiban.desk.queries import moved, today
from saiban.desk.queries.moved import moved_by_batch, moved_since
from saiban.intake.models import Batch, Reported
from saiban.registry.models import Profile
from tests.access import world
from tests.intake import files
from tests.registry.conftest import people, rajanpur, scorecards, send, sources, take_in, uploads

__all__ = ["people", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def province(system, analyst, officer):
    built = world.build(system, analyst, officer)
    ChangeSet.objects.update(source_kind="intake.batch", source_id=built.batch.pk)
    return built


@pytest.fixture
def later_elsewhere(province):
    """The batch went on to another district, as parts follow districts."""
    for number in range(3):
        home = world.household(world.tehsil("Attock"), f"HH-31101-000000{number}", band="poor", score="10.0")
        moved_by(province, home, before="50.0", after="10.0")
    return province


def moved_by(province, home, **scores):
    """A move of the batch."""
    change = world.moved(home, province.scorecard, **scores)
    ChangeSet.objects.filter(pk=change.pk).update(
        source_kind="intake.batch",
        source_id=province.batch.pk,
        versions={"changed": 1, "area": home.area_path},
    )
    return change


def text_of(client, batch):
    html = client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_first_survey_scores_and_moves_nothing(people, at_work, manager):
    poor = Profile.objects.filter(band="poor", household__isnull=False).count()
    shown = text_of(at_work(manager), Batch.objects.get())
    assert f"Scored for the first time 2 {poor} of them poor" in shown
    assert "Scores moved" not in shown
    assert "Households by band" in shown
    assert "No score that moved was found in your area" in shown


def test_today_tells_first_scores_from_newly_poor(people, manager):
    delivered = today.today(actor=manager, day=today.timezone.localdate()).delivered
    assert (delivered.changed, delivered.first) == (2, 2)
    assert (delivered.up, delivered.down, delivered.newly_poor, delivered.no_longer_poor) == (0, 0, 0, 0)


def test_a_second_survey_moves_and_says_why(people, take_in, rajanpur, at_work, manager):
    batch = take_in(files.household("H-1", home=rajanpur | {"rooms": "6", "interviewed_on": "2026-06-04"}))
    shown = text_of(at_work(manager), batch)
    assert "Scores moved 1 up 1, down 0" in shown
    assert "Scored for the first time" not in shown
    assert re.search(r"Rooms: 2 rooms → 6 rooms; score [0-9.]+ → [0-9.]+", shown)
    delivered = today.today(actor=manager, day=today.timezone.localdate()).delivered
    assert (delivered.first, delivered.up, delivered.down) == (2, 1, 0)


def test_examples_stand_in_the_order_of_how_far_they_moved(province, manager):
    for number, after in ((1, "40.0"), (2, "90.0"), (3, "33.2")):
        home = world.household(world.tehsil(), f"HH-31204-000000{number}", band="above", score=after)
        moved_by(province, home, before="33.1", after=after, bands=("near", "above"))
    far = [abs(one.after - one.before) for one in moved_by_batch(actor=manager, batch_id=province.batch.pk)]
    assert far == [Decimal(text) for text in ("56.9000", "14.7000", "6.9000", "0.1000")]


def test_examples_are_of_this_batch_and_this_area_and_on_record(province, manager, officer, other_clerk):
    assert moved_by_batch(actor=manager, batch_id=province.batch.pk + 1) == []
    assert moved_by_batch(actor=other_clerk, batch_id=province.batch.pk) == []
    (found,) = moved_by_batch(actor=officer, batch_id=province.batch.pk)
    assert found.household == province.household
    rows = Audit.objects.about("registry.household", province.household.pk).filter(action="desk.moved.view")
    assert [row.actor for row in rows] == [officer]


def test_the_latest_are_chosen_among_those_in_sight(later_elsewhere, officer, monkeypatch):
    monkeypatch.setattr(moved, "LATEST_OF_BATCH", 1)
    (found,) = moved_by_batch(actor=officer, batch_id=later_elsewhere.batch.pk)
    assert found.household == later_elsewhere.household


def test_today_chooses_its_latest_among_those_in_sight(later_elsewhere, officer, monkeypatch):
    monkeypatch.setattr(moved, "LATEST", 1)
    since = ChangeSet.objects.earliest("made_at").made_at
    assert [one.household for one in moved_since(officer, since)] == [later_elsewhere.household]


def test_what_is_known_to_have_moved_no_score_takes_no_place_among_the_latest(province, officer, monkeypatch):
    monkeypatch.setattr(moved, "LATEST_OF_BATCH", 1)
    home = world.household(world.tehsil(), "HH-31204-0000009", band="poor", score="10.0")
    first = moved_by(province, home, before="10.0", after="10.0")
    Reported.objects.create(
        batch=province.batch,
        step="scores",
        of=f"change_set:{first.pk}",
        counts={"first": 1, "up": 0, "down": 0},
    )
    (found,) = moved_by_batch(actor=officer, batch_id=province.batch.pk)
    assert found.household == province.household


def test_the_page_says_among_how_many_it_looked(province, at_work, officer):
    said = "Looked for among the households of your area that it changed last, at most 20,000."
    assert said in text_of(at_work(officer), province.batch)
    ChangeSet.objects.update(source_id=province.batch.pk + 1)
    shown = text_of(at_work(officer), province.batch)
    assert "No score that moved was found in your area" in shown
    assert said in shown


def test_who_sees_no_people_sees_no_examples(province, administrator, at_work):
    with pytest.raises(NotAllowed):
        moved_by_batch(actor=administrator, batch_id=province.batch.pk)
    assert "What it moved, and why" not in text_of(at_work(administrator), province.batch)


def test_the_panel_asks_at_most_two_questions(province, manager):
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        panels.what_a_batch_moved(manager, [province.batch.pk])
    reads = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    assert 1 <= len(reads) <= 2, "\n".join(reads)
