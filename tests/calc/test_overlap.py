"""Overlaps against a model that compares every two enrolments in plain Python; faulty policies, by line."""

from collections import defaultdict
from datetime import date, timedelta
from importlib.resources import files
from itertools import combinations

import ibis
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from saiban.calc import engine
from saiban.calc.overlap import (
    COLUMNS,
    OverlapPolicy,
    Pair,
    overlaps,
    overlaps_sql,
    pairs,
    parse_policy,
    shipped_policy,
)
from saiban.data.errors import BadInput
from saiban.data.facts import schemes

ON = date(2026, 7, 1)
CODES = ("A", "B", "C", "D", "E")
ENTRY = 'label: {en: words, ur: الفاظ}, reference: "made for this test", page: "1", confirmed: false'
POLICY = f"""
exclusive:
  - {{code: group, level: person, schemes: [A, B, C], from: 2020-01-01, {ENTRY}}}
  - {{code: alone, level: person, scheme: D, excludes: all, from: 2020-01-01, {ENTRY}}}
  - {{code: in-the-house, level: household, scheme: E, excludes: [A, C], from: 2020-01-01, {ENTRY}}}
  - {{code: was-once, level: person, scheme: E, excludes: [B], from: 2020-01-01, until: 2026-07-01, {ENTRY}}}
caps:
  - {{code: most-of-one, level: person, schemes: [A, B, D], yearly_paisa: 100, from: 2020-01-01, {ENTRY}}}
  - {{code: most-of-all, level: household, schemes: all, yearly_paisa: 250, from: 2020-01-01, {ENTRY}}}
  - {{code: not-yet, level: household, schemes: all, yearly_paisa: 1, from: 2026-07-02, {ENTRY}}}
"""
SCHEMA = pa.schema(
    [
        ("enrolment_id", pa.int64()),
        ("scheme", pa.string()),
        ("unit", pa.string()),
        ("person_id", pa.int64()),
        ("household_id", pa.int64()),
        ("starts_on", pa.date32()),
        ("ends_on", pa.date32()),
        ("yearly_paisa", pa.int64()),
    ]
)
Row = dict[str, object]


def policy(text: str = POLICY) -> OverlapPolicy:
    return parse_policy(text, place="policy.yaml", schemes=CODES)


def enrolment(
    number: int, scheme: str, person: int | None, household: int | None = None, **other: object
) -> Row:
    given = {
        "enrolment_id": number,
        "scheme": scheme,
        "unit": "person",
        "person_id": person,
        "household_id": household,
        "starts_on": date(2026, 1, 1),
        "ends_on": None,
        "yearly_paisa": 40,
    }
    return {**given, **other}


@st.composite
def enrolments(draw: st.DrawFn) -> list[Row]:
    days = st.sampled_from([-40, -1, 0, 1, 40])
    rows = []
    for number in draw(st.permutations(range(draw(st.integers(1, 14))))):
        starts_on = ON + timedelta(days=draw(days))
        ends_after = draw(st.sampled_from([None, None, 1, 39, 40, 41]))
        rows.append(
            enrolment(
                number,
                draw(st.sampled_from(CODES)),
                draw(st.sampled_from([None, 1, 2, 3])),
                draw(st.sampled_from([None, 1, 2])),
                unit=draw(st.sampled_from(["person", "household"])),
                starts_on=starts_on,
                ends_on=starts_on + timedelta(days=ends_after) if ends_after else None,
                yearly_paisa=draw(st.sampled_from([0, 30, 60, 101])),
            )
        )
    return rows


def found(rows: list[Row], *, on: date = ON) -> list[Row]:
    table = ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA))
    return in_order(overlaps(table, policy(), on=on, schemes=CODES).to_pyarrow().to_pylist())


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["kind"], row["policy"], row["left_id"], row["right_id"] or -1))


