"""What rules answer: clauses, reasons, edges; read as one reads the rule."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import ibis
import pytest

from saiban.calc.policy import NoValue, UnconfirmedValue
from saiban.calc.rules import answer_one, answers, answers_sql, check, in_words, known_fields, policy_numbers
from saiban.data.errors import BadInput

POLICY = {"pmt.cutoff": Decimal(30)}
EXAMPLE = "score.pmt <= policy.pmt.cutoff && !(has_car || has_tractor) && members_under_5 >= 1"


def ask(text: str, unit: str = "household", **values: object) -> tuple[str, tuple[str, ...]]:
    told = answer_one(check(text, unit=unit), values, policy=POLICY)
    return told.answer, told.because


def test_clauses_are_the_operands_of_and_in_brackets_too() -> None:
    rule = check("has_car && (rooms > 2 && (urban || has_gas)) && !(urban && has_gas)", unit="household")
    assert [clause.text for clause in rule.clauses] == [
        "has_car", "rooms > 2", "urban || has_gas", "!(urban && has_gas)",
    ]  # fmt: skip
    assert rule.clauses[2].inputs == ("urban", "has_gas")


def test_inputs_are_reported_fields_and_policies_are_named() -> None:
    rule = check("rooms_per_person < 500 && score.pmt <= policy.pmt.cutoff", unit="household")
    assert rule.inputs == ("rooms", "household_size", "score_pmt")
    assert rule.policies == ("pmt.cutoff",)


def test_an_explained_answer_says_what_each_clause_saw() -> None:
    told = answer_one(
        check(EXAMPLE, unit="household"),
        {"score_pmt": Decimal("30.0000"), "has_car": False, "members_under_5": 2},
        policy=POLICY,
    )
    assert (told.answer, told.because) == ("unknown", ("has_tractor",))
    assert told.clauses[0] == ("score.pmt <= policy.pmt.cutoff", True, (), {"score_pmt": Decimal("30.0000")})
    assert [clause.holds for clause in told.clauses] == [True, None, True]


@pytest.mark.parametrize(
    ("text", "values", "answer", "because"),
    [
        ("has_car && rooms > 2", {"has_car": False}, "not_eligible", ()),
        ("has_car || rooms > 2", {"has_car": True}, "eligible", ()),
        ("has_car || rooms > 2", {"has_car": False}, "unknown", ("rooms",)),
        ("has_car && rooms > 2", {"has_car": True}, "unknown", ("rooms",)),
        ("has_car && rooms > 2", {}, "unknown", ("has_car", "rooms")),
        ("has_car || !has_car", {}, "unknown", ("has_car",)),
        ("rooms / workers > 1", {"rooms": 3, "workers": 0}, "unknown", ("workers",)),
        ("rooms % workers == 1", {"workers": 0}, "unknown", ("rooms", "workers")),
        ("rooms_per_person < 9", {"rooms": 3, "household_size": 0}, "unknown", ("household_size",)),
        ("school_share < 0", {"children_in_school": None, "children_school_age": 0}, "eligible", ()),
        ("has_vehicle", {"has_car": True}, "eligible", ()),
        ("has_vehicle", {"has_car": False, "has_tractor": False}, "unknown", ("has_motorcycle",)),
        ("land_acres <= 2.5", {"land_acres": "2.500"}, "eligible", ()),
        ("rooms < 2.5", {"rooms": 2}, "eligible", ()),
        ("(rooms - 9) / 2 == -3 && (rooms - 9) % 2 == -1", {"rooms": 2}, "eligible", ()),
        ("rooms / workers == 3 && rooms % workers == 1", {"rooms": 7, "workers": 2}, "eligible", ()),
        ("rooms / (workers - 4) == -3", {"rooms": 7, "workers": 2}, "eligible", ()),
        ("rooms - 1 - 1 == 5 && 2 + rooms * 2 == 16", {"rooms": 7}, "eligible", ()),
        ("land_acres * 1.5 == 3.75 && -land_acres + 0.5 < -1.9999", {"land_acres": "2.5"}, "eligible", ()),
        ("7 >= rooms && 7 <= rooms && !(7 < rooms || 7 > rooms)", {"rooms": 7}, "eligible", ()),
        ("!!has_car && - -rooms == 2", {"has_car": True, "rooms": 2}, "eligible", ()),
    ],
)
def test_three_values(text: str, values: dict[str, object], answer: str, because: tuple[str, ...]) -> None:
    assert ask(text, **values) == (answer, because)
    assert as_table(text, values) == (answer, ",".join(because))


def as_table(text: str, values: dict[str, object]) -> tuple[str, str]:
    """The same case as a table of one row."""
    rule, known = check(text, unit="household"), known_fields("household")
    types = {"int": "int64", "bool": "bool", "string": "string", "decimal": "decimal(12,3)"}
    schema = {"id": "int64"} | {name: types[known[name].type] for name in rule.inputs}
    row = {"id": 1} | {name: _exact(values.get(name)) for name in rule.inputs}
    table = ibis.memtable([row], schema=ibis.schema(schema))
    found = answers(rule, table, policy=POLICY, key="id", explain=True).to_pyarrow().to_pylist()[0]
    return found["answer"], found["because"]


def _exact(value: object) -> object:
    return Decimal(value) if isinstance(value, str) and value[0].isdigit() else value


def test_a_person_has_an_age_and_the_fields_of_the_household() -> None:
    assert ask("age >= 65 && rooms < 3", "person", age=65, rooms=2) == ("eligible", ())


@pytest.mark.parametrize("value", ["3", 3.0, True])
def test_a_value_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="rooms must be a int"):
        ask("rooms > 2", rooms=value)


def test_numbers_of_policy_are_those_of_the_day() -> None:
    rule = check(EXAMPLE, unit="household")
    assert policy_numbers(rule, on=date(2026, 7, 1), allow_unconfirmed=True) == POLICY
    with pytest.raises(UnconfirmedValue):
        policy_numbers(rule, on=date(2026, 7, 1))
    with pytest.raises(NoValue):
        policy_numbers(rule, on=date(1990, 7, 1), allow_unconfirmed=True)


@pytest.mark.parametrize(
    "numbers", [{}, {"pmt.cutoff": Decimal("30.00001")}, {"pmt.cutoff": Decimal(10**10)}]
)
def test_a_number_of_policy_beyond_the_check_is_refused(numbers: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match=r"pmt\.cutoff"):
        answer_one(check(EXAMPLE, unit="household"), {}, policy=numbers)


@pytest.mark.parametrize(
    ("columns", "key", "says"),
    [
        ({"id": "int64"}, "id", "columns are missing: rooms"),
        ({"id": "int64", "rooms": "string"}, "id", "the column rooms is string"),
        ({"answer": "int64", "rooms": "int64"}, "answer", "the id cannot be called answer"),
    ],
)
def test_a_table_that_cannot_be_asked_is_refused(columns: dict[str, str], key: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        answers(check("rooms > 2", unit="household"), ibis.table(columns, name="t"), policy={}, key=key)


def test_small_integers_are_calculated_with_as_large_ones() -> None:
    table = ibis.memtable({"id": [1], "rooms": [40]}, schema=ibis.schema({"id": "int64", "rooms": "int8"}))
    rule = check("rooms * rooms * rooms == 64000", unit="household")
    assert answers(rule, table, policy={}, key="id").answer.to_list() == ["eligible"]


def test_other_policy_gives_other_sql() -> None:
    rule, columns = check(EXAMPLE, unit="household"), {"id": "int64", "score_pmt": "decimal(9,4)"}
    schema = ibis.schema(columns | {"has_car": "bool", "has_tractor": "bool", "members_under_5": "int64"})
    written = {
        answers_sql(rule, schema, relation="t", policy={"pmt.cutoff": Decimal(cut)}, key="id")
        for cut in ("30", "30.0", "31")
    }
    assert len(written) == 2


def test_plain_words_in_both_languages() -> None:
    rule = check(EXAMPLE, unit="household")
    assert in_words(rule.clauses[0], "en", policy=POLICY) == (
        "“Poverty score” is at most “Score at or below which a household is poor” (30)"
    )
    assert in_words(rule.clauses[1], "en") == "“Car, van or truck”: no, and “Tractor”: no"
    assert in_words(rule.clauses[2], "ur") == "”پانچ سال سے کم عمر بچے“ کم از کم 1 ہے"
    turned = check('!("none" == toilet || 3 < rooms || has_car == false)', unit="household")
    assert (
        in_words(turned, "en")
        == "“Toilet” is not “none”, and “Rooms” is at most 3, and “Car, van or truck”: yes"
    )


def test_the_example_of_the_documentation_is_a_rule() -> None:
    text = (Path(__file__).parents[3] / "docs" / "algorithms" / "small-children.cel").read_text(
        encoding="utf-8"
    )
    assert len(check(text, unit="household").clauses) == 3
