"""What a batch moved in schemes stands on its page: proposals with what moved, and overlaps."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from saiban.core import changes
from saiban.core.models import Audit
from saiban.intake import foundation as intake
from saiban.intake.models import Batch
from saiban.partners import foundation as partners
from saiban.programmes import foundation
from saiban.programmes.batch_panels import what_followed
from saiban.programmes.models import Enrolment, Overlap, Proposal
from saiban.programmes.services.cycles import approve_cycle
from saiban.programmes.services.lists import attach_enrolments
from saiban.programmes.services.proposals import review_eligibility
from saiban.registry.models import Household, Profile, ProfileChange
from tests.intake import files
from tests.intake.conftest import enter
from tests.programmes import elders, places
from tests.registry.conftest import home, people, rajanpur, scorecards, send, sources, take_in, uploads
from tests.registry.second_survey import household_of

__all__ = ["enter", "home", "people", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = pytest.mark.django_db
LATER = {"interviewed_on": "2026-07-01"}
AMNA = files.HEAD | {
    "name_en": "Amna Mai", "name_ur": "آمنہ مائی", "birth_date": "1971-09-02", "cnic": files.number(140),
}  # fmt: skip


@pytest.fixture
def running(foundations, analyst, programme_manager, approver):
    """A scheme that is run here: A is enrolled, B (and C in Attock) stand above the line."""
    foundation.lay()
    scheme = elders.set_up(programme_manager, elders.rule(analyst))
    elders.elder("A", "11.0")
    elders.elder("B", "40.0")
    elders.elder("C", "40.0", area="Attock")
    approve_cycle(actor=approver, cycle_id=elders.proposed(programme_manager, scheme).pk)
    return scheme


@pytest.fixture
def batch(running, system, manager):
    partners.lay(system)
    intake.lay(system)
    return places.batch(manager)


def moves(system, batch, **scores):
    """The batch moves scores, and it is reviewed what follows."""
    for code, score in scores.items():
        Profile.objects.filter(household__code=code).update(score=Decimal(score))
    homes = Household.objects.filter(code__in=scores)
    made = changes.change_set(
        actor=system,
        kind="registry.household",
        reason="tests",
        ids=homes.values_list("pk", flat=True),
        source_kind="intake.batch",
        source_id=batch.pk,
    )
    for one in homes:
        ProfileChange.objects.create(change_set=made, household=one, field="rooms", before=6, after=2)
    review_eligibility(actor=system, change_set_id=made.pk)
    batch.refresh_from_db()


def text_of(client, batch):
    html = client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def figures(actor, batch):
    return [figure.amount for figure in what_followed(actor, [batch.pk])["figures"]]


def test_the_page_says_who_became_eligible_who_ceased_to_be_and_what_moved(running, batch, system, officer):
    moves(system, batch, A="45.0", B="20.0", C="20.0")
    shown = what_followed(officer, [batch.pk])
    assert figures(officer, batch) == ["2", "1"]
    said = sorted(moment.words for moment in shown["moments"])
    assert said == [
        f"A: No longer eligible for {running}; Rooms: 6 rooms → 2 rooms; poverty score 45.0",
        f"B: Now eligible for {running}; Rooms: 6 rooms → 2 rooms; poverty score 20.0",
    ]
    urls = {moment.url for moment in shown["moments"]}
    assert urls == {
        reverse("programmes:proposal-decide", args=[one.pk])
        for one in Proposal.objects.exclude(household__code="C")
    }


def test_there_are_at_most_five_examples_and_all_are_counted(running, batch, system, officer):
    more = {f"M{number}": "20.0" for number in range(6)}
    for code in more:
        elders.elder(code, "40.0")
    moves(system, batch, A="45.0", **more)
    assert figures(officer, batch) == ["6", "1"]
    assert len(what_followed(officer, [batch.pk])["moments"]) == 5


def test_examples_are_of_this_batch_and_this_area_and_on_record(running, batch, system, officer, manager):
    moves(system, batch, B="20.0")
    other = Batch.objects.create(
        source=batch.source, file_name="y", digest="c" * 64, size=1, state="applied", received_by=manager
    )
    moves(system, other, C="20.0")
    (shown,) = what_followed(officer, [batch.pk])["moments"]
    assert shown.words.startswith("B: ")
    home = Household.objects.get(code="B")
    rows = Audit.objects.about("registry.household", home.pk).filter(action="programmes.proposal.list")
    assert [row.actor for row in rows] == [officer]
    assert figures(officer, other) == ["1", "0"], "in all areas"
    assert what_followed(officer, [other.pk])["moments"] == []


def test_where_schemes_had_nothing_to_do_nothing_is_shown(running, batch, system, officer, enter):
    moves(system, batch, B="39.0")
    assert batch.outcome["eligibility"]["households"] == 1
    assert what_followed(officer, [batch.pk]) is None
    assert "What follows in schemes" not in text_of(enter(officer), batch)


def test_the_page_of_the_batch_shows_it_with_few_questions(running, batch, system, officer, enter):
    moves(system, batch, A="45.0", B="20.0")
    client = enter(officer)
    shown = text_of(client, batch)
    assert "What follows in schemes" in shown
    assert "Became eligible 1 1 no longer eligible" in shown  # the river
    assert "Nothing happens by itself" in shown
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("intake:batch", args=[batch.pk]))
    reads = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    assert len(reads) <= 12, "\n".join(reads)


def test_the_panel_asks_two_questions(running, batch, system, officer):
    moves(system, batch, A="45.0", B="20.0")
    with CaptureQueriesContext(connection) as asked:
        what_followed(officer, [batch.pk])
    assert len([one for one in asked if one["sql"].startswith("SELECT")]) == 2


def hers(no="H-9", **cells):
    """The household of Amna alone."""
    home = {"electricity_reference": f"{91:014d}", "phone": "03000000091"} | cells
    return files.household(no, home=home, members=[AMNA])


@pytest.fixture
def two_homes(people, take_in, home):
    """Two households, each with a place of a scheme that excludes the other's in one household."""
    foundation.lay()
    take_in(hers(interviewed_on="2024-05-04"))
    other = household_of("H-9")
    for scheme, house in (("BISP-KAF", home), ("BISP-FUEL", other)):
        places.of_list(scheme, house, house.memberships.get(head=True, during__upper_inf=True).person)
    return home, other


def test_a_survey_that_brings_two_places_together_is_told_of_the_overlap(
    two_homes, take_in, rajanpur, officer, system
):
    joined = AMNA | {"relation": "other_relative"}
    rows = files.household("H-1", home=rajanpur | LATER, members=[files.HEAD, files.SON, joined])
    batch = take_in(rows)
    batch.refresh_from_db()
    assert Enrolment.objects.filter(household=two_homes[0]).count() == 2
    overlap = Overlap.objects.get()
    assert (overlap.state, overlap.batch) == ("open", batch)
    assert (batch.outcome["overlaps"]["new"], batch.outcome["overlaps"]["gone"]) == (1, 0)
    assert "1" in figures(officer, batch)
    before = batch.outcome
    for report in batch.reports.filter(step="overlaps"):
        attach_enrolments(actor=system, change_set_id=int(report.of.removeprefix("change_set:")))
    batch.refresh_from_db()
    assert batch.outcome == before

    apart = take_in(hers("H-10", interviewed_on="2026-11-01"))
    apart.refresh_from_db()
    assert Overlap.objects.get().state == "gone"
    assert apart.outcome["overlaps"]["gone"] == 1
    gone = what_followed(officer, [apart.pk])["figures"][-1]
    assert gone.why == "1 are gone, in all areas"
