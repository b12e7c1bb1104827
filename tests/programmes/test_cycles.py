"""A scheme that is run here: from its rule to an approved list."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from saiban.core.errors import IllegalMove, NotAllowed, NotVisible, ReasonMissing, SecondPersonNeeded
from saiban.core.models import Announcement, Area, Audit, Role
from saiban.data.errors import BadInput
from saiban.programmes import approving, foundation
from saiban.programmes.errors import (
    AreaNeeded,
    CycleUnderWay,
    NobodySelected,
    NotRunHere,
    OtherAgency,
    RuleNotApproved,
)
from saiban.programmes.models import Candidate, Cycle, Enrolment, Entitlement, Scheme
from saiban.programmes.periods import periods_of
from saiban.programmes.services.cycles import approve_cycle, open_cycle, propose_cycle, withdraw_cycle
from saiban.programmes.services.enrolments import suspend_enrolment
from saiban.programmes.services.schemes import set_up_scheme
from saiban.programmes.transitions import CYCLE_MOVES
from saiban.scoring.judging import judge
from tests.programmes import elders, places

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(foundations, analyst):
    foundation.lay()
    return elders.rule(analyst)


@pytest.fixture
def scheme(rule, programme_manager):
    return elders.set_up(programme_manager, rule)


def outcomes(cycle):
    return {row.household.code: row.outcome for row in Candidate.objects.filter(cycle=cycle)}


# setting up


def test_a_scheme_is_run_by_an_approved_rule_of_its_unit(scheme, rule):
    assert (scheme.rule, scheme.benefit_paisa, scheme.period, scheme.unit) == (
        rule,
        elders.BENEFIT,
        "month",
        "person",
    )


@pytest.mark.parametrize("state", ["draft", "tested", "retired"])
def test_no_scheme_is_run_by_a_rule_that_is_not_approved(rule, programme_manager, state):
    rule.state = state
    rule.save()
    with pytest.raises(RuleNotApproved):
        elders.set_up(programme_manager, rule)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"benefit_paisa": 0}, "benefit_paisa"),
        ({"benefit_paisa": -5}, "benefit_paisa"),
        ({"period": "course"}, "period"),
        ({"unit": "household"}, "rule_id"),
        ({"unit": "village"}, "unit"),
    ],
)
def test_a_benefit_that_cannot_be_paid_is_refused_where_it_stands(rule, programme_manager, given, place):
    scheme = Scheme.objects.get(code="PSPA-BHB")
    kept = {"rule_id": rule.pk, "benefit_paisa": 100, "period": "month", "unit": "person"}
    with pytest.raises(BadInput) as refused:
        set_up_scheme(actor=programme_manager, scheme_id=scheme.pk, **(kept | given))
    assert refused.value.place == place


def test_another_department_runs_its_own_schemes_only(rule, zakat_manager):
    with pytest.raises(OtherAgency):
        elders.set_up(zakat_manager, rule)
    assert elders.set_up(zakat_manager, rule, scheme="ZK-MG").rule == rule


def test_the_rule_stays_while_a_cycle_is_under_way(scheme, rule, programme_manager):
    elders.open_cycle(programme_manager, scheme)
    with pytest.raises(CycleUnderWay):
        elders.set_up(programme_manager, rule)


# opening


def test_a_cycle_freezes_rule_and_benefit_and_draws_a_seed(scheme, programme_manager):
    cycle = elders.open_cycle(programme_manager, scheme)
    assert (cycle.number, cycle.state, cycle.rule, cycle.benefit_paisa) == (
        1,
        "open",
        scheme.rule,
        elders.BENEFIT,
    )
    assert len(cycle.seed) == 32
    assert cycle.area.level == "province"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"ends_on": elders.STARTS}, "ends_on"),
        ({"ends_on": elders.STARTS - timedelta(days=1)}, "ends_on"),
        ({"ends_on": date(2026, 9, 15)}, "ends_on"),
        ({"ends_on": date(2036, 7, 1)}, "ends_on"),
        ({"budget_paisa": 0}, "budget_paisa"),
        ({"budget_paisa": -1}, "budget_paisa"),
        ({"budget_paisa": elders.COST - 1}, "budget_paisa"),
        ({"area_code": "PK999"}, "area_code"),
    ],
)
def test_a_cycle_that_cannot_be_is_refused_where_it_stands(scheme, programme_manager, given, place):
    with pytest.raises(BadInput) as refused:
        elders.open_cycle(programme_manager, scheme, **given)
    assert (refused.value.place, bool(refused.value.expected)) == (place, True)
    assert not Cycle.objects.exists()


def test_a_cycle_is_of_whole_periods_and_the_refusal_says_which_days_would_do(scheme, programme_manager):
    with pytest.raises(BadInput) as refused:
        elders.open_cycle(programme_manager, scheme, ends_on=date(2026, 9, 15))
    assert refused.value.expected == "2026-09-01 or 2026-10-01"


def test_a_period_that_begins_on_the_31st_ends_with_the_month():
    assert periods_of(date(2026, 1, 31), date(2026, 3, 31), "month") == [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 3, 31)),
    ]
    assert len(periods_of(date(2026, 7, 1), date(2027, 7, 1), "quarter")) == 4
    assert len(periods_of(date(2026, 7, 1), date(2026, 7, 9), "once")) == 1


def test_one_cycle_is_under_way_at_a_time(scheme, programme_manager):
    elders.open_cycle(programme_manager, scheme)
    with pytest.raises(CycleUnderWay):
        elders.open_cycle(programme_manager, scheme)


def test_a_scheme_without_rule_has_no_cycle(rule, programme_manager):
    with pytest.raises(NotRunHere):
        elders.open_cycle(programme_manager, Scheme.objects.get(code="PSPA-BHB"))


def test_a_retired_rule_opens_no_cycle_and_makes_no_list(scheme, rule, programme_manager):
    cycle = elders.open_cycle(programme_manager, scheme)
    rule.state = "retired"
    rule.save()
    with pytest.raises(RuleNotApproved):
        propose_cycle(actor=programme_manager, cycle_id=cycle.pk)
    withdraw_cycle(actor=programme_manager, cycle_id=cycle.pk, reason="the rule is retired")
    with pytest.raises(RuleNotApproved):
        elders.open_cycle(programme_manager, scheme)


# proposing


def test_the_poorest_are_proposed_as_far_as_the_budget_goes(scheme, programme_manager):
    for code, score in [("A", "11.0"), ("B", "29.5"), ("C", "20.0"), ("RICH", "31.0")]:
        elders.elder(code, score)
    elders.elder("GAP", "12.0", has_car=None)
    cycle = elders.proposed(programme_manager, scheme, places=2)
    assert outcomes(cycle) == {"A": "selected", "C": "selected", "B": "no_budget", "GAP": "unknown"}
    assert cycle.figures["outcomes"] == {"selected": 2, "no_budget": 1, "unknown": 1}
    assert cycle.figures["answers"] == {"eligible": 3, "unknown": 1, "not_eligible": 1}
    assert (cycle.figures["cost_paisa"], cycle.figures["last_score"]) == (2 * elders.COST, "20.0000")


def test_candidates_keep_rank_score_answers_and_what_was_missing(scheme, programme_manager):
    elders.elder("A", "11.0")
    elders.elder("GAP", "12.0", has_car=None)
    cycle = elders.proposed(programme_manager, scheme)
    first, gap = Candidate.objects.filter(cycle=cycle).order_by("household__code")
    assert (first.rank, first.score, first.cost_paisa) == (1, Decimal("11.0000"), elders.COST)
    assert first.answers == {"clauses": [True, True, True]}
    assert (gap.because, gap.answers) == ({"missing": ["has_car"]}, {"clauses": [True, True, None]})
    assert len(first.lottery) == 16


def test_a_proposed_place_is_the_persons_and_costs_what_the_cycle_says(scheme, programme_manager):
    person = elders.elder("A", "11.0")
    cycle = elders.proposed(programme_manager, scheme)
    place = elders.place_of(person)
    assert (place.state, place.cycle, place.list_no) == ("proposed", cycle, "")
    assert (place.household.code, place.starts_on, place.ends_on) == ("A", elders.STARTS, None)
    assert (place.amount_paisa, place.period, place.yearly_paisa) == (
        elders.BENEFIT,
        "month",
        12 * elders.BENEFIT,
    )


def test_a_scheme_of_households_takes_households(rule, analyst, programme_manager):
    elders.elder("A", "11.0")
    homes = elders.rule(
        analyst, text="score.pmt <= 30.0 && household_size >= 1", unit="household", code="homes"
    )
    cycle = elders.proposed(programme_manager, elders.set_up(programme_manager, homes, scheme="PSPA-SAR"))
    place = Enrolment.objects.get(cycle=cycle)
    assert (place.household.code, place.person) == ("A", None)


def test_as_many_are_found_eligible_as_the_rule_previews(scheme, rule, programme_manager):
    for n in range(6):
        elders.elder(f"E{n}", f"{27 + n}.0")
    judged = judge(rule, on=timezone.localdate())
    previewed = sorted(row["person_id"] for row in judged.to_pylist() if row["answer"] == "eligible")
    cycle = elders.proposed(programme_manager, scheme, places=50)
    assert sorted(Enrolment.objects.filter(cycle=cycle).values_list("person_id", flat=True)) == previewed
    assert len(previewed) == 4


def test_who_has_a_benefit_that_excludes_this_one_is_kept_out_with_the_evidence(scheme, programme_manager):
    person = elders.elder("A", "11.0")
    other = places.of_list("SWD-HIM", person.memberships.get().household, person)
    cycle = elders.proposed(programme_manager, scheme)
    candidate = Candidate.objects.get(cycle=cycle)
    assert (candidate.outcome, candidate.enrolment) == ("overlap", None)
    assert candidate.because == {"overlap": other.pk, "scheme": "SWD-HIM", "policy": "no-other-assistance"}


@pytest.mark.parametrize(
    "given",
    [{"state": "closed"}, {"ends_on": date(2026, 7, 1)}, {"starts_on": date(2026, 10, 1)}],
    ids=["closed", "ended before", "begins after"],
)
def test_a_benefit_outside_of_the_cycle_excludes_nobody(scheme, programme_manager, given):
    person = elders.elder("A", "11.0")
    places.of_list("SWD-HIM", person.memberships.get().household, person, **given)
    assert outcomes(elders.proposed(programme_manager, scheme)) == {"A": "selected"}


def test_a_benefit_of_another_member_excludes_nobody_where_the_policy_is_of_persons(
    scheme, programme_manager
):
    person = elders.elder("A", "11.0")
    home = person.memberships.get().household
    places.of_list("SWD-HIM", home, elders.member(home, born=date(1990, 1, 1)))
    assert outcomes(elders.proposed(programme_manager, scheme)) == {"A": "selected"}


def test_the_cap_of_a_household_leaves_room_for_so_many(scheme, programme_manager):
    first = elders.elder("A", "11.0")
    home = first.memberships.get().household
    elders.member(home)
    son = elders.member(home, born=date(1990, 1, 1))
    # 480,000 rupees a year less 24,000 and a bit: one more place of 24,000, not two
    places.of_list("ZK-GA", home, son, amount_paisa=48_000_000 - 2 * 2_400_000 + 1, period="year")
    cycle = elders.proposed(programme_manager, scheme)
    found = Candidate.objects.filter(cycle=cycle).order_by("rank")
    assert sorted(found.values_list("outcome", flat=True)) == ["overlap", "selected"]
    assert found.get(outcome="overlap").because == {"policy": "household-year"}


def test_a_place_of_a_departments_list_in_this_scheme_is_not_given_twice(scheme, programme_manager):
    person = elders.elder("A", "11.0")
    listed = places.of_list("PSPA-BHB", person.memberships.get().household, person)
    cycle = elders.proposed(programme_manager, scheme)
    candidate = Candidate.objects.get(cycle=cycle)
    assert (candidate.outcome, candidate.rank, candidate.cost_paisa) == ("enrolled", None, 0)
    assert candidate.because == {"enrolment": listed.pk, "held": "approved"}


def test_a_cycle_of_a_district_takes_the_people_of_that_district(scheme, programme_manager):
    elders.elder("A", "11.0")
    elders.elder("B", "5.0", area="Attock")
    code = Area.objects.get(level="district", name_en="Rajanpur").code
    assert outcomes(elders.proposed(programme_manager, scheme, area_code=code)) == {"A": "selected"}


def test_a_list_is_made_once(scheme, programme_manager):
    elders.elder("A", "11.0")
    cycle = elders.proposed(programme_manager, scheme)
    with pytest.raises(IllegalMove):
        propose_cycle(actor=programme_manager, cycle_id=cycle.pk)
    assert Enrolment.objects.count() == 1


def test_the_next_cycle_with_the_same_seed_makes_the_same_list(scheme, programme_manager):
    for n in range(8):
        elders.elder(f"E{n}", "20.0")
    first = elders.open_cycle(programme_manager, scheme, places=3)
    propose_cycle(actor=programme_manager, cycle_id=first.pk)
    withdraw_cycle(actor=programme_manager, cycle_id=first.pk, reason="made once more")
    again = elders.open_cycle(programme_manager, scheme, places=3)
    Cycle.objects.filter(pk=again.pk).update(seed=first.seed)
    propose_cycle(actor=programme_manager, cycle_id=again.pk)
    assert outcomes(first) == outcomes(again)


# approving


def test_an_approved_list_is_enrolled_entitled_hashed_and_announced(scheme, programme_manager, approver):
    person = elders.elder("A", "11.0")
    cycle = elders.proposed(programme_manager, scheme)
    cycle = approve_cycle(actor=approver, cycle_id=cycle.pk)
    place = elders.place_of(person)
    assert (cycle.state, place.state) == ("approved", "approved")
    due = Entitlement.objects.filter(cycle=cycle).order_by("period_from")
    assert [(row.period_from.month, row.amount_paisa) for row in due] == [
        (7, elders.BENEFIT),
        (8, elders.BENEFIT),
        (9, elders.BENEFIT),
    ]
    assert due[0].snapshot["score"] == 11
    assert due[0].snapshot["answers"] == {"clauses": [True, True, True]}
    assert (due[0].snapshot["person"], due[0].snapshot["rule"]) == (person.pk, "elders")
    assert cycle.digest == approving.digest_of(cycle)
    assert len(cycle.digest) == 64
    assert Announcement.objects.get(name="programmes.cycle.approved").payload == {"cycle_id": cycle.pk}


def test_the_digest_is_that_of_the_lines_that_a_payer_can_write_down(scheme, programme_manager, approver):
    elders.elder("A", "11.0")
    elders.elder("B", "12.0")
    cycle = approve_cycle(actor=approver, cycle_id=elders.proposed(programme_manager, scheme).pk)
    lines = [
        f"{row.pk},{row.enrolment_id},{row.enrolment.household.code},{row.period_from},{row.period_until},"
        f"{row.amount_paisa}\n"
        for row in Entitlement.objects.filter(cycle=cycle).order_by("pk")
    ]
    assert len(lines) == 6
    assert cycle.digest == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_who_opened_or_proposed_a_cycle_does_not_approve_it(scheme, programme_manager, appoint):
    elders.elder("A", "11.0")
    cycle = elders.proposed(programme_manager, scheme)
    duty = programme_manager.duty
    duty.role = Role.APPROVER
    duty.save()
    with pytest.raises(SecondPersonNeeded):
        approve_cycle(actor=programme_manager, cycle_id=cycle.pk)
    assert Audit.objects.filter(kind="refused", action="programmes.cycle.approve").exists()
    assert Cycle.objects.get().state == "proposed"


def test_a_list_is_approved_once(scheme, programme_manager, approver):
    elders.elder("A", "11.0")
    cycle = elders.proposed(programme_manager, scheme)
    approve_cycle(actor=approver, cycle_id=cycle.pk)
    with pytest.raises(IllegalMove):
        approve_cycle(actor=approver, cycle_id=cycle.pk)
    assert Entitlement.objects.count() == 3


def test_an_empty_list_is_not_approved(scheme, programme_manager, approver):
    cycle = elders.proposed(programme_manager, scheme)
    with pytest.raises(NobodySelected):
        approve_cycle(actor=approver, cycle_id=cycle.pk)
    assert Cycle.objects.get().state == "proposed"


def test_who_got_another_benefit_since_falls_off_the_list_with_the_reason(
    scheme, programme_manager, approver
):
    fallen, stays = elders.elder("A", "11.0"), elders.elder("B", "12.0")
    cycle = elders.proposed(programme_manager, scheme)
    places.of_list("SWD-HIM", fallen.memberships.get().household, fallen)
    cycle = approve_cycle(actor=approver, cycle_id=cycle.pk)
    assert elders.place_of(fallen).state == "refused"
    assert "SWD-HIM" in elders.place_of(fallen).reason
    assert elders.place_of(stays).state == "approved"
    assert cycle.figures["fallen"] == 1
    assert Entitlement.objects.count() == 3


def leave(person):
    """The person lives nowhere any more."""
    person.memberships.update(during=(date(2025, 3, 1), date(2026, 3, 1)))


def test_nobody_is_chosen_of_a_household_in_which_nobody_lives_any_more(analyst, rule, programme_manager):
    homes = elders.rule(analyst, text="score.pmt <= 30.0", unit="household", code="poor-homes")
    scheme = elders.set_up(programme_manager, homes)
    gone, _stays = elders.elder("A", "11.0"), elders.elder("B", "12.0")
    leave(gone)
    assert outcomes(elders.proposed(programme_manager, scheme)) == {"B": "selected"}


@pytest.mark.parametrize("unit", ["person", "household"])
def test_a_household_emptied_since_falls_off_the_list_with_the_reason(
    analyst, rule, programme_manager, approver, unit
):
    poor = elders.rule(analyst, text="score.pmt <= 30.0", unit=unit, code="poor-ones")
    scheme = elders.set_up(programme_manager, poor)
    gone, _stays = elders.elder("A", "11.0"), elders.elder("B", "12.0")
    home = gone.memberships.get().household
    cycle = elders.proposed(programme_manager, scheme)
    leave(gone)
    approve_cycle(actor=approver, cycle_id=cycle.pk)
    states = dict(Enrolment.objects.filter(cycle=cycle).values_list("household__code", "state"))
    assert states == {"A": "refused", "B": "approved"}
    assert "nobody lives" in Enrolment.objects.get(household=home).reason
    assert set(Entitlement.objects.values_list("enrolment__household__code", flat=True)) == {"B"}


def test_who_only_proposes_cannot_approve_and_who_only_approves_cannot_propose(
    scheme, programme_manager, approver
):
    cycle = elders.proposed(programme_manager, scheme)
    with pytest.raises(NotAllowed):
        approve_cycle(actor=programme_manager, cycle_id=cycle.pk)
    with pytest.raises(NotAllowed):
        propose_cycle(actor=approver, cycle_id=cycle.pk)


def test_who_covers_a_part_does_not_decide_on_the_whole(scheme, programme_manager, appoint):
    cycle = elders.open_cycle(programme_manager, scheme)
    local = appoint("local", Role.PROGRAMME_MANAGER, "Rajanpur")
    with pytest.raises(AreaNeeded):
        propose_cycle(actor=local, cycle_id=cycle.pk)


def test_a_cycle_of_another_department_is_out_of_sight(scheme, programme_manager, zakat_manager):
    cycle = elders.open_cycle(programme_manager, scheme)
    with pytest.raises(NotVisible):
        propose_cycle(actor=zakat_manager, cycle_id=cycle.pk)


# the next cycle, and the end


def approved(programme_manager, approver, scheme, **given):
    cycle = elders.proposed(programme_manager, scheme, **given)
    return approve_cycle(actor=approver, cycle_id=cycle.pk)


NEXT = {"starts_on": elders.ENDS, "ends_on": date(2027, 1, 1)}


def test_who_has_a_place_keeps_it_in_the_next_cycle_before_poorer_newcomers(
    scheme, programme_manager, approver
):
    first = elders.elder("A", "25.0")
    approved(programme_manager, approver, scheme, places=1)
    elders.elder("B", "5.0")
    second = approved(programme_manager, approver, scheme, places=1, **NEXT)
    assert outcomes(second) == {"A": "enrolled", "B": "no_budget"}
    assert second.figures["renewed"] == 1
    assert Enrolment.objects.get(person=first).entitlements.count() == 6


def test_a_place_that_goes_on_gets_nothing_where_nobody_lives_any_more(scheme, programme_manager, approver):
    left, _stays = elders.elder("A", "25.0"), elders.elder("B", "24.0")
    approved(programme_manager, approver, scheme)
    second = elders.proposed(programme_manager, scheme, **NEXT)
    leave(left)
    second = approve_cycle(actor=approver, cycle_id=second.pk)
    paid = Entitlement.objects.filter(cycle=second)
    assert set(paid.values_list("enrolment__household__code", flat=True)) == {"B"}
    assert (second.figures["renewed"], second.figures["fallen"]) == (2, 1)


def test_a_suspended_place_is_taken_and_gets_no_entitlement(scheme, programme_manager, approver):
    first = elders.elder("A", "25.0")
    approved(programme_manager, approver, scheme)
    suspend_enrolment(
        actor=programme_manager,
        enrolment_id=elders.place_of(first).pk,
        reason="has moved away, says the clerk",
    )
    elders.elder("B", "26.0")
    second = approved(programme_manager, approver, scheme, **NEXT)
    assert outcomes(second) == {"A": "enrolled", "B": "selected"}
    assert Entitlement.objects.filter(cycle=second, enrolment__person=first).count() == 0


def test_a_cycle_begins_after_the_approved_one(scheme, programme_manager, approver):
    elders.elder("A", "25.0")
    approved(programme_manager, approver, scheme)
    with pytest.raises(BadInput) as refused:
        elders.open_cycle(programme_manager, scheme)
    assert refused.value.expected == "2026-10-01 or later"


def test_a_withdrawn_cycle_refuses_its_places_with_the_reason(scheme, programme_manager):
    person = elders.elder("A", "11.0")
    cycle = elders.proposed(programme_manager, scheme)
    withdraw_cycle(actor=programme_manager, cycle_id=cycle.pk, reason="the budget was cut")
    place = elders.place_of(person)
    assert (place.state, place.reason) == ("refused", "the budget was cut")
    assert outcomes(elders.proposed(programme_manager, scheme)) == {"A": "selected"}


def test_a_cycle_is_withdrawn_for_a_reason(scheme, programme_manager):
    cycle = elders.open_cycle(programme_manager, scheme)
    with pytest.raises(ReasonMissing):
        withdraw_cycle(actor=programme_manager, cycle_id=cycle.pk, reason=" ")


@pytest.mark.parametrize("pair", CYCLE_MOVES.unlisted())
def test_an_unlisted_step_of_a_cycle_does_not_exist(pair, programme_manager):
    with pytest.raises(IllegalMove):
        CYCLE_MOVES.move(Cycle(state=pair[0]), to=pair[1], actor=programme_manager, reason="because")


def test_opening_twice_by_two_names_leaves_one(scheme, programme_manager, appoint):
    colleague = appoint("colleague", Role.PROGRAMME_MANAGER)
    elders.open_cycle(programme_manager, scheme)
    with pytest.raises(CycleUnderWay):
        open_cycle(
            actor=colleague,
            scheme_id=scheme.pk,
            starts_on=elders.STARTS,
            ends_on=elders.ENDS,
            budget_paisa=elders.COST,
        )
