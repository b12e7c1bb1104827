"""Scorecards live by two people; scores are appended when something moved, and explain themselves."""

from importlib.resources import files as resources

import pytest
from django.db import DatabaseError, connection, transaction

from saiban.core import outbox
from saiban.core.errors import IllegalMove, NotAllowed, ReasonMissing, SecondPersonNeeded
from saiban.core.models import Actor, ChangeSet, Role
from saiban.data.errors import BadInput
from saiban.partners import foundation as partners
from saiban.registry.models import Profile
from saiban.scoring import computing, foundation, queries, services
from saiban.scoring.models import Score, Scorecard
from saiban.scoring.transitions import SCORECARD_MOVES
from tests.intake import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def text():
    return (resources("saiban.data") / "scorecards" / "schreiner-pk-2009.yaml").read_text(encoding="utf-8")


def test_the_foundation_is_laid_once_with_two_people(system, scorecards):
    foundation.lay(system)
    decides = Scorecard.objects.get(decides=True)
    assert (decides.code, decides.state) == ("punjab-pmt-2016", "approved")
    assert decides.author_id != decides.approver_id
    assert Scorecard.objects.get(code="schreiner-pk-2009").state == "tested"
    assert decides.tested["equal"] == decides.tested["cases"] == 500


def test_outside_a_demo_an_unconfirmed_cutoff_decides_nothing(system, sources, settings):
    settings.SAIBAN_DEMO = False
    foundation.lay(system)
    assert not Scorecard.objects.filter(decides=True).exists()
    assert set(Scorecard.objects.values_list("state", flat=True)) == {"tested"}


def test_the_author_does_not_approve(analyst, manager, system, text):
    row = services.add_scorecard(actor=analyst, text=text)
    with pytest.raises(IllegalMove):
        services.approve_scorecard(actor=manager, scorecard_id=row.pk, decides=False)
    services.test_scorecard(actor=analyst, scorecard_id=row.pk)
    with pytest.raises(NotAllowed):
        services.approve_scorecard(actor=analyst, scorecard_id=row.pk, decides=False)
    services.approve_scorecard(actor=manager, scorecard_id=row.pk, decides=True)
    with pytest.raises(ReasonMissing):
        services.retire_scorecard(actor=manager, scorecard_id=row.pk, reason=" ")
    assert services.retire_scorecard(actor=manager, scorecard_id=row.pk, reason="superseded").decides is False


def test_who_answers_for_a_part_does_not_decide_for_the_province(analyst, manager, officer, appoint, text):
    row = services.add_scorecard(actor=analyst, text=text)
    services.test_scorecard(actor=analyst, scorecard_id=row.pk)
    of_district = appoint("of_district", Role.DATA_MANAGER, "Rajanpur")
    for actor, refusal in ((officer, NotAllowed), (of_district, services.ProvinceNeeded)):
        with pytest.raises(refusal):
            services.approve_scorecard(actor=actor, scorecard_id=row.pk, decides=False)
    assert [queries.waiting_for_approval(actor) for actor in (of_district, manager)] == [0, 1]
    services.approve_scorecard(actor=manager, scorecard_id=row.pk, decides=False)
    with pytest.raises(services.ProvinceNeeded):
        services.retire_scorecard(actor=of_district, scorecard_id=row.pk, reason="superseded")


def test_one_second_actor_of_the_system_serves_agreements_and_scorecards(system, scorecards):
    assert Scorecard.objects.get(decides=True).approver == partners.approver()
    assert not Actor.objects.filter(username="foundation").exists()


def test_who_wrote_it_may_not_approve_it_even_with_the_duty(system, text):
    row = services.add_scorecard(actor=system, text=text)
    services.test_scorecard(actor=system, scorecard_id=row.pk)
    with pytest.raises(SecondPersonNeeded):
        services.approve_scorecard(actor=system, scorecard_id=row.pk, decides=False)


@pytest.mark.parametrize("pair", SCORECARD_MOVES.unlisted())
def test_unlisted_moves_are_refused(pair, system):
    with pytest.raises(IllegalMove):
        SCORECARD_MOVES.move(Scorecard(state=pair[0]), to=pair[1], actor=system, reason="any")


def test_a_version_is_added_once_and_a_faulty_one_not_at_all(analyst, text):
    services.add_scorecard(actor=analyst, text=text)
    with pytest.raises(BadInput):
        services.add_scorecard(actor=analyst, text=text)
    with pytest.raises(BadInput, match="line"):
        services.add_scorecard(actor=analyst, text=text.replace("points: 31", "points: many"))
    assert Scorecard.objects.count() == 1


def test_every_household_is_scored_by_both_and_only_once(system, people, home):
    assert Score.objects.filter(household=home).count() == 2
    services.score_change_set(
        actor=system, change_set_id=ChangeSet.objects.get(source_kind="intake.batch").pk
    )
    services.score_registry(actor=system)
    assert Score.objects.filter(household=home).count() == 2


def test_the_stored_score_is_the_sum_of_its_points(clerk, home):
    score = Score.objects.get(household=home, scorecard__decides=True)
    again = queries.recalculated(score)
    assert (again.prediction, again.score, again.band) == (score.prediction, score.score, score.band)
    profile = Profile.objects.get(household=home)
    assert (profile.score, profile.band) == (score.score, score.band)


def test_what_no_answer_of_a_scorecard_moved_appends_nothing(take_in, people, home):
    take_in([files.VEHICLE], source="excise-vehicles")
    assert Score.objects.filter(household=home, scorecard__code="schreiner-pk-2009").count() == 2
    pmt = Scorecard.objects.get(code="punjab-pmt-2016")
    changed = {"has_motorcycle"} & set(computing.definition(pmt).inputs)
    assert Score.objects.filter(household=home, scorecard=pmt).count() == 1 + len(changed)


def test_a_missing_answer_is_named(take_in, scorecards, rajanpur):
    take_in(files.household("H-1", home=rajanpur | {"rooms": ""}))
    score = Score.objects.get(scorecard__decides=True)
    assert (score.score, score.band, score.missing) == (None, "unscored", ["rooms"])


def test_two_scores_are_compared(correct, clerk, home):
    correct(clerk, home, "rooms", 5)
    outbox.drain()
    after, before = Score.objects.filter(household=home, scorecard__decides=True)[:2]
    found = queries.comparison(actor=clerk, household_id=home.pk, before_id=before.pk, after_id=after.pk)
    assert {line.field for line in found.moved} == {"rooms", "rooms_per_person"}
    assert (
        sum(line.difference for line in found.moved).quantize(after.score)
        == after.prediction - before.prediction
    )


def test_the_batch_tells_what_it_moved(people):
    from saiban.intake.models import Batch

    outcome = Batch.objects.get().outcome
    assert outcome["profiles"]["new"] == 2
    assert outcome["scores"]["first"] == 2
    poor = Profile.objects.filter(band="poor", household__isnull=False).count()
    assert (outcome["scores"]["first_poor"], outcome["scores"]["poor"]) == (poor, poor)
    assert outcome["scores"]["newly_poor"] == 0  # nobody had a score before


def test_a_score_is_never_changed(home):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update scoring_score set score = 0")


def test_a_field_that_enters_by_two_terms_is_one_line_of_their_sum(clerk, home):
    score = Score.objects.select_related("scorecard").get(household=home, scorecard__decides=True)
    terms = [line for line in queries.recalculated(score).points if line.field == "household_size"]
    lines = [line for line in queries.explain(score, clerk).lines if line.field == "household_size"]
    assert len(terms) == 2
    assert [line.points for line in lines] == [sum(term.points for term in terms) * queries.HUNDRED]
