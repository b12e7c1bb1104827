"""What a rule may not say is refused at its character, with what would be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saiban.calc.rules import check
from saiban.data.dictionary import fields
from saiban.data.errors import BadInput

REFUSED = [
    # the rule, the character of its only line, what is said
    ("", 1, "the rule is empty"),
    ("rooms = 3", 7, "= cannot stand here. Expected: == to compare"),
    ("rooms == 3 and has_car", 12, "&& for and"),
    ("has_car & has_tractor", 9, "&& for and"),
    ("not has_car", 1, "! for not"),
    ("rooms <> 3", 7, "!= for different"),
    ("rooms == 3 &&", 14, "ends too early"),
    ("has_car has_tractor", 9, "has_tractor cannot stand here"),
    ('toilet == "none', 11, "a closing"),
    ("has_tracter", 1, "there is no field has_tracter. Expected: .*has_tractor"),
    ("score_pmt < 30", 1, "the nearest is score.pmt"),
    ("policy.pmt.cutof > 3.0", 1, "the nearest is policy.pmt.cutoff"),
    ("water_source == piped", 17, '"piped" in quotes'),
    ('has_car && water_source == "pipped"', 28, "no answer of this field.*the nearest is piped"),
    ('water_source in ["piped", "well"]', 27, "no answer of this field"),
    ("water_source == toilet", 17, "answers of their own"),
    ("water_source in []", 17, "in needs a list"),
    ("rooms in 3", 10, "in needs a list"),
    ("rooms in [workers]", 11, "a list holds values only"),
    ('rooms in [1, "two"]', 14, "a number"),
    ("has_car in [true]", 9, "the condition alone"),
    ("[1] == rooms", 1, "after in"),
    ("rooms + 2.0 > 3", 7, "mixes a whole number and a decimal"),
    ("land_acres * 2 > 3.5", 12, "2.0 in place of 2"),
    ("land_acres / 2.0 > 3.5", 12, "decimals cannot be divided"),
    ("land_acres % 2.0 > 3.5", 12, "decimals cannot be divided"),
    ("rooms / 0 > 1", 9, "a division by 0"),
    ("rooms % (1 / 2) > 1", 10, "a division by 0"),
    ("land_acres * land_acres * land_acres > 3.5", 25, "more than 18 digits"),
    ("rooms * 1000000000000000 / 7 > 1", 26, "more than 15 digits"),
    ("rooms > 1234567890123456789", 9, "too long"),
    ("land_acres > 1.1234567", 14, "too many places"),
    ("rooms + has_car > 1", 9, "a number on both sides"),
    ("-has_car", 1, "a number after -"),
    ("rooms == has_car", 10, "== with a whole number and a condition"),
    ("has_car == 1", 12, "true or false"),
    ("has_car < has_tractor", 9, "== or !="),
    ('toilet < "none"', 8, "== or !="),
    ("rooms", 1, "not a condition"),
    ("has_car && rooms", 12, "not a condition"),
    ("!rooms", 2, "not a condition"),
    ("1 < rooms < 3", 11, "cannot be chained"),
    ("1 < 2", 1, "the same for everyone"),
    ("policy.pmt.cutoff > 3.0", 1, "the same for everyone"),
    ("has_car || true", 12, "the same for everyone"),
    ("has_car == (1 == 1)", 13, "the same for everyone"),
    ("age > 3", 1, "this rule speaks of households"),
    ("sex == 'male'", 1, "this rule speaks of households"),
    ("has_car ? rooms > 1 : rooms > 2", 9, r"the choice \? : is not taken"),
    ("rooms[0] == 1", 1, "after a value is not taken"),
    ('{"a": 1} == rooms', 1, "maps"),
    ("Household{rooms: 1}", 1, "messages"),
    ("rooms == null", 10, "null is not taken"),
    (".rooms == 1", 2, "cannot begin with a dot"),
    ("rooms > 0x1F", 9, "plain|digits"),
    ("rooms > 5u", 9, "digits"),
    ("score.pmt > 1e3", 13, "digits"),
    ('toilet == b"none"', 11, "plain quotes"),
    ('toilet == "no\\x6ee"', 11, "plain quotes"),
    ('toilet == """none"""', 11, "plain quotes"),
    ("has(rooms)", 1, r"the macro has\(\) is not taken"),
    ("members.exists(m, m.age > 3)", 9, r"the macro exists\(\) is not taken"),
    ("members.all(m, m.age > 3)", 9, r"the macro all\(\) is not taken"),
    ("water_source.startsWith('p')", 14, r"the function startsWith\(\)"),
    ("water_source.matches('p.*')", 14, r"the function matches\(\)"),
    ("double(rooms) > 2.0", 1, r"the conversion double\(\)"),
    ("poorest(rooms)", 1, r"there is no function poorest\(\)"),
    ("(rooms + 1).value > 2", 1, "only names can have parts"),
    (("(" * 41) + "has_car" + (")" * 41), 42, "nested too deeply"),
    ("has_car" + " " * 4000, 4001, "too long"),
]


@pytest.mark.parametrize(("text", "character", "says"), REFUSED)
def test_a_rule_is_refused_at_its_character(text: str, character: int, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        check(text, unit="household")
    assert caught.value.place == f"line 1, character {character}"
    assert caught.value.expected


def test_the_line_is_counted_past_comments() -> None:
    with pytest.raises(BadInput) as caught:
        check("has_car // it is theirs\n  && has_boat", unit="household")
    assert caught.value.place == "line 2, character 6"


@pytest.mark.parametrize("unit", ["household", "person"])
def test_no_rule_sees_who_somebody_is(unit: str) -> None:
    identifying = [
        code
        for level in ("household", "person")
        for code, field in fields(level).items()
        if field.identifying
    ]
    assert "cnic" in identifying
    for code in identifying:
        with pytest.raises(BadInput, match="says who somebody is"):
            check(f"has_car && {code} == 1", unit=unit)


def test_no_code_stands_in_both_levels() -> None:
    assert not set(fields("household")) & set(fields("person"))


@pytest.mark.parametrize(
    "text", ["&&", ")(", "has_car ||", '"', "//", "\x00", "é", "[[[", "a.b.c.d(", "- - -", "\n\n=="]
)
def test_rubbish_is_refused_with_a_place(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(text, unit="household")
    assert caught.value.place.startswith("line ")


PIECES = (
    "has_car rooms land_acres toilet score . pmt policy.pmt.cutoff 3 2.5 0 'none' true null ( ) [ ] { } , : "
    "? && || ! == != < in + - * / % // \n has all 1e3 b'x' \" ' \\ & ="
)


@given(st.lists(st.sampled_from(PIECES.split(" ")), max_size=12))
def test_whatever_is_written_is_taken_or_refused_with_a_place(pieces: list[str]) -> None:
    taken_or_refused(" ".join(pieces))


def taken_or_refused(text: str) -> None:
    """Any other error fails the test."""
    refusal = None
    try:
        assert check(text, unit="household").inputs
    except BadInput as error:
        refusal = error
    assert refusal is None or (refusal.place.startswith("line ") and refusal.expected)


LONG = {
    "parts": "rooms" + ".a" * 1990,
    "not": "!" * 3990 + "has_car",
    "minus": "-" * 3980 + "rooms > 1",
    "brackets": "(" * 3999,
    "calls": "has_car" + "(" * 1990,
    "lists": "[" * 3990,
    "or": " || ".join(["has_car"] * 363),
    "sum": "rooms > " + " + ".join(["1"] * 990),
    "digits": "1" * 3980 + ".5 < rooms",
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts_are_taken_or_refused_like_short_ones(name: str) -> None:
    taken_or_refused(LONG[name])
