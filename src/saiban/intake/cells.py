"""How a cell of text becomes a value of the dictionary, in SQL: the value, and the tests that name what is
wrong.

Every test is a condition that is true for a wrong cell, never null; an empty cell is no fault (unless
required).
"""

from __future__ import annotations

from dataclasses import dataclass

from saiban.calc.quoting import text
from saiban.core.numbers import PARSERS
from saiban.data.dictionary import DictionaryField
from saiban.intake.mapping import Fact
from saiban.intake.reading import quoted

YES, NO = ("yes", "true", "1", "ہاں"), ("no", "false", "0", "نہیں")
WHOLE, DECIMAL = r"[+-]?\d{1,12}(\.0+)?", r"[+-]?\d{1,12}(\.\d{1,17})?([eE]-?\d{1,2})?"
PLAIN, PLAIN_OF = r"[+-]?\d{1,12}(\.\d{1,17})?", r"[+-]?\d{{1,12}}(\.\d{{1,{places}}})?"
DAY = r"\d{4}-\d{1,2}-\d{1,2}([ T]00:00:00(\.0+)?)?"
LONGEST = 200
EARLIEST_BIRTH = "1900-01-01"
DAY_FIRST = r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}"  # or the month: nobody can tell
SHORT_YEAR = r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}"
HIJRI = "BETWEEN 1300 AND 1500"  # in the Gregorian count nobody alive saw these years
SQL_TYPES = {"int": "BIGINT", "bool": "BOOLEAN", "string": "VARCHAR", "date": "DATE"}


@dataclass(frozen=True)
class Test:
    """A condition that is true for a wrong cell, the code of its reason, and the bare words of what is
    right.
    """

    wrong: str
    reason: str
    expected: str = "''"


@dataclass(frozen=True)
class Cell:
    """A fact as SQL: its value (null where not known), the column to blame, and its tests in the order of
    naming.
    """

    field: str
    column: str
    value: str
    tests: tuple[Test, ...]

    @property
    def cell(self) -> str:
        """The text that stands in the file."""
        return quoted(self.column)


def cell_of(fact: Fact) -> Cell:
    """Write the SQL of one fact."""
    column = fact.columns[0]
    if fact.one_hot:
        return _one_hot(fact)
    made = _coded(fact) if fact.codes else typed(quoted(column), fact.known)
    value, tests = made
    if fact.required:
        tests = (Test(f"{quoted(column)} IS NULL", "missing"), *tests)
    return Cell(fact.field, column, value, tests)


def value_name(code: str) -> str:
    """The column of the table ``typed`` that holds a fact's value; tests look at it."""
    return f"f_{code}"


def typed(cell: str, field: DictionaryField) -> tuple[str, tuple[Test, ...]]:
    """Value and tests of a cell by the type of its field."""
    if field.code in PARSERS:
        value = parsed_name(field.code)  # parsed once, before the tests
        return value, (Test(f"{cell} IS NOT NULL AND {value} IS NULL", f"not_{field.code}"),)
    if field.type == "bool":
        return _yes_no(cell, field.code)
    if field.exact:
        return _exact(cell, field)
    if field.type in ("int", "decimal"):
        return _number(cell, field)
    if field.type == "date":
        return _day(cell, field.code)
    return _words(cell, field)


def parsed_name(code: str) -> str:
    """The column that holds a parsed number; null where the cell holds none."""
    return f"parsed_{code}"


def latin(cell: str) -> str:
    """The cell with Urdu and Arabic digits as Latin ones."""
    return f"translate({cell}, '۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩', '01234567890123456789')"


def is_like(cell: str, pattern: str) -> str:
    """Whether the whole cell follows a pattern; false where nothing stands."""
    return f"coalesce(regexp_full_match({cell}, '{pattern}'), false)"


def _yes_no(cell: str, code: str) -> tuple[str, tuple[Test, ...]]:
    words = f"lower({cell})"
    value = f"CASE WHEN {words} IN {(*YES, '1.0')} THEN true WHEN {words} IN {(*NO, '0.0')} THEN false END"
    return value, (Test(f"{cell} IS NOT NULL AND {value_name(code)} IS NULL", "not_yes_no"),)


def _number(cell: str, field: DictionaryField) -> tuple[str, tuple[Test, ...]]:
    digits = latin(cell)
    if field.type == "int":
        value = f"CASE WHEN {is_like(digits, WHOLE)} THEN CAST(CAST({digits} AS DOUBLE) AS BIGINT) END"
        reason = "not_whole"
    else:  # rounded half to even to the places that the dictionary keeps
        exact = f"round_even(CAST({digits} AS DOUBLE), {field.places})"
        value = (
            f"CASE WHEN {is_like(digits, DECIMAL)} THEN TRY_CAST({exact} AS DECIMAL(18,{field.places})) END"
        )
        reason = "not_decimal"
    tests = [Test(f"{cell} IS NOT NULL AND {value_name(field.code)} IS NULL", reason)]
    if field.minimum is not None and field.maximum is not None:
        outside = f"coalesce({value_name(field.code)} NOT BETWEEN {field.minimum} AND {field.maximum}, false)"
        tests.append(Test(outside, "out_of_range", f"'{field.minimum}–{field.maximum}'"))
    return value, tuple(tests)


