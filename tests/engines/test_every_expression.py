"""No expression of ``calc`` without a test that asks both engines."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest

import saiban.calc
from saiban.calc import derived
from tests.engines import test_parity

# who hand expressions to an engine; they are tested by the commands (``test_commands.py``)
RUNNERS = ("saiban.calc.engine", "saiban.calc.spark")
TESTED_BY = {
    "bands.band_column": "test_scores_bands_and_points",
    "composition.age_on": "test_composition_of_households",
    "composition.composition": "test_composition_of_households",
    "composition.with_age": "test_composition_of_households",
    "derived.weighed": "test_scores_bands_and_points",
    "derived.with_derived": "test_derived_fields",
    "metrics.errors_at_cutoff": "test_errors_of_targeting_and_what_a_score_explains",
    "metrics.errors_at_quota": "test_errors_of_targeting_and_what_a_score_explains",
    "metrics.r_squared": "test_errors_of_targeting_and_what_a_score_explains",
    "overlap.expression.overlaps": "test_overlaps_of_enrolments",
    "resolve.lifted": "test_what_is_said_of_members_for_their_household",
    "resolve.resolved": "test_what_holds_of_bills_of_several_months",
    "rounding.looked_up": "test_scores_bands_and_points",
    "rounding.staircase": "test_scores_bands_and_points",
    "rounding.with_half_even": "test_scores_bands_and_points",
    "rounding.with_rank": "test_scores_bands_and_points",
    "rules.expression.answers": "test_answers_of_rules",
    "rules.unknown.because_column": "test_answers_of_rules",
    "scorecard.expression.scored": "test_scores_bands_and_points",
}


def expressions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the room that takes or gives a table or column of Ibis."""
    for found in pkgutil.walk_packages(saiban.calc.__path__, "saiban.calc."):
        if found.name in RUNNERS:
            continue
        for name, function in vars(importlib.import_module(found.name)).items():
            own = inspect.isfunction(function) and function.__module__ == found.name
            if own and not name.startswith("_") and speaks_of_ibis(function):
                yield f"{found.name.removeprefix('saiban.calc.')}.{name}", function


def speaks_of_ibis(function: Callable[..., Any]) -> bool:
    signature = inspect.signature(function)
    words = [each.annotation for each in signature.parameters.values()]
    said = " ".join(map(str, [*words, signature.return_annotation]))
    return "ibis.expr.types" in said or "ir." in said


def reached(function: FunctionType) -> set[FunctionType]:
    """The functions of the room that may be called from a function, by the names in its code."""
    seen: set[Any] = set()
    waiting: list[Any] = [function]
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        for code in codes(each):
            space = vars(importlib.import_module(each.__module__))
            named = (space.get(name) for name in code.co_names)
            waiting += [one for one in named if callable(one) and is_of_calc(one)]
    return seen


def is_of_calc(thing: Any) -> bool:
    return isinstance(thing, FunctionType | type) and thing.__module__.startswith("saiban.calc")


def codes(thing: Any) -> Iterator[CodeType]:
    """The code of a function or of a class's methods, and what lies in it: lambdas, comprehensions."""
    members = vars(thing).values() if isinstance(thing, type) else [inspect.unwrap(thing)]
    waiting = [one.__code__ for one in members if isinstance(one, FunctionType)]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [const for const in code.co_consts if isinstance(const, CodeType)]


def test_every_expression_has_a_test_on_both_engines():
    found = {name for name, _ in expressions()}
    assert found - set(TESTED_BY) == set(), "these have no test in test_parity.py: write one, name it here"
    assert set(TESTED_BY) - found == set(), "these are no expressions of calc any more"


@pytest.mark.parametrize(("name", "test"), sorted(TESTED_BY.items()))
def test_the_test_asks_it(name, test):
    function = dict(expressions())[name]
    asked = getattr(test_parity, test)
    assert function in reached(inspect.unwrap(asked)), f"{test} does not come to {name}"


def test_a_test_that_does_not_come_to_an_expression_is_found_out():
    assert derived.with_derived not in reached(test_parity.test_overlaps_of_enrolments)
