"""A rule says the same however it is asked: over a table, of one case, with reasons or without, and by two
evaluators that share nothing with ours.
"""

import celpy
import celpy.celtypes
import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from saiban.calc.rules import CheckedRule, Unit, answer_one, answers_sql, check
from saiban.data.errors import BadInput
from tests.calc.rules.made import COLUMNS, HALF, POLICY, Part, cases, rules

ANSWER = {0: "not_eligible", HALF: "unknown", 1: "eligible"}
UNITS = ("household", "person")
REFUSED = ("the same for everyone", "a division by 0", "more than 18 digits", "more than 15 digits")
SLOW = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
}


def checked(part: Part, unit: Unit) -> CheckedRule:
    """The rule, or another try where it is refused: made at random, it can be the same for everyone."""
    try:
        return check(part.text, unit=unit)
    except BadInput as error:
        assume(not any(words in str(error) for words in REFUSED))
        raise


@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=400, **SLOW)
@given(data=st.data())
def test_one_case_agrees_with_the_least_and_the_greatest_of_its_parts(
    unit: Unit, data: st.DataObject
) -> None:
    part = data.draw(rules(unit))
    rule, values = checked(part, unit), data.draw(cases(unit))
    told = answer_one(rule, values, policy=POLICY)
    assert told.answer == ANSWER[part.means(values)], part.text


@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=400, **SLOW)
@given(data=st.data())
def test_the_reasons_are_what_is_missing_or_divides_by_zero(unit: Unit, data: st.DataObject) -> None:
    rule, values = checked(data.draw(rules(unit)), unit), data.draw(cases(unit))
    told = answer_one(rule, values, policy=POLICY)
    assert (told.answer == "unknown") == bool(told.because)
    gaps = {name for name in rule.inputs if values[name] is None}
    assert set(told.because) <= set(rule.inputs)
    if "/" not in rule.text and "%" not in rule.text:
        assert set(told.because) <= gaps
    assert gaps or told.because == () or "/" in rule.text or "%" in rule.text
    for clause, answered in zip(rule.clauses, told.clauses, strict=True):
        assert (answered.holds is None) == bool(answered.because)
        assert set(answered.values) == set(clause.inputs)
    if told.answer == "unknown":
        assert set(told.because) == {name for each in told.clauses for name in each.because}


def over_a_table(
    rule: CheckedRule, people: list[dict[str, object]], *, explain: bool
) -> list[tuple[object, ...]]:
    names = list(people[0])
    table = pa.table(
        {
            "id": pa.array(range(len(people)), pa.int64()),
            **{name: pa.array([each[name] for each in people], ARROW[COLUMNS[name]]) for name in names},
        }
    )
    connection = duckdb.connect()
    connection.register("people", table)
    columns = ibis.schema({"id": "int64", **{name: COLUMNS[name] for name in names}})
    query = answers_sql(rule, columns, relation="people", policy=POLICY, key="id", explain=explain)
    return connection.execute(f"SELECT * FROM ({query}) ORDER BY id").fetchall()  # noqa: S608


ARROW = {
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "string": pa.string(),
    "decimal(12,3)": pa.decimal128(12, 3),
    "decimal(9,4)": pa.decimal128(9, 4),
}


@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=60, **SLOW)
@given(data=st.data())
def test_a_table_agrees_with_each_of_its_rows(unit: Unit, data: st.DataObject) -> None:
    rule = checked(data.draw(rules(unit)), unit)
    people = data.draw(st.lists(cases(unit), min_size=12, max_size=12))
    told = [answer_one(rule, values, policy=POLICY) for values in people]
    assert over_a_table(rule, people, explain=False) == [(row, one.answer) for row, one in enumerate(told)]
    assert over_a_table(rule, people, explain=True) == [
        (row, one.answer, *(clause.holds for clause in one.clauses), ",".join(one.because))
        for row, one in enumerate(told)
    ], rule.text


@pytest.mark.parametrize("unit", UNITS)
@settings(max_examples=150, **SLOW)
@given(data=st.data())
def test_what_is_wholly_known_agrees_with_cel_python(unit: Unit, data: st.DataObject) -> None:
    part, values = data.draw(rules(unit, with_decimals=False)), data.draw(cases(unit, gaps=False))
    assume(not any(name in part.text for name in ("has_vehicle", "rooms_per_person", "school_share")))
    told = answer_one(checked(part, unit), values, policy=POLICY)
    assume(told.answer != "unknown")  # a zero divisor: cel-python raises, or short-circuits past it
    known = {name: cel_value(value) for name, value in values.items() if COLUMNS[name][0] != "d"}
    environment = celpy.Environment()
    program = environment.program(environment.compile(part.text))
    assert bool(program.evaluate(known)) == (told.answer == "eligible"), part.text


def cel_value(value: object) -> object:
    if isinstance(value, bool):
        return celpy.celtypes.BoolType(value)
    return celpy.celtypes.IntType(value) if isinstance(value, int) else celpy.celtypes.StringType(value)
