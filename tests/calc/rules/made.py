"""Random rules that carry their own meaning: each part is written as text and, apart from that, is a function
of the values, over the numbers 0, 1/2 and 1 for false, unknown and true (and = least, or = greatest).

Nothing here reads a rule or shares code with ``calc.rules``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne

from hypothesis import strategies as st

from saiban.data.dictionary import fields

Values = Mapping[str, object]
COMPARE = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
HALF = Fraction(1, 2)
OR, AND, RELATION, SUM, PRODUCT, UNARY, PRIMARY = range(1, 8)
POLICY = {"pmt.cutoff": Decimal("2.5"), "pmt.near_width": Decimal("-1")}
INTS = ["rooms", "workers", "workers_paid", "members_under_5", "children_in_school", "children_school_age"]
BOOLS = ["has_car", "has_tractor", "has_motorcycle", "head_female", "urban"]
WORDS = ["water_source", "toilet"]
OF_PERSON = {"age", "schooling_years", "in_school", "sex"}
COLUMNS = {
    **dict.fromkeys([*INTS, "household_size", "age", "schooling_years"], "int64"),
    **dict.fromkeys([*BOOLS, "in_school"], "bool"),
    **dict.fromkeys([*WORDS, "sex"], "string"),
    "land_acres": "decimal(12,3)",
    "score_pmt": "decimal(9,4)",
}


@dataclass(frozen=True)
class Part:
    """A piece of a rule: its text, how tightly it binds, and what it means."""

    text: str
    level: int
    means: Callable[[Values], object]  # a Fraction, a str, or None where a number or word is unknown


def inside(part: Part, level: int) -> str:
    return part.text if part.level >= level else f"({part.text})"


def truth(value: object) -> Fraction:
    return HALF if value is None else Fraction(int(bool(value)))


def field(name: str) -> Part:
    def means(values: Values) -> object:
        value = values.get(name)
        return Fraction(value) if isinstance(value, Decimal | int) else value

    return Part("score.pmt" if name == "score_pmt" else name, PRIMARY, means)


def yes_or_no(name: str) -> Part:
    return Part(name, PRIMARY, lambda values: truth(values.get(name)))


def any_of(name: str, among: tuple[str, ...]) -> Part:
    return Part(name, PRIMARY, lambda values: max(truth(values.get(each)) for each in among))


def ratio(name: str, above: str, below: str, when_zero: int | None) -> Part:
    def means(values: Values) -> Fraction | None:
        if values.get(below) == 0:
            return None if when_zero is None else Fraction(when_zero)
        if values.get(above) is None or values.get(below) is None:
            return None
        return Fraction(round(Fraction(1000 * values[above], values[below])))  # type: ignore[operator, arg-type]

    return Part(name, PRIMARY, means)


VEHICLE = any_of("has_vehicle", ("has_motorcycle", "has_car", "has_tractor"))
RATIOS = [
    ratio("rooms_per_person", "rooms", "household_size", None),
    ratio("school_share", "children_in_school", "children_school_age", -1000),
]
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
small = st.integers(0, 4)
tenths = st.integers(-40, 60).map(lambda number: Decimal(number) / 10)


def written(value: int | Decimal) -> Part:
    text = f"{value:.1f}" if isinstance(value, Decimal) else str(value)
    return Part(text, PRIMARY if value >= 0 else UNARY, lambda _: Fraction(value))


@st.composite
def whole_numbers(draw: st.DrawFn, unit: str, depth: int = 2) -> Part:
    """A whole number: a field, a constant, a ratio in thousandths, or what is calculated with them."""
    match draw(st.integers(0, 5 if depth else 3)):
        case 0:
            return written(draw(small))
        case 1:
            return draw(st.sampled_from(RATIOS))
        case 4:
            return minus(draw(whole_numbers(unit, depth - 1)))
        case 5:
            inner = whole_numbers(unit, depth - 1)
            return whole_joined(draw(st.sampled_from("+-*/%")), draw(inner), draw(inner))
    return field(draw(st.sampled_from([*INTS, "age", "schooling_years"] if unit == "person" else INTS)))


@st.composite
def decimals(draw: st.DrawFn, depth: int = 2) -> Part:
    """A decimal: a field, the score, a number of policy, a constant, or what is calculated with them."""
    match draw(st.integers(0, 5 if depth else 3)):
        case 0:
            return written(abs(draw(tenths)))
        case 1:
            name = draw(st.sampled_from(sorted(POLICY)))
            return Part(f"policy.{name}", PRIMARY, lambda _: Fraction(POLICY[name]))
        case 4:
            return minus(draw(decimals(depth - 1)))
        case 5:
            inner = decimals(depth - 1)
            return joined(draw(st.sampled_from("+-")), draw(inner), draw(inner))
    return field(draw(st.sampled_from(["land_acres", "score_pmt"])))


def minus(part: Part) -> Part:
    def means(values: Values) -> object:
        value = part.means(values)
        return None if value is None else -value  # type: ignore[operator]

    return Part(f"-{inside(part, PRIMARY)}", UNARY, means)


def joined(sign: str, left: Part, right: Part) -> Part:
    level = SUM if sign in "+-" else PRODUCT

    def means(values: Values) -> object:
        one, two = left.means(values), right.means(values)
        if one is None or two is None:
            return None
        return {"+": one + two, "-": one - two, "*": one * two}[sign]  # type: ignore[operator]

    return Part(f"{inside(left, level)} {sign} {inside(right, level + 1)}", level, means)


def whole_joined(sign: str, left: Part, right: Part) -> Part:
    if sign in "+-*":
        return joined(sign, left, right)

    def means(values: Values) -> object:
        one, two = left.means(values), right.means(values)
        if one is None or not two:
            return None
        quotient = Fraction(int(one / two))  # type: ignore[operator] # int() cuts toward zero
        return quotient if sign == "/" else one - two * quotient  # type: ignore[operator]

    return Part(f"{inside(left, PRODUCT)} {sign} {inside(right, UNARY)}", PRODUCT, means)


def compared(sign: str, left: Part, right: Part) -> Part:
    def means(values: Values) -> Fraction:
        one, two = left.means(values), right.means(values)
        if one is None or two is None:
            return HALF
        return truth(COMPARE[sign](one, two))

    return Part(f"{inside(left, SUM)} {sign} {inside(right, SUM)}", RELATION, means)


def same(sign: str, left: Part, right: Part) -> Part:
    """Two conditions held side by side."""

    def means(values: Values) -> Fraction:
        one, two = left.means(values), right.means(values)
        if HALF in (one, two):
            return HALF
        return truth((one == two) == (sign == "=="))

    return Part(f"{inside(left, SUM)} {sign} {inside(right, SUM)}", RELATION, means)


def one_of(left: Part, items: list[int] | list[Decimal] | list[str]) -> Part:
    def means(values: Values) -> Fraction:
        value = left.means(values)
        return HALF if value is None else truth(value in items)

    shown = ", ".join(f'"{item}"' if isinstance(item, str) else str(item) for item in items)
    return Part(f"{inside(left, SUM)} in [{shown}]", RELATION, means)


def negated(part: Part) -> Part:
    return Part(f"!{inside(part, PRIMARY)}", UNARY, lambda values: 1 - part.means(values))  # type: ignore[operator]


def both(left: Part, right: Part) -> Part:
    return Part(
        f"{inside(left, AND)} && {inside(right, RELATION)}",
        AND,
        lambda values: min(left.means(values), right.means(values)),  # type: ignore[type-var]
    )


def either(left: Part, right: Part) -> Part:
    return Part(
        f"{inside(left, OR)} || {inside(right, AND)}",
        OR,
        lambda values: max(left.means(values), right.means(values)),  # type: ignore[type-var]
    )


def word(name: str) -> Part:
    return Part(name, PRIMARY, lambda values: values.get(name))


def answer_of(name: str) -> tuple[str, ...]:
    return (fields("household") | fields("person"))[name].answers


def word_condition(draw: st.DrawFn, unit: str) -> Part:
    name = draw(st.sampled_from([*WORDS, "sex"] if unit == "person" else WORDS))
    answers = st.sampled_from(answer_of(name))
    if draw(st.booleans()):
        return one_of(word(name), draw(st.lists(answers, min_size=1, max_size=3)))
    answer = draw(answers)
    sides = [word(name), Part(f'"{answer}"', PRIMARY, lambda _: answer)]
    return compared(draw(st.sampled_from(["==", "!="])), *draw(st.permutations(sides)))


def number_condition(draw: st.DrawFn, unit: str, *, with_decimals: bool) -> Part:
    whole = whole_numbers(unit)
    number = st.one_of(whole, decimals()) if with_decimals else whole
    if draw(st.integers(0, 3)):
        return compared(draw(signs), draw(number), draw(number))
    return one_of(draw(number), draw(st.lists(tenths if with_decimals else small, min_size=1, max_size=3)))


@st.composite
def rules(draw: st.DrawFn, unit: str, *, with_decimals: bool = True, depth: int = 4) -> Part:
    """A condition of any shape; some are refused as the same for everyone, or for too long a number."""
    inner = rules(unit, with_decimals=with_decimals, depth=depth - 1)
    match draw(st.integers(0, 9 if depth else 4)):
        case 0:
            return word_condition(draw, unit)
        case 1:
            return VEHICLE
        case 2 | 3:
            return number_condition(draw, unit, with_decimals=with_decimals)
        case 5 | 6:
            return both(draw(inner), draw(inner))
        case 7:
            return either(draw(inner), draw(inner))
        case 8:
            return same(draw(st.sampled_from(["==", "!="])), draw(inner), draw(inner))
        case 9:
            return negated(draw(inner))
    return yes_or_no(draw(st.sampled_from([*BOOLS, "in_school"] if unit == "person" else BOOLS)))


def value(name: str) -> st.SearchStrategy[object]:
    kind = COLUMNS[name]
    if kind == "bool":
        return st.booleans()
    if kind == "string":
        return st.sampled_from(answer_of(name))
    if kind == "int64":
        return st.integers(1 if name in ("rooms", "household_size") else 0, 4)
    return st.integers(0, 60).map(lambda number: Decimal(number) / 10)


def cases(unit: str, *, gaps: bool = True) -> st.SearchStrategy[dict[str, object]]:
    """Values of one household or person; with gaps, about one in four is unknown."""
    names = [name for name in COLUMNS if unit == "person" or name not in OF_PERSON]
    one = {
        name: st.one_of(value(name), value(name), value(name), st.none()) if gaps else value(name)
        for name in names
    }
    return st.fixed_dictionaries(one)
