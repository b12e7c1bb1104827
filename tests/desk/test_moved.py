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
from saiban.desk.queries import today
from saiban.desk.queries.moved import moved_by_batch
from saiban.intake.models import Batch
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


def text_of(client, batch):
    html = client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_first_survey_scores_and_moves_nothing(people, at_work, manager):
    poor = Profile.objects.filter(band="poor", household__isnull=False).count()
    shown = text_of(at_work(manager), Batch.objects.get())
    assert f"Scored for the first time 2 {poor} of them poor" in shown
    assert "Scores moved" not in shown
    assert "Households by band" in shown
    assert "No score in your area has moved by it" in shown


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
        change = world.moved(home, province.scorecard, before="33.1", after=after, bands=("near", "above"))
        ChangeSet.objects.filter(pk=change.pk).update(source_kind="intake.batch", source_id=province.batch.pk)
    far = [abs(one.after - one.before) for one in moved_by_batch(actor=manager, batch_id=province.batch.pk)]
    assert far == [Decimal(text) for text in ("56.9000", "14.7000", "6.9000", "0.1000")]


def test_examples_are_of_this_batch_and_this_area_and_on_record(province, manager, officer, other_clerk):
    assert moved_by_batch(actor=manager, batch_id=province.batch.pk + 1) == []
    assert moved_by_batch(actor=other_clerk, batch_id=province.batch.pk) == []
    (found,) = moved_by_batch(actor=officer, batch_id=province.batch.pk)
    assert found.household == province.household
    rows = Audit.objects.about("registry.household", province.household.pk).filter(action="desk.moved.view")
    assert [row.actor for row in rows] == [officer]


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