def _exact(cell: str, field: DictionaryField) -> tuple[str, tuple[Test, ...]]:
    """A figure that is never rounded: read as text, refused where it has more places than the dictionary."""
    digits, value = latin(cell), value_name(field.code)
    is_number = is_like(digits, PLAIN)
    return (
        f"CASE WHEN {is_like(digits, PLAIN_OF.format(places=field.places))} "
        f"THEN CAST({digits} AS DECIMAL(18,{field.places})) END",
        (
            Test(f"{cell} IS NOT NULL AND NOT {is_number}", "not_decimal"),
            Test(f"{is_number} AND {value} IS NULL", "too_many_places", f"'{field.places}'"),
        ),
    )


def day_value(cell: str) -> str:
    """The cell as a day; null where it is none."""
    digits = latin(cell)
    day = f"split_part(replace({digits}, 'T', ' '), ' ', 1)"
    return f"CASE WHEN {is_like(digits, DAY)} THEN TRY_CAST({day} AS DATE) END"


def day_tests(cell: str, value: str) -> tuple[Test, ...]:
    """What can be wrong with a day by itself."""
    digits = latin(cell)
    like = is_like(digits, DAY)
    return (
        Test(is_like(digits, DAY_FIRST), "day_order"),
        Test(is_like(digits, SHORT_YEAR), "two_digit_year"),
        Test(f"{cell} IS NOT NULL AND NOT {like}", "not_a_date"),
        Test(f"{like} AND coalesce(TRY_CAST(left({digits}, 4) AS INT) {HIJRI}, false)", "hijri_year"),
        Test(f"{like} AND {value} IS NULL", "no_such_day"),
    )


def _day(cell: str, code: str) -> tuple[str, tuple[Test, ...]]:
    value = value_name(code)
    early = f"coalesce({value} < DATE '{EARLIEST_BIRTH}', false)"
    tests = *day_tests(cell, value), Test(early, "too_long_ago", f"'{EARLIEST_BIRTH}'")
    if code == "birth_date":
        after = f"coalesce({value} > observed_on, false)"
        tests = (
            *tests,
            Test(after, "born_after", "CAST(observed_on AS VARCHAR)"),
        )
    return day_value(cell), tests


def _words(cell: str, field: DictionaryField) -> tuple[str, tuple[Test, ...]]:
    if field.answers:
        value = f"lower({cell})"
        wrong = f"{cell} IS NOT NULL AND {value} NOT IN ({_listed(field.answers)})"
        return value, (Test(wrong, "unknown_answer", f"'{', '.join(field.answers)}'"),)
    wrong = f"coalesce(length({cell}) > {LONGEST}, false)"
    return cell, (Test(wrong, "too_long", f"'{LONGEST}'"),)


def _coded(fact: Fact) -> tuple[str, tuple[Test, ...]]:
    """A column with codes of its own."""
    cell, words = quoted(str(fact.column)), f"lower({quoted(str(fact.column))})"
    whens = " ".join(f"WHEN {_listed([word])} THEN {_answer(said)}" for word, said in fact.codes.items())
    known = sorted([*fact.codes, *fact.says_nothing])
    wrong = f"{cell} IS NOT NULL AND {words} NOT IN ({_listed(known)})"
    return f"CASE {words} {whens} END", (Test(wrong, "unknown_answer", f"'{', '.join(known)}'"),)


def _one_hot(fact: Fact) -> Cell:
    """0/1 columns of which one at most is 1."""
    flags = {column: f"({quoted(column)} IN ('1', '1.0'))" for column in fact.one_hot}
    whens = " ".join(f"WHEN {flags[column]} THEN '{answer}'" for column, answer in fact.one_hot.items())
    is_known = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in flags)
    wrong = " OR ".join(
        f"coalesce({quoted(column)} NOT IN ('0', '1', '0.0', '1.0'), false)" for column in flags
    )
    marked = " + ".join(f"CAST(coalesce({flag}, false) AS INT)" for flag in flags.values())
    return Cell(
        fact.field,
        fact.columns[0],
        f"CASE WHEN {is_known} THEN CASE {whens} ELSE '{fact.otherwise}' END END",
        (Test(wrong, "not_zero_one"), Test(f"({marked}) > 1", "two_answers", f"'{', '.join(fact.columns)}'")),
    )


def _answer(answer: object) -> str:
    return str(answer).lower() if isinstance(answer, bool | int) else f"'{answer}'"


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return ", ".join(text(word.lower()) for word in words)
