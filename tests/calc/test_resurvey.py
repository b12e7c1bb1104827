"""What a second survey found: each kind by an example, and what holds of any two surveys."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saiban.calc.policy import NoValue
from saiban.calc.resurvey import Survey, terms, told_apart

HERE, THERE = "PK60101", "PK60102"
TERMS = terms(on=date(2026, 7, 1), allow_unconfirmed=True)
BEFORE = Survey({1: 10, 2: 10, 3: 10, 4: 20, 5: 20, 6: 20}, {10: HERE, 20: HERE}, {1, 4})

homes = st.dictionaries(st.integers(1, 12), st.integers(1, 5))
areas = st.fixed_dictionaries({home: st.sampled_from([HERE, THERE]) for home in range(1, 6)})
covers = st.sets(st.sampled_from([HERE, THERE]))


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    """Households with a head each, where somebody lives."""
    home_of = draw(homes)
    heads = {home: person for person, home in sorted(home_of.items(), reverse=True)}
    return Survey(home_of, draw(areas), frozenset(heads.values()))


def told(before: Survey, after: Survey, covered: set[str]):  # type: ignore[no-untyped-def]
    return told_apart(before, after, covered=covered, terms=TERMS)


def test_the_same_survey_again_finds_everybody_where_they_were() -> None:
    found = told(BEFORE, BEFORE, {HERE})
    assert found.after == {10: ("same", 10), 20: ("same", 20)}
    assert found.before == {}


def test_a_household_met_elsewhere_has_moved() -> None:
    after = Survey({1: 71, 2: 71, 3: 71}, {71: THERE}, {1})
    assert told(BEFORE, after, {THERE}).after == {71: ("moved", 10)}


def test_it_goes_on_where_its_head_is_if_another_goes_along() -> None:
    after = Survey({1: 71, 2: 71, 3: 72}, {71: HERE, 72: HERE}, {1, 3})
    assert told(BEFORE, after, set()).after == {71: ("same", 10), 72: ("split", 10)}


def test_the_head_alone_and_the_others_alone_are_a_tie() -> None:
    after = Survey({1: 71, 2: 72, 3: 72}, {71: HERE, 72: HERE}, {1, 2})
    found = told(BEFORE, after, {HERE})
    assert found.after == {71: ("doubtful", 10), 72: ("doubtful", 10)}
    assert found.before == {20: ("not_found", None)}


def test_two_in_one_go_on_as_the_one_whose_head_is_head() -> None:
    after = Survey(dict.fromkeys(range(1, 7), 71), {71: HERE}, {4})
    found = told(BEFORE, after, {HERE})
    assert found.after == {71: ("same", 20)}
    assert found.before == {10: ("merged", 20)}


def test_one_who_marries_into_another_family_changes_neither() -> None:
    after = Survey({1: 71, 2: 71, 3: 72, 4: 72, 5: 72, 6: 72}, {71: HERE, 72: HERE}, {1, 4})
    assert told(BEFORE, after, {HERE}).after == {71: ("same", 10), 72: ("same", 20)}


def test_one_who_is_all_that_was_found_of_a_household_is_a_question() -> None:
    after = Survey({3: 71, 4: 72, 5: 72}, {71: HERE, 72: HERE}, {3, 4})
    assert told(BEFORE, after, set()).after[71] == ("split", 10)
    found = told(BEFORE, after, {HERE})
    assert found.after[71] == ("doubtful", 10)
    assert found.before == {}


def test_only_where_the_survey_went_is_a_household_not_found() -> None:
    nobody = Survey({}, {})
    assert told(BEFORE, nobody, {HERE}).before == {10: ("not_found", None), 20: ("not_found", None)}
    assert told(BEFORE, nobody, {THERE}).before == {}


@given(surveys(), surveys(), covers, st.randoms())
def test_the_order_of_what_is_given_does_not_matter(before, after, covered, random) -> None:  # type: ignore[no-untyped-def]
    def shuffled(survey: Survey) -> Survey:
        pairs = list(survey.home_of.items())
        random.shuffle(pairs)
        return Survey(dict(pairs), dict(reversed(list(survey.area_of.items()))), survey.heads)

    assert told(shuffled(before), shuffled(after), covered) == told(before, after, covered)


@given(surveys(), surveys(), covers)
def test_each_household_has_one_word_and_goes_on_at_most_once(before, after, covered) -> None:  # type: ignore[no-untyped-def]
    found = told(before, after, covered)
    assert found.after.keys() == after.area_of.keys()
    gone_on = Counter(old for kind, old in found.after.values() if kind in ("same", "moved"))
    assert all(count == 1 for count in gone_on.values())
    assert not gone_on.keys() & found.before.keys()
    for old, (kind, into) in found.before.items():
        assert into in gone_on if kind == "merged" else before.area_of[old] in covered


def test_numbers_that_nobody_confirmed_decide_nothing_by_themselves() -> None:
    assert not terms(on=date(2026, 7, 1)).decides
    assert TERMS.decides
    with pytest.raises(NoValue):
        terms(on=date(2000, 1, 1))