def expected(rows: list[Row]) -> list[Row]:
    """Every two open enrolments side by side, and every purse counted, step by step."""
    running = sorted(
        (r for r in rows if r["starts_on"] <= ON and not (r["ends_on"] and r["ends_on"] <= ON)),
        key=lambda row: row["enrolment_id"],
    )
    answer = []
    for place, right in enumerate(running):
        for level in ("person", "household"):
            who = right[f"{level}_id"]
            same = [
                r
                for r in running[:place]
                if (r["scheme"], whose(r), r[f"{level}_id"]) == (right["scheme"], level, who)
            ]
            if whose(right) == level and who is not None and same:
                answer.append(beside(same[0], right, "twice", level, ""))
    for left, right in combinations(running, 2):
        for level in ("person", "household"):
            code = judged(level, {left["scheme"], right["scheme"]})
            if code and left[f"{level}_id"] is not None and left[f"{level}_id"] == right[f"{level}_id"]:
                answer.append(beside(left, right, "exclusive", level, code))
    answer += purses(running, "person", "most-of-one", {"A", "B", "D"}, 100)
    answer += purses(running, "household", "most-of-all", set(CODES), 250)
    return in_order(answer)


def whose(row: Row) -> str:
    """A household's place whose household nobody knows is told apart by the person who was named."""
    return "household" if row["unit"] == "household" and row["household_id"] is not None else "person"


def judged(level: str, both: set[object]) -> str:
    """The policy of this test in Python: which entry says that these two may not be together."""
    if len(both) < 2:
        return ""
    if level == "household":
        return "in-the-house" if both in ({"E", "A"}, {"E", "C"}) else ""
    if both <= {"A", "B", "C"}:
        return "group"
    return "alone" if "D" in both else ""


def beside(left: Row, right: Row, kind: str, level: str, code: str) -> Row:
    household = left["household_id"] if left["household_id"] is not None else right["household_id"]
    return {
        "kind": kind,
        "level": level,
        "policy": code,
        "person_id": left["person_id"] if level == "person" else None,
        "household_id": household,
        "left_id": left["enrolment_id"],
        "right_id": right["enrolment_id"],
        "left_scheme": left["scheme"],
        "right_scheme": right["scheme"],
        "from_on": max(left["starts_on"], right["starts_on"]),
        "yearly_paisa": min(left["yearly_paisa"], right["yearly_paisa"]),
        "total_paisa": None,
        "enrolments": None,
    }


def purses(running: list[Row], level: str, code: str, counted: set[str], most: int) -> list[Row]:
    purse: dict[object, list[Row]] = defaultdict(list)
    for row in running:
        if row[f"{level}_id"] is not None and row["scheme"] in counted:
            purse[row[f"{level}_id"]].append(row)
    answer = []
    for who, theirs in purse.items():
        total = sum(row["yearly_paisa"] for row in theirs)
        if total > most:
            one = {**beside(theirs[0], theirs[0], "cap", level, code), "right_id": None, "right_scheme": ""}
            answer.append(
                {
                    **one,
                    "person_id": who if level == "person" else None,
                    "from_on": max(row["starts_on"] for row in theirs),
                    "yearly_paisa": total - most,
                    "total_paisa": total,
                    "enrolments": len(theirs),
                }
            )
    return answer


@pytest.mark.slow
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(enrolments())
def test_the_overlaps_are_those_of_the_model(rows: list[Row]) -> None:
    assert found(rows) == expected(rows)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(enrolments())
def test_asking_of_one_household_alone_gives_its_part_of_all(rows: list[Row]) -> None:
    for row in rows:  # persons of a household of their own, so that a part can be cut out whole
        row["person_id"] = (
            row["household_id"] and row["person_id"] and row["household_id"] * 10 + row["person_id"]
        )
    alone = found([row for row in rows if row["household_id"] == 1])
    assert alone == [row for row in found(rows) if row["household_id"] == 1]


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(enrolments())
def test_compiled_sql_answers_as_the_expression_and_names_every_column(rows: list[Row]) -> None:
    connection = engine.connect(threads=1)
    connection.register("enrolments", pa.Table.from_pylist(rows, schema=SCHEMA))
    columns = engine.over(connection).table("enrolments").schema()
    query = overlaps_sql(policy(), columns, relation="enrolments", on=ON, schemes=CODES)
    answer = connection.execute(query).to_arrow_table()
    assert tuple(answer.column_names) == COLUMNS
    assert in_order(answer.to_pylist()) == found(rows)


