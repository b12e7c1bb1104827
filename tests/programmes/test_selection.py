"""The line of a cycle: against a line that is walked person by person."""

import hashlib
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saiban.programmes.selecting import places_within, select_table

SCHEMA = pa.schema(
    [
        ("household_id", pa.int64()),
        ("person_id", pa.int64()),
        ("score", pa.decimal128(9, 4)),
        ("household_size", pa.int64()),
        ("answer", pa.string()),
        ("held", pa.string()),
        ("barred", pa.bool_()),
        ("room", pa.int64()),
    ]
)
rows_of_one = st.fixed_dictionaries(
    {
        "household_id": st.integers(1, 4),
        "person_id": st.none() | st.integers(1, 30),
        "score": st.none() | st.sampled_from([Decimal("11.5000"), Decimal("11.5001"), Decimal("30.0000")]),
        "household_size": st.none() | st.integers(1, 3),
        "answer": st.sampled_from(["eligible", "eligible", "eligible", "unknown"]),
        "held": st.sampled_from(["", "", "", "renewal", "other"]),
        "barred": st.booleans(),
    }
)


@st.composite
def candidates(draw):
    rows = draw(
        st.lists(rows_of_one, max_size=14, unique_by=lambda row: (row["household_id"], row["person_id"]))
    )
    room = {home: draw(st.none() | st.integers(-1, 2)) for home in range(1, 5)}
    return [row | {"room": room[row["household_id"]]} for row in rows]


def selected(rows, *, places, seed="s"):
    found = select_table(pa.Table.from_pylist(rows, SCHEMA), places=places, seed=seed).to_pylist()
    return {(row["household_id"], row["person_id"]): row for row in found}


def drawn(row, seed):
    person = "" if row["person_id"] is None else row["person_id"]
    return hashlib.sha256(f"{seed}:{row['household_id']}:{person}".encode()).hexdigest()[:16]


def before(row, seed):
    """What puts one before another: as the rule says it in words."""
    score = Decimal(10**6) if row["score"] is None else row["score"]
    return (score, -(row["household_size"] or 0), drawn(row, seed))


def walked(rows, *, places, seed="s"):
    """One after the other, as a clerk would with a list and a purse."""
    outcome, left = {}, places
    for row in rows:
        key = (row["household_id"], row["person_id"])
        if row["held"] == "other":
            outcome[key] = "enrolled"
        elif row["answer"] == "unknown":
            outcome[key] = "unknown"
    waiting = [row for row in rows if (row["household_id"], row["person_id"]) not in outcome]
    renewing = [row for row in waiting if row["held"] == "renewal"]
    others = [row for row in waiting if row["held"] != "renewal"]
    taken: dict[int, int] = {}
    for row in [
        *sorted(renewing, key=lambda r: before(r, seed)),
        *sorted(others, key=lambda r: before(r, seed)),
    ]:
        key, home = (row["household_id"], row["person_id"]), row["household_id"]
        if row["held"] != "renewal":
            full = row["room"] is not None and taken.get(home, 0) >= row["room"]
            if row["barred"] or full:
                outcome[key] = "overlap"
                continue
            taken[home] = taken.get(home, 0) + 1
        outcome[key] = "no_budget" if left == 0 else ("enrolled" if row["held"] == "renewal" else "selected")
        left = max(left - 1, 0)
    return outcome


@settings(max_examples=120, deadline=None)
@given(rows=candidates(), places=st.integers(0, 8), seed=st.text("abc", min_size=1, max_size=3))
def test_the_line_is_the_one_that_is_walked_person_by_person(rows, places, seed):
    found = selected(rows, places=places, seed=seed)
    assert {key: row["outcome"] for key, row in found.items()} == walked(rows, places=places, seed=seed)


@settings(max_examples=40, deadline=None)
@given(rows=candidates(), places=st.integers(0, 8), data=st.data())
def test_the_order_in_which_rows_come_does_not_matter(rows, places, data):
    shuffled = data.draw(st.permutations(rows))
    assert selected(rows, places=places) == selected(shuffled, places=places)


@settings(max_examples=40, deadline=None)
@given(rows=candidates(), budget=st.integers(0, 5_000), cost=st.integers(1, 900))
def test_never_more_is_promised_than_there_is(rows, budget, cost):
    found = selected(rows, places=places_within(budget, cost)).values()
    paid = [row for row in found if row["rank"] and row["outcome"] in ("selected", "enrolled")]
    assert len(paid) * cost <= budget


def newcomer(household, person, score="20.0000", size=4, **given):
    return {
        "household_id": household,
        "person_id": person,
        "score": None if score is None else Decimal(score),
        "household_size": size,
        "answer": "eligible",
        "held": "",
        "barred": False,
        "room": None,
    } | given


def test_nobody_who_is_poorer_is_passed_over():
    rows = [newcomer(home, home, f"{home}.0000") for home in range(1, 9)]
    found = selected(rows, places=3)
    assert {key[0] for key, row in found.items() if row["outcome"] == "selected"} == {1, 2, 3}


def test_of_equally_poor_the_larger_household_goes_first():
    found = selected([newcomer(1, 1, size=4), newcomer(2, 2, size=9)], places=1)
    assert [found[2, 2]["outcome"], found[1, 1]["outcome"]] == ["selected", "no_budget"]


def test_between_equals_the_published_seed_decides():
    rows = [newcomer(1, 1), newcomer(2, 2)]
    first = {
        next(key for key, row in selected(rows, places=1, seed=seed).items() if row["outcome"] == "selected")
        for seed in "abcdefgh"
    }
    assert first == {(1, 1), (2, 2)}


def test_who_has_a_place_keeps_it_before_a_poorer_newcomer():
    rows = [newcomer(1, 1, "30.0000", held="renewal"), newcomer(2, 2, "5.0000")]
    found = selected(rows, places=1)
    assert [found[1, 1]["outcome"], found[2, 2]["outcome"]] == ["enrolled", "no_budget"]


def test_who_is_not_scored_stands_last():
    found = selected([newcomer(1, 1, None, 30), newcomer(2, 2, "99.0000")], places=1)
    assert found[1, 1]["outcome"] == "no_budget"


@pytest.mark.parametrize(("places", "paid"), [(0, 0), (1, 1), (5, 2)])
def test_the_budget_ends_the_line(places, paid):
    found = selected([newcomer(1, 1), newcomer(2, 2)], places=places).values()
    assert sum(row["outcome"] == "selected" for row in found) == paid
