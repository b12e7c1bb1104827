"""Which names a rule may use, and what they stand for: the non-identifying fields of the dictionary, the age,
the score.

A rule never sees who somebody is: identifying fields are refused.
"""

from difflib import get_close_matches
from functools import cache

from saiban.calc.policy import policy_values
from saiban.calc.rules.model import Input, Unit
from saiban.calc.rules.span import Span
from saiban.data.dictionary import DictionaryField, fields

UNLIMITED = 10**9  # what is assumed of a number without limits of its own
POLICY_PLACES = 4
POLICY_SPAN = Span(-UNLIMITED * 10**POLICY_PLACES, UNLIMITED * 10**POLICY_PLACES, POLICY_PLACES)
AGE = DictionaryField(
    code="age", type="int", unit="completed years", minimum=0, maximum=130, max_age=0, sensitivity="ordinary",
    label={"en": "Age", "ur": "عمر"},
)  # fmt: skip
SCORE = DictionaryField(
    code="score_pmt", type="decimal", unit="points", minimum=0, maximum=100, places=4, max_age=0,
    sensitivity="ordinary", label={"en": "Poverty score", "ur": "غربت کا اسکور"},
)  # fmt: skip
PATHS = {"score.pmt": SCORE.code}  # how an input is written where it is not by its own name


@cache
def known_fields(unit: Unit) -> dict[str, DictionaryField]:
    """What a rule of this unit may ask, by the name of the input column; derived fields included.

    >>> "age" in known_fields("person"), "age" in known_fields("household")
    (True, False)
    """
    of_household = {code: field for code, field in fields("household").items() if _may_be_asked(field)}
    of_person = {code: field for code, field in fields("person").items() if _may_be_asked(field)}
    known = {SCORE.code: SCORE, **of_household}
    return known | {AGE.code: AGE, **of_person} if unit == "person" else known


def _may_be_asked(field: DictionaryField) -> bool:
    return not field.identifying and field.type != "date"


def names(unit: Unit) -> list[str]:
    """Every name as a rule writes it."""
    written = {code: path for path, code in PATHS.items()}
    return [written.get(code, code) for code in known_fields(unit)] + [
        f"policy.{name}" for name in policy_values()
    ]


def input_of(name: str, unit: Unit) -> Input | None:
    """The input that a name of a rule stands for, if there is one."""
    code = PATHS.get(name, name)
    field = known_fields(unit).get(code)
    if field is None or field.type == "date" or name in PATHS.values():
        return None
    reported = field.derived.inputs if field.derived else (code,)
    return Input(code, field.type, reported, places=field.places if field.type == "decimal" else 0)


def span_of(each: Input, unit: Unit) -> Span:
    """Between which numbers an input lies, by the limits of the dictionary."""
    field = known_fields(unit)[each.name]
    low = -UNLIMITED if field.minimum is None else field.minimum
    high = UNLIMITED if field.maximum is None else field.maximum
    return Span(low, high, 0).with_places(each.places)


def refusal(name: str, unit: Unit) -> tuple[str, str]:
    """Why a name stands for nothing, and what would be right."""
    everywhere = fields("household") | fields("person")
    if name in everywhere and everywhere[name].identifying:
        return f"{name} says who somebody is.", "a field that does not; a person's age is age"
    if unit == "household" and (name in fields("person") or name == AGE.code):
        return f"{name} is of a person; this rule speaks of households.", "a field of the household"
    if any(name in field.answers for field in known_fields(unit).values()):
        return f"there is no field {name}.", f'"{name}" in quotes, for it is an answer'
    near = get_close_matches(name, names(unit), n=1, cutoff=0.6)
    meant = f"; the nearest is {near[0]}" if near else ""
    if name.startswith("policy"):
        return f"there is no policy number {name}.", f"policy. and the name of a number of policy{meant}"
    return f"there is no field {name}.", f"the code of a field in the dictionary{meant}"