def test_of_three_places_in_one_scheme_two_are_too_many() -> None:
    rows = [enrolment(number, "E", 1, yearly_paisa=number) for number in (3, 1, 2)]
    assert [(r["left_id"], r["right_id"], r["yearly_paisa"]) for r in found(rows)] == [(1, 2, 1), (1, 3, 1)]


def test_whoever_is_not_known_overlaps_with_nobody() -> None:
    assert found([enrolment(1, "A", None), enrolment(2, "A", None), enrolment(3, "B", None)]) == []


def test_a_place_that_ends_on_the_day_is_closed_and_one_that_begins_then_is_open() -> None:
    rows = [enrolment(1, "A", 1), enrolment(2, "B", 1, ends_on=ON), enrolment(3, "C", 1, starts_on=ON)]
    assert [(row["right_scheme"], row["from_on"]) for row in found(rows) if row["kind"] == "exclusive"] == [
        ("C", ON)
    ]


def test_two_members_of_one_household_conflict_only_under_a_policy_of_households() -> None:
    rows = [enrolment(1, "A", 1, 7), enrolment(2, "B", 2, 7), enrolment(3, "E", 3, 7)]
    assert [(r["policy"], r["level"], r["person_id"], r["household_id"]) for r in found(rows)] == [
        ("in-the-house", "household", None, 7)
    ]


def test_without_a_policy_only_doubles_are_found() -> None:
    rows = [enrolment(1, "A", 1), enrolment(2, "A", 1), enrolment(3, "B", 1)]
    table = ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA))
    answer = overlaps(table, OverlapPolicy(), on=ON).to_pyarrow().to_pylist()
    assert [(row["kind"], row["left_id"], row["right_id"]) for row in answer] == [("twice", 1, 2)]


def test_pairs_are_dated_and_a_named_pair_goes_before_all() -> None:
    before = pairs(policy(), on=date(2026, 6, 30), schemes=CODES)
    assert Pair("person", "was-once", "B", "E") in before
    now = pairs(policy(), on=ON, schemes=(*CODES, "F"))
    assert now == (
        Pair("household", "in-the-house", "A", "E"),
        Pair("household", "in-the-house", "C", "E"),
        *(Pair("person", "alone", *sorted(("D", code))) for code in ("A", "B", "C", "E", "F")),
        Pair("person", "group", "A", "B"),
        Pair("person", "group", "A", "C"),
        Pair("person", "group", "B", "C"),
    )
    assert pairs(policy(), on=date(2019, 12, 31), schemes=CODES) == ()


def test_a_pair_that_two_entries_cover_is_found_once() -> None:
    both = f"""
exclusive:
  - {{code: first, level: person, scheme: D, excludes: all, from: 2020-01-01, {ENTRY}}}
  - {{code: second, level: person, scheme: E, excludes: all, from: 2020-01-01, {ENTRY}}}
  - {{code: named, level: person, schemes: [A, D], from: 2020-01-01, {ENTRY}}}
"""
    codes = {(pair.left, pair.right): pair.policy for pair in pairs(policy(both), on=ON, schemes=CODES)}
    assert (codes["D", "E"], codes["A", "D"], codes["A", "E"]) == ("first", "named", "second")
    assert len(codes) == 7


