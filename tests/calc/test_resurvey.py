"""What a second survey found: each kind by an example, and what holds of any two surveys."""

from hypothesis import given
from hypothesis import strategies as st

from saiban.calc.resurvey import Survey, told_apart

HERE, THERE = "PK60101", "PK60102"
BEFORE = Survey({1: 10, 2: 10, 3: 10, 4: 20, 5: 20, 6: 20}, {10: HERE, 20: HERE})

homes = st.dictionaries(st.integers(1, 12), st.integers(1, 5))
areas = st.fixed_dictionaries({home: st.sampled_from([HERE, THERE]) for home in range(1, 6)})
surveys = st.builds(Survey, homes, areas)
covers = st.sets(st.sampled_from([HERE, THERE]))


def test_the_same_survey_again_finds_everybody_where_they_were() -> None:
    found = told_apart(BEFORE, BEFORE, covered={HERE})
    assert set(found.after.values()) == {"same"}
    assert found.before == {}
    assert set(found.members.values()) == {"stayed"}


def test_a_household_met_elsewhere_has_moved() -> None:
    after = Survey({1: 71, 2: 71, 3: 71}, {71: THERE})
    assert told_apart(BEFORE, after, covered={THERE}).after == {71: "moved"}


def test_members_of_one_in_two_are_a_split_and_of_two_in_one_a_merger() -> None:
    split = Survey({1: 71, 2: 72, 3: 72}, {71: HERE, 72: HERE})
    assert told_apart(BEFORE, split, covered=set()).after == {71: "split", 72: "split"}
    merged = Survey(dict.fromkeys(range(1, 7), 71), {71: HERE})
    assert told_apart(BEFORE, merged, covered={HERE}).after == {71: "merged"}


def test_one_who_marries_into_another_family_neither_splits_nor_merges_them() -> None:
    after = Survey({1: 71, 2: 71, 3: 72, 4: 72, 5: 72, 6: 72}, {71: HERE, 72: HERE})
    found = told_apart(BEFORE, after, covered={HERE})
    assert found.after == {71: "same", 72: "same"}
    assert found.members[3] == "moved"


def test_half_of_those_met_is_enough_to_go_on() -> None:
    before = Survey({1: 10, 2: 10, 3: 20, 4: 20, 5: 30, 6: 30}, {10: HERE, 20: HERE, 30: HERE})
    after = Survey({1: 71, 3: 71, 4: 71, 2: 72, 5: 72, 6: 72}, {71: HERE, 72: HERE})
    found = told_apart(before, after, covered={HERE})
    assert found.after == {71: "merged", 72: "merged"}
    assert found.before == {}


def test_only_where_the_survey_went_is_a_household_not_met() -> None:
    nobody = Survey({}, {})
    assert told_apart(BEFORE, nobody, covered={HERE}).before == {10: "vanished", 20: "vanished"}
    assert told_apart(BEFORE, nobody, covered={THERE}).before == {}


def test_members_who_come_and_go_are_told_apart() -> None:
    after = Survey({1: 71, 8: 71, 9: 71}, {71: HERE})
    members = told_apart(BEFORE, after, covered=set(), newborn={9}, died={2}).members
    assert members == {1: "stayed", 2: "died", 3: "left", 8: "joined", 9: "newborn"}


def test_a_household_whose_members_are_all_met_among_others_is_dispersed() -> None:
    before = Survey(
        {1: 1, 2: 2, 3: 3, 4: 2, 5: 3, 6: 4, 7: 4, 8: 1, 9: 1}, {1: HERE, 2: HERE, 3: HERE, 4: HERE}
    )
    after = Survey(
        {1: 72, 2: 72, 4: 72, 8: 73, 3: 73, 5: 73, 9: 74, 6: 74, 7: 74}, {72: HERE, 73: HERE, 74: HERE}
    )
    assert told_apart(before, after, covered={HERE}).before == {1: "dispersed"}


@given(surveys, surveys, covers, st.randoms())
def test_the_order_of_what_is_given_does_not_matter(before, after, covered, random) -> None:  # type: ignore[no-untyped-def]
    def shuffled(survey: Survey) -> Survey:
        pairs = list(survey.home_of.items())
        random.shuffle(pairs)
        return Survey(dict(pairs), dict(reversed(list(survey.area_of.items()))))

    again = told_apart(shuffled(before), shuffled(after), covered=covered)
    assert again == told_apart(before, after, covered=covered)


@given(surveys, surveys, covers)
def test_nobody_who_was_met_disappears(before: Survey, after: Survey, covered: set[str]) -> None:
    found = told_apart(before, after, covered=covered)
    assert found.members.keys() >= after.home_of.keys()
    assert found.after.keys() == after.area_of.keys()
    met_homes = {before.home_of[p] for p in after.home_of if p in before.home_of}
    unheard = {p for p, home in before.home_of.items() if p not in after.home_of and home in met_homes}
    assert {p for p, word in found.members.items() if word == "left"} == unheard
    assert not {old for old, word in found.before.items() if word == "vanished"} & met_homes
