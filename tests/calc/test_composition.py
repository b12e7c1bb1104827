"""Composition against a model in plain Python that reads the members one by one."""

from datetime import date

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saiban.calc.composition import composition, with_age
from saiban.data.dictionary import fields

PERSON = fields("person")
TYPES = {
    "household_id": pa.int64(), "age": pa.int64(), "sex": pa.string(), "relation": pa.string(),
    "work_status": pa.string(), "schooling_years": pa.int64(), "in_school": pa.bool_(),
    "unskilled_work": pa.bool_(),
}  # fmt: skip
Member = dict[str, object]


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(*[strategy] * 12, st.none())


MEMBER = st.fixed_dictionaries(
    {
        "age": maybe(st.integers(0, 90)),
        "sex": maybe(st.sampled_from(["female", "male"])),
        "relation": maybe(st.sampled_from(PERSON["relation"].answers)),
        "work_status": maybe(st.sampled_from(PERSON["work_status"].answers)),
        "schooling_years": maybe(st.integers(0, 18)),
        "in_school": maybe(st.booleans()),
        "unskilled_work": maybe(st.booleans()),
    }
)


def count(members: list[Member], holds) -> int | None:
    answers = [holds(member) for member in members]
    return None if None in answers else sum(answers)


def aged(low: int, high: int):
    return lambda m: None if m["age"] is None else low <= m["age"] <= high


def pupil(low: int, high: int, attends: bool):
    def holds(m: Member) -> bool | None:
        if m["age"] is not None and not low <= m["age"] <= high:
            return False
        if m["in_school"] is not None and m["in_school"] != attends:
            return False
        return None if m["age"] is None or m["in_school"] is None else True

    return holds


def worker(is_so):
    def holds(m: Member) -> bool | None:
        if (m["age"] is not None and m["age"] < 10) or m["work_status"] == "none":
            return False
        answer = is_so(m)
        return None if m["work_status"] is None and answer is not False else answer

    return holds


def expected(members: list[Member]) -> dict[str, object]:
    heads = [m for m in members if m["relation"] == "head"]
    head = heads[0] if len(heads) == 1 else {"age": None, "sex": None, "schooling_years": None}
    ladies = [m for m in members if m["sex"] == "female" and m["relation"] in ("head", "spouse")]
    schooled = [m["schooling_years"] for m in members]
    unknown = [m for m in members if m["schooling_years"] is None and (m["age"] is None or m["age"] >= 5)]
    kept_home = count(members, pupil(5, 13, attends=False))
    lady = "none" if any((m["schooling_years"] or 0) == 0 for m in ladies) else ""
    if any((m["schooling_years"] or 0) >= 1 for m in ladies):
        lady = "class_1_or_higher"
    return {
        "household_size": len(members),
        "members_under_5": count(members, aged(0, 4)),
        "members_0_13": count(members, aged(0, 13)),
        "members_5_17": count(members, aged(5, 17)),
        "members_18_64": count(members, aged(18, 64)),
        "members_65_plus": count(members, aged(65, 999)),
        "head_female": None if head["sex"] is None else head["sex"] == "female",
        "head_age": head["age"],
        "head_schooling_years": head["schooling_years"],
        "max_schooling_years": None if unknown else max((years or 0) for years in schooled),
        "female_head_or_spouse_schooling": lady or "no_woman",
        "children_school_age": count(members, aged(5, 16)),
        "children_in_school": count(members, pupil(5, 16, attends=True)),
        "children_5_13_all_in_school": None if kept_home is None else kept_home == 0,
        "workers": count(members, worker(lambda m: True)),
        "workers_paid": count(members, worker(lambda m: m["work_status"] in (None, "paid"))),
        "workers_self_employed": count(
            members, worker(lambda m: m["work_status"] in (None, "self_employed"))
        ),
        "workers_cultivator": count(members, worker(lambda m: m["work_status"] in (None, "cultivator"))),
        "workers_sharecropper": count(members, worker(lambda m: m["work_status"] in (None, "sharecropper"))),
        "workers_elementary": count(members, worker(lambda m: m["unskilled_work"])),
    }


def composed(households: list[list[Member]]) -> list[dict[str, object]]:
    rows = [{"household_id": number, **m} for number, members in enumerate(households) for m in members]
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()}
    found = composition(ibis.memtable(pa.table(columns))).order_by("household_id").to_pyarrow().to_pylist()
    return [{name: value for name, value in row.items() if name != "household_id"} for row in found]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(MEMBER, min_size=1, max_size=7), min_size=1, max_size=15))
def test_the_counts_are_those_of_reading_member_by_member(households: list[list[Member]]) -> None:
    assert composed(households) == [expected(members) for members in households]


def test_every_composition_field_of_the_dictionary_is_counted_and_no_other() -> None:
    member = {"age": 40, "sex": "male", "relation": "head", "work_status": "paid", "schooling_years": 10,
              "in_school": False, "unskilled_work": False}  # fmt: skip
    codes = {code for code, field in fields("household").items() if field.composition}
    assert set(composed([[member]])[0]) == codes


def test_an_unknown_age_makes_the_counts_by_age_unknown_but_not_the_size() -> None:
    head = {"age": 40, "sex": "male", "relation": "head", "work_status": "paid", "schooling_years": 10,
            "in_school": False, "unskilled_work": False}  # fmt: skip
    found = composed([[head, {**head, "relation": "child", "age": None}]])[0]
    assert (found["household_size"], found["members_under_5"], found["workers"]) == (2, None, 2)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2000, 7, 31), date(2026, 7, 30), 25),
        (date(2000, 7, 31), date(2026, 7, 31), 26),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (date(2026, 7, 31), date(2026, 7, 31), 0),
    ],
)
def test_age_is_completed_years(born: date, on: date, age: int) -> None:
    members = ibis.memtable(pa.table({"birth_date": [born], "asked_on": [on]}))
    assert with_age(members, on=on).age.to_pyarrow().to_pylist() == [age]
    assert with_age(members, on="asked_on").age.to_pyarrow().to_pylist() == [age]