SECOND = "  - {code: second, level: person, %s, from: 2021-01-01, %s}\n"
FIRST = f"exclusive:\n  - {{code: first, level: person, schemes: [A, B], from: 2020-01-01, {ENTRY}}}\n"
CAP = "caps:\n  - {code: cap, level: person, %s, from: 2021-01-01, %s}\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (FIRST + SECOND % ("scheme: C, excludes: [C]", ENTRY), 3, "none excludes itself"),
        (FIRST + SECOND % ("schemes: [C, D, C]", ENTRY), 3, "none excludes itself"),
        (FIRST + SECOND % ("schemes: [C, Z]", ENTRY), 3, "Z is none"),
        (FIRST + SECOND % ("scheme: C, excludes: [Z]", ENTRY), 3, "Z is none"),
        (FIRST + SECOND % ("schemes: []", ENTRY), 3, "either `schemes`, or `scheme`"),
        (FIRST + SECOND % ("schemes: [C]", ENTRY), 3, "at least two schemes"),
        (FIRST + SECOND % ("schemes: all", ENTRY), 3, "at least two schemes"),
        (FIRST + SECOND % ("scheme: C, excludes: []", ENTRY), 3, "with what it `excludes`"),
        (FIRST + SECOND % ("scheme: C, schemes: [D, E], excludes: [A]", ENTRY), 3, "either `schemes`"),
        (FIRST + SECOND % ("scheme: C, excludes: [all, D]", ENTRY), 3, "`all`, or a list"),
        (FIRST + SECOND % ("scheme: B, excludes: [C, A]", ENTRY), 3, "A and B stand in first too"),
        (FIRST + FIRST.splitlines()[1] + "\n", 3, "first stands twice"),
        (FIRST + SECOND % ("schemes: [C, D], until: 2021-01-01", ENTRY), 3, "lies after `from`"),
        (FIRST + SECOND % ("schemes: [C, D]", ENTRY.replace(", ur: الفاظ", "")), 3, "Field required"),
        (FIRST.replace("level: person", "level: village"), 2, "'person' or 'household'"),
        (FIRST.replace("code: first", "code: First one"), 2, "pattern"),
        (CAP % ("schemes: [A], yearly_paisa: 0", ENTRY), 2, "greater than 0"),
        (CAP % ("schemes: [A], yearly_paisa: 10.5", ENTRY), 2, "integer"),
        (CAP % ("schemes: [], yearly_paisa: 10", ENTRY), 2, "not empty"),
        (CAP % ("schemes: [A, A], yearly_paisa: 10", ENTRY), 2, "each scheme once"),
        (CAP % ("schemes: [Z], yearly_paisa: 10", ENTRY), 2, "Z is none"),
        ("exclusive: [", 1, "a YAML document"),
    ],
)
def test_a_policy_with_a_fault_is_refused_at_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        policy(text)
    assert refused.value.place == f"policy.yaml, line {line}"
    assert says in refused.value.expected


def test_a_pair_may_come_back_after_its_entry_has_ended() -> None:
    ended = FIRST.replace("from: 2020-01-01", "from: 2020-01-01, until: 2021-01-01")
    again = policy(ended + SECOND % ("schemes: [A, B]", ENTRY))
    assert [pair.policy for pair in pairs(again, on=date(2020, 12, 31))] == ["first"]
    assert [pair.policy for pair in pairs(again, on=date(2021, 1, 1))] == ["second"]


def test_the_policy_of_the_project_names_real_schemes_and_says_on_what_each_entry_rests() -> None:
    shipped = shipped_policy()
    assert set(shipped.named) <= set(schemes())
    for entry in shipped.entries:
        assert entry.label.en != entry.label.ur
        assert entry.holds_on(ON)
    text = (files("saiban.data") / "overlaps.yaml").read_text(encoding="utf-8")
    with pytest.raises(BadInput, match=r"overlaps.yaml, line \d+: .*SWD-HIM is none"):
        parse_policy(text, place="overlaps.yaml", schemes=set(schemes()) - {"SWD-HIM"})


def test_the_published_conditions_stand_in_the_policy() -> None:
    known = {(pair.left, pair.right): pair for pair in pairs(shipped_policy(), on=ON, schemes=schemes())}
    assert known["PSPA-HQ", "SWD-HIM"].policy == "disability-cash"
    assert known["PSPA-BHB", "ZK-GA"].policy == "no-other-assistance"
    assert known["HR-MIN", "PSPA-BHB"].policy == "no-other-assistance"
    assert known["HR-MIN", "KISSAN"].policy == "no-other-aid"
    assert (
        known["BISP-FUEL", "BISP-KAF"].level == "person"
        or known["BISP-FUEL", "BISP-KAF"].level == "household"
    )
    assert ("EOBI-OAP", "PSPA-BHB") not in known  # a pension that was paid for is no assistance
