"""Corrections: who may, a second person where a score moves, the day on which one ends, what follows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from saiban.core import outbox
from saiban.core.errors import (
    IllegalMove,
    NotAllowed,
    NotVisible,
    ReasonMissing,
    SecondPersonNeeded,
)
from saiban.core.models import Audit, ChangeSet
from saiban.data.errors import BadInput
from saiban.intake.models import Observation
from saiban.messages.models import Message
from saiban.registry import resolving, tasks
from saiban.registry.correcting import services, weighing
from saiban.registry.correcting.errors import AlreadyProposed, DayHasCome, NotAgreed, OnlyTheProposer
from saiban.registry.models import Correction, Profile
from saiban.registry.transitions import CORRECTION_MOVES
from saiban.scoring.models import Score, Scorecard

pytestmark = pytest.mark.django_db
WHY = "seen at the door"
FREE = "has_washing_machine"  # no shipped scorecard weighs it


def propose(actor, home, field="rooms", value=5, **more):
    return services.propose_correction(
        actor=actor, household_id=home.pk, field=field, value=value, **({"reason": WHY} | more)
    )


def profile_of(home):
    return Profile.objects.get(household=home)


def in_days(count):
    return timezone.localdate() + timedelta(days=count)


@pytest.fixture
def at(monkeypatch):
    """Let it be another moment for what asks Python's clock; the database's is left alone."""

    def moved(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return moved


# --- a second person


def test_what_moves_a_score_waits_and_nothing_changes(clerk, home):
    before, said = profile_of(home), Observation.objects.count()
    row = propose(clerk, home)
    assert (row.state, row.moves_score, row.value, row.before) == (
        "proposed",
        True,
        5,
        before.values["rooms"],
    )
    assert (row.proposed_by, row.decided_by, row.observation_id) == (clerk, None, None)
    assert profile_of(home).values == before.values
    assert Observation.objects.count() == said
    outbox.drain()
    assert Score.objects.filter(household=home, scorecard__decides=True).count() == 1


def test_once_approved_it_holds_at_once_and_the_score_follows(clerk, officer, home):
    before = Score.objects.filter(household=home, scorecard__decides=True).first()
    row = services.approve_correction(actor=officer, correction_id=propose(clerk, home).pk)
    profile = profile_of(home)
    assert (row.state, row.decided_by) == ("approved", officer)
    assert (profile.values["rooms"], profile.origin["rooms"]["source"]) == (5, "clerk")
    assert profile.origin["rooms"]["observation"] == row.observation_id
    assert profile.score == before.score
    outbox.drain()
    after = Score.objects.filter(household=home, scorecard__decides=True).first()
    assert after.score > before.score
    assert after.values["rooms"] == 5
    assert profile_of(home).score == after.score


def test_the_observation_is_the_proposers_word(clerk, officer, home):
    row = services.approve_correction(actor=officer, correction_id=propose(clerk, home).pk)
    said = Observation.objects.get(id=row.observation_id)
    assert (said.actor_id, said.facts, said.reason) == (clerk.pk, {"rooms": 5}, WHY)


def test_the_worker_finds_nothing_left_to_refresh(correct, clerk, home):
    correct(clerk, home, "rooms", 4)
    outbox.drain()
    assert Score.objects.filter(household=home, scorecard__decides=True).count() == 2
    outbox.drain()
    assert Score.objects.filter(household=home, scorecard__decides=True).count() == 2


def test_what_moves_no_score_holds_at_once(clerk, home):
    row = propose(clerk, home, FREE, "yes")
    assert (row.state, row.moves_score, row.decided_by) == ("approved", False, None)
    assert profile_of(home).values[FREE] is True


def test_nobody_approves_or_refuses_the_own_proposal(officer, home):
    row = propose(officer, home)
    with pytest.raises(SecondPersonNeeded):
        services.approve_correction(actor=officer, correction_id=row.pk)
    with pytest.raises(SecondPersonNeeded):
        services.refuse_correction(actor=officer, correction_id=row.pk, reason="changed my mind")
    assert Correction.objects.get().state == "proposed"
    assert Audit.objects.filter(kind="refused", action="registry.correction.approve").exists()


def test_a_clerk_decides_nothing(clerk, officer, home):
    row = propose(officer, home)
    for step in (services.approve_correction, services.refuse_correction, services.lift_correction):
        more = {} if step is services.approve_correction else {"reason": WHY}
        with pytest.raises(NotAllowed):
            step(actor=clerk, correction_id=row.pk, **more)


def test_a_refused_one_keeps_the_reason_and_changes_nothing(clerk, officer, home):
    before, row = profile_of(home).values, propose(clerk, home)
    with pytest.raises(ReasonMissing):
        services.refuse_correction(actor=officer, correction_id=row.pk, reason=" ")
    row = services.refuse_correction(actor=officer, correction_id=row.pk, reason="two rooms are a stable")
    assert (row.state, row.decision, row.decided_by) == ("refused", "two rooms are a stable", officer)
    assert profile_of(home).values == before
    assert propose(clerk, home).state == "proposed"  # it may be said again


def test_only_the_proposer_withdraws(clerk, officer, home):
    row = propose(clerk, home)
    with pytest.raises(OnlyTheProposer):
        services.withdraw_correction(actor=officer, correction_id=row.pk)
    assert services.withdraw_correction(actor=clerk, correction_id=row.pk).state == "withdrawn"
    with pytest.raises(IllegalMove):
        services.approve_correction(actor=officer, correction_id=row.pk)


def test_one_proposal_waits_for_each_answer(clerk, officer, home):
    propose(clerk, home)
    with pytest.raises(AlreadyProposed):
        propose(officer, home, value=4)
    assert propose(officer, home, "has_gas", "yes").state == "proposed"


@pytest.mark.parametrize("pair", CORRECTION_MOVES.unlisted())
def test_an_unlisted_move_is_refused(pair, manager, home):
    row = Correction(household=home, field="rooms", state=pair[0], proposed_by_id=0)
    with pytest.raises(IllegalMove):
        CORRECTION_MOVES.move(row, to=pair[1], actor=manager, reason=WHY, prepared_by=0)


# --- which fields move a score


def test_fields_behind_a_derived_one_move_a_score(scorecards):
    for field in ("rooms", "household_size", "has_motorcycle"):  # rooms per person; any vehicle
        assert weighing.moves_a_score(field), field
    assert not weighing.moves_a_score(FREE)


def test_drafts_and_retired_scorecards_move_nothing(scorecards):
    Scorecard.objects.update(state="retired", decides=False)
    assert not weighing.moves_a_score("rooms")
    Scorecard.objects.filter(code="schreiner-pk-2009").update(state="draft")
    assert not weighing.moves_a_score("has_refrigerator")
    Scorecard.objects.filter(code="schreiner-pk-2009").update(state="tested")
    assert weighing.moves_a_score("has_refrigerator")


# --- until which day


def test_it_holds_for_a_year_unless_a_day_is_named(clerk, home, settings):
    assert propose(clerk, home).ends_on == in_days(365)
    assert propose(clerk, home, "has_gas", "yes", ends_on=in_days(1)).ends_on == in_days(1)
    assert propose(clerk, home, "toilet", "none", ends_on=in_days(1095)).ends_on == in_days(1095)
    settings.SAIBAN_CORRECTION_DAYS = 30
    assert propose(clerk, home, FREE, "yes").ends_on == in_days(30)


@pytest.mark.parametrize("days", [-1, 0, 1096])
def test_a_day_out_of_bounds_is_refused(clerk, home, days):
    with pytest.raises(BadInput) as caught:
        propose(clerk, home, ends_on=in_days(days))
    assert caught.value.expected
    assert not Correction.objects.exists()


def test_it_ends_at_midnight_in_pakistan(correct, clerk, home, at):
    """The day is excluded: a minute before it begins (UTC+5) the correction holds, then no longer."""
    before = profile_of(home).values["rooms"]
    day = in_days(10)
    row = correct(clerk, home, "rooms", before + 3, ends_on=day)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=5)
    at(midnight - timedelta(minutes=1))
    tasks.expire_corrections()
    assert Correction.objects.get(pk=row.pk).state == "approved"
    assert profile_of(home).values["rooms"] == before + 3
    at(midnight)
    tasks.expire_corrections()
    row.refresh_from_db()
    assert (row.state, row.ending, row.ended_by) == ("ended", "expired", None)
    assert profile_of(home).values["rooms"] == before
    assert profile_of(home).origin["rooms"]["source"] == "psc-survey"


def test_the_score_follows_the_end_of_just_those_households(correct, clerk, manager, home, elsewhere, at):
    correct(clerk, home, "rooms", 6, ends_on=in_days(3))
    correct(manager, elsewhere, "rooms", 6, ends_on=in_days(4))
    outbox.drain()
    raised = profile_of(home).score
    at(timezone.now() + timedelta(days=3))
    tasks.expire_corrections()
    made = ChangeSet.objects.filter(reason="registry.correction.expire").get()
    assert [item.subject_id for item in made.items.all()] == [home.pk]
    outbox.drain()
    assert profile_of(home).score < raised
    assert Correction.objects.filter(state="approved").get().household == elsewhere
    row = Audit.objects.filter(action="registry.correction.expire").get()
    assert (row.count, row.id_set.ids, row.detail["ended"]) == (1, [home.pk], 1)


def test_where_nothing_ends_nothing_is_written(correct, clerk, home):
    correct(clerk, home, "rooms", 6)
    rows = Audit.objects.count()
    tasks.expire_corrections()
    assert Audit.objects.count() == rows


def test_a_refresh_before_the_worker_comes_knows_the_day_already(correct, clerk, system, home, at):
    from saiban.registry import services as registry

    before = profile_of(home).values["rooms"]
    correct(clerk, home, "rooms", before + 3, ends_on=in_days(2))
    at(timezone.now() + timedelta(days=2))
    registry.refresh_profiles(actor=system, household_ids=[home.pk])
    assert profile_of(home).values["rooms"] == before
    tasks.expire_corrections()
    assert Correction.objects.get().ending == "expired"
    assert not ChangeSet.objects.filter(reason="registry.correction.expire").exists()


def test_what_waited_too_long_is_not_approved(clerk, officer, home, at):
    row = propose(clerk, home, ends_on=in_days(2))
    at(timezone.now() + timedelta(days=2))
    with pytest.raises(DayHasCome):
        services.approve_correction(actor=officer, correction_id=row.pk)
    assert Correction.objects.get().state == "proposed"


# --- ended before


def test_lifted_early_what_sources_say_holds_again(correct, clerk, officer, home):
    before = profile_of(home)
    outbox.drain()
    row = correct(clerk, home, "rooms", 6)
    outbox.drain()
    with pytest.raises(ReasonMissing):
        services.lift_correction(actor=officer, correction_id=row.pk, reason="")
    row = services.lift_correction(actor=officer, correction_id=row.pk, reason="the wrong house")
    assert (row.state, row.ending, row.ending_reason, row.ended_by) == (
        "ended", "lifted", "the wrong house", officer,
    )  # fmt: skip
    assert profile_of(home).values == before.values
    assert profile_of(home).origin == before.origin
    outbox.drain()
    assert profile_of(home).score == before.score
    assert Observation.objects.filter(id=row.observation_id).exists()  # it stays as it was said
    with pytest.raises(IllegalMove):
        services.lift_correction(actor=officer, correction_id=row.pk, reason="once more")


def test_who_proposed_what_a_second_person_approved_does_not_lift_it(officer, second, home):
    row = propose(officer, home)
    services.approve_correction(actor=second, correction_id=row.pk)
    with pytest.raises(SecondPersonNeeded):
        services.lift_correction(actor=officer, correction_id=row.pk, reason="the wrong house")
    assert Correction.objects.get().state == "approved"
    assert profile_of(home).values["rooms"] == 5
    assert Audit.objects.filter(kind="refused", action="registry.correction.lift").exists()
    assert services.lift_correction(actor=second, correction_id=row.pk, reason=WHY).ending == "lifted"


def test_what_needed_no_second_person_its_proposer_may_lift(officer, home):
    row = propose(officer, home, FREE, "yes")
    assert services.lift_correction(actor=officer, correction_id=row.pk, reason=WHY).ending == "lifted"


def test_a_newer_one_takes_the_place_of_the_one_before(correct, clerk, officer, home):
    before = profile_of(home).values["rooms"]
    first, newer = correct(clerk, home, "rooms", 6), correct(clerk, home, "rooms", 7)
    first.refresh_from_db()
    assert (first.state, first.ending) == ("ended", "replaced")
    assert profile_of(home).values["rooms"] == 7
    services.lift_correction(actor=officer, correction_id=newer.pk, reason="the wrong house")
    assert profile_of(home).values["rooms"] == before  # not the one that was replaced


def test_the_database_keeps_one_in_force(correct, clerk, home):
    row = correct(clerk, home, "rooms", 6)
    row.pk, row.observation_id = None, row.observation_id + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# --- the past


def test_on_a_day_on_which_it_was_in_force_it_held(correct, clerk, officer, home, monkeypatch):
    from saiban.registry import queries

    def rooms(on):
        shown = queries.household_past(actor=officer, household_id=home.pk, on=on)
        return next(line.value for line in shown.values if line.field == "rooms")

    before, today = profile_of(home).values["rooms"], timezone.localdate()
    row = correct(clerk, home, "rooms", before + 3, ends_on=in_days(10))
    assert [rooms(in_days(days)) for days in (0, 9, 10, 11)] == [before + 3, before + 3, before, before]
    between = timezone.now()
    services.lift_correction(actor=officer, correction_id=row.pk, reason="the wrong house")
    assert rooms(today) == before
    monkeypatch.setattr(resolving, "end_of", lambda day: between)
    assert rooms(today) == before + 3


# --- who, and what is kept


def test_the_audit_names_field_and_reason_but_no_value(clerk, officer, home):
    row = services.approve_correction(actor=officer, correction_id=propose(clerk, home, value=4).pk)
    said = Audit.objects.filter(action="registry.correction.propose").get()
    assert (said.subject_id, said.reason, said.detail) == (
        home.pk, WHY, {"field": "rooms", "correction": row.pk},
    )  # fmt: skip
    approved = Audit.objects.filter(action="registry.correction.approve").get()
    assert (approved.subject_id, approved.detail) == (row.pk, {"field": "rooms"})
    assert approved in Audit.objects.about("registry.household", home.pk), "whose it is, is found"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rooms", "many"),
        ("rooms", "2.5"),
        ("rooms", "0"),
        ("rooms", "999"),
        ("water_source", "rain"),
        ("has_gas", "perhaps"),
        ("land_acres", "1.2345"),
        ("land_acres", "NaN"),
        ("has_vehicle", "yes"),
        ("address", "x"),
        ("no_such", "1"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(clerk, home, field, value):
    with pytest.raises(BadInput) as caught:
        propose(clerk, home, field, value)
    assert caught.value.expected


def test_a_decimal_is_taken_to_three_places(correct, clerk, home):
    correct(clerk, home, "land_acres", "1.125")
    assert profile_of(home).values["land_acres"] == 1.125


def test_without_a_reason_nothing_is_proposed(clerk, home):
    with pytest.raises(ReasonMissing):
        propose(clerk, home, reason="  ")


def test_another_district_is_not_there(clerk, other_clerk, appoint, home):
    with pytest.raises(NotVisible):
        propose(other_clerk, home)
    row = propose(clerk, home)
    far = appoint("far", "district_officer", "Attock")
    for step in (services.approve_correction, services.withdraw_correction):
        with pytest.raises(NotVisible):
            step(actor=far, correction_id=row.pk)
    assert not Correction.objects.visible_to(far).exists()


def test_an_analyst_corrects_nothing(analyst, home):
    with pytest.raises(NotAllowed):
        propose(analyst, home)


def test_a_field_that_the_duty_does_not_show_is_neither_proposed_nor_seen(
    manager, clerk, officer, home, settings, monkeypatch
):
    from saiban.config import duties
    from saiban.core.access import Grant

    row = propose(manager, home, "has_bank_account", "yes", ends_on=in_days(9))
    waiting = propose(manager, home, "rooms", 4)
    blind = {role: Grant(grant.permissions, frozenset({"ordinary"})) for role, grant in duties.DUTIES.items()}
    monkeypatch.setattr("saiban.core.access.grants", lambda: blind)
    with pytest.raises(NotAllowed):
        propose(clerk, home, "has_bank_account", "no")
    assert set(Correction.objects.visible_to(clerk)) == {waiting}
    with pytest.raises(NotVisible):
        services.lift_correction(actor=officer, correction_id=row.pk, reason=WHY)


# --- from before there were rows


def test_what_clerks_said_before_goes_on_holding_without_an_end(clerk, officer, home):
    """The migration makes rows of bare observations: the latest holds, the ones before it were replaced."""
    from importlib import import_module

    from django.db import connection

    from saiban.intake import services as intake

    before = profile_of(home).values["rooms"]
    said = [
        intake.record(
            actor=clerk, subject_id=services.own_subject(home.pk), source_code="clerk",
            observed_on=timezone.localdate() - timedelta(days=days), facts={"rooms": rooms}, reason=WHY,
        )
        for days, rooms in ((1, 8), (5, 7))
    ]  # fmt: skip
    outbox.drain()
    assert profile_of(home).values["rooms"] == 8
    keep_former = import_module("saiban.registry.migrations.0010_corrections").KEEP_FORMER
    for _ in range(2):  # a second time it finds them there
        with connection.cursor() as cursor:
            cursor.execute(keep_former)
    holds, replaced = Correction.objects.get(state="approved"), Correction.objects.get(state="ended")
    assert (holds.observation_id, holds.value, holds.ends_on) == (said[0].id, 8, None)
    assert (replaced.observation_id, replaced.value, replaced.ending) == (said[1].id, 7, "replaced")
    assert (holds.proposed_by, holds.reason, holds.household) == (clerk, WHY, home)
    tasks.expire_corrections()
    assert profile_of(home).values["rooms"] == 8
    services.lift_correction(actor=officer, correction_id=holds.pk, reason="the wrong house")
    assert profile_of(home).values["rooms"] == before


def test_what_no_agreement_covers_is_neither_proposed_nor_approved(clerk, officer, home):
    from saiban.partners.models import Agreement

    row = propose(clerk, home)
    agreement = Agreement.objects.get(code="AG-CLERK")
    agreement.fields.remove("rooms")
    agreement.save()
    with pytest.raises(NotAgreed):
        services.approve_correction(actor=officer, correction_id=row.pk)
    services.withdraw_correction(actor=clerk, correction_id=row.pk)
    with pytest.raises(NotAgreed):
        propose(clerk, home)


def test_who_proposed_hears_of_the_decision(clerk, officer, home):
    services.refuse_correction(actor=officer, correction_id=propose(clerk, home).pk, reason="not so")
    services.approve_correction(actor=officer, correction_id=propose(clerk, home).pk)
    assert not told(clerk)
    outbox.drain()
    assert len(told(clerk)) == 2
    assert not told(officer)


def test_what_needs_no_second_person_tells_nobody(clerk, home):
    propose(clerk, home, FREE, True)
    outbox.drain()
    assert not told(clerk)


def told(actor):
    return Message.objects.filter(to=actor)
