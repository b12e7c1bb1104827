"""What a rule says of the registry is what it says of each one, and only of those who were asked for."""

from datetime import date
from decimal import Decimal

import pytest

from saiban.core import outbox
from saiban.registry.models import Household, Membership, Person, Profile
from saiban.scoring import judging, rule_trial
from saiban.scoring.models import Rule

pytestmark = pytest.mark.django_db

ON = date(2026, 7, 1)
OF_HOUSEHOLDS = "score.pmt <= policy.pmt.cutoff && !(has_car || has_tractor) && land_acres * 2.0 < 5.0"
OF_PERSONS = 'age >= 40 && sex == "female" && rooms <= 3 && relation in ["head", "spouse"]'


def rule(text, unit="household"):
    return Rule(text=text, unit=unit)


def by_hand(household):
    """The answer of OF_HOUSEHOLDS, read off the stored profile."""
    profile = Profile.objects.get(household=household)
    known = profile.values
    clauses = [
        None if profile.score is None else profile.score <= 30,
        not (known["has_car"] or known["has_tractor"]),
        None if known.get("land_acres") is None else Decimal(str(known["land_acres"])) * 2 < 5,
    ]
    return clauses


def test_households_are_answered_as_their_profiles_say(people):
    rows = judging.judge(rule(OF_HOUSEHOLDS), on=ON).to_pylist()
    assert {row["household_id"] for row in rows} == set(Household.objects.values_list("pk", flat=True))
    for row in rows:
        household = Household.objects.get(pk=row["household_id"])
        assert [row[f"clause_{n}"] for n in (1, 2, 3)] == by_hand(household)
        assert row["score"] == Profile.objects.get(household=household).score
        assert row["district"] == household.area_path.split(".")[2]


@pytest.mark.parametrize("text", [OF_HOUSEHOLDS, "rooms / members_under_5 >= 1", "rooms_per_person < 1000"])
def test_the_page_of_one_household_says_what_the_table_says(people, text):
    for row in judging.judge(rule(text), on=ON).to_pylist():
        one = judging.judge_one(rule(text), on=ON, household_id=row["household_id"])
        clauses = [row[f"clause_{n}"] for n in range(1, len(one.clauses) + 1)]
        assert (one.answer, ",".join(one.because)) == (row["answer"], row["because"])
        assert [clause.holds for clause in one.clauses] == clauses


def test_persons_are_answered_by_their_own_facts_and_those_of_their_household(people):
    rows = judging.judge(rule(OF_PERSONS, "person"), on=ON).to_pylist()
    assert len(rows) == Person.objects.count() == 4
    heads = set(Membership.objects.filter(head=True).values_list("person_id", flat=True))
    assert {row["person_id"] for row in rows if row["answer"] == "eligible"} == heads
    for row in rows:
        one = judging.judge_one(rule(OF_PERSONS, "person"), on=ON, person_id=row["person_id"])
        assert (one.answer, ",".join(one.because)) == (row["answer"], row["because"])


@pytest.mark.parametrize(("day", "age"), [(date(2026, 3, 13), 45), (date(2026, 3, 14), 46)])
def test_age_is_completed_on_the_birthday(people, day, age):
    rows = judging.judge(rule(f"age == {age}", "person"), on=day).to_pylist()
    assert [row["answer"] for row in rows].count("eligible") == 2


def test_the_dead_and_who_moved_away_are_not_judged(people, home):
    zainab = Membership.objects.get(household=home, head=True)
    Person.objects.filter(pk=zainab.person_id).update(died_on=date(2026, 6, 1))
    Membership.objects.filter(household=home, head=False).update(during=(date(2020, 1, 1), date(2026, 1, 1)))
    rows = judging.judge(rule("rooms >= 1", "person"), on=ON)
    assert home.pk not in rows["household_id"].to_pylist()
    assert rows.num_rows == 2


def test_only_those_who_were_asked_for_are_judged(people, home, elsewhere):
    only = judging.judge(rule("rooms >= 1"), on=ON, household_ids=[home.pk])
    assert only["household_id"].to_pylist() == [home.pk]
    area = judging.judge(rule("rooms >= 1"), on=ON, area_path=elsewhere.area_path)
    assert area["household_id"].to_pylist() == [elsewhere.pk]
    assert judging.judge(rule("rooms >= 1"), on=ON, household_ids=[]).num_rows == 0


def test_pieces_make_one_whole(people, monkeypatch):
    whole = judging.judge(rule(OF_PERSONS, "person"), on=ON).sort_by("person_id")
    monkeypatch.setattr(judging, "CHUNK", 1)
    assert judging.judge(rule(OF_PERSONS, "person"), on=ON).sort_by("person_id").equals(whole)


def test_what_is_not_known_is_named(people, home):
    Profile.objects.filter(household=home).update(score=None)
    (row,) = judging.judge(rule(OF_HOUSEHOLDS), on=ON, household_ids=[home.pk]).to_pylist()
    assert (row["answer"], row["because"], row["clause_1"]) == ("unknown", "score_pmt", None)


def test_a_zero_divisor_makes_the_answer_unknown(clerk, people, home):
    (row,) = judging.judge(rule("rooms / members_under_5 >= 1"), on=ON, household_ids=[home.pk]).to_pylist()
    assert (row["answer"], row["because"]) == ("unknown", "members_under_5")


def test_numbers_that_nobody_confirmed_decide_nothing_outside_a_demo(people, home, settings):
    settings.SAIBAN_DEMO = False
    with pytest.raises(judging.PolicyNotConfirmed):
        judging.judge(rule(OF_HOUSEHOLDS), on=ON)
    with pytest.raises(judging.PolicyNotConfirmed):
        judging.judge_one(rule(OF_HOUSEHOLDS), on=ON, household_id=home.pk)
    assert judging.judge(rule(OF_HOUSEHOLDS), on=ON, decides=False).num_rows == 2


def test_a_rule_of_persons_is_not_asked_with_a_household(people, home):
    with pytest.raises(ValueError, match="person"):
        judging.judge_one(rule(OF_PERSONS, "person"), on=ON, household_id=home.pk)


def test_counts_are_those_of_the_rows(correct, clerk, people, home):
    correct(clerk, home, "rooms", 5)
    outbox.drain()
    found = rule_trial.counted(rule("rooms <= 3 && !has_car"), judging.households(), on=ON)
    names = ("judged", "eligible", "not_eligible", "unknown", "households")
    assert [found[name] for name in names] == [2, 1, 1, 0, 1]
    assert found["clauses"] == [
        {"text": "rooms <= 3", "holds": 1, "fails": 1, "alone": 1, "unknown_of": 0},
        {"text": "!has_car", "holds": 2, "fails": 0, "alone": 0, "unknown_of": 0},
    ]
    assert found["districts"] == {
        home.area_path.split(".")[2]: [0, 1],
        Household.objects.exclude(pk=home.pk).get().area_path.split(".")[2]: [1, 1],
    }


def test_households_with_two_who_are_eligible_count_once(people):
    found = rule_trial.counted(rule("rooms >= 1", "person"), judging.households(), on=ON)
    assert (found["judged"], found["eligible"], found["households"]) == (4, 4, 2)


def test_made_up_cases_give_all_three_answers():
    answers = set()
    checked = judging.checked(rule(OF_PERSONS, "person"))
    from saiban.calc.rules import answer_one

    for values in rule_trial.made_up(checked).to_pylist():
        answers.add(answer_one(checked, values, policy={}).answer)
    assert answers == {"eligible", "not_eligible", "unknown"}
    assert rule_trial.agreeing(checked, {}) == rule_trial.CASES
