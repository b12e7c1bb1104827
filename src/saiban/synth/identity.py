"""Names in two scripts, numbers that no authority has issued, telephone and electricity numbers.

CNIC and B-Form numbers begin with 9, which no province has. Telephone numbers begin with 0376 to 0379, which
fit the numbering plan (so that every parser accepts them) and, as far as is known, belong to no operator.
Electricity references have 9 as the first digit of the sub-division, which no company has.
"""

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from saiban.synth.draw import Bools, Columns, Ints, rank_within, zipf
from saiban.synth.fitted import names, rates

PARTS = ("title", "given", "second")
USES = ("male_first", "male", "female", "female_second", "family")
NUMBERS_PER_BLOCK = 1_000_000
SERIALS = 10**9
STEP = 3**18  # has no factor in common with 10: every serial comes once


@cache
def _book() -> dict[str, Any]:
    """All names in one list: where each use begins, spellings of each name, weights within the use."""
    entries = [(use, row) for use in USES for row in names()[use]]
    begins = {use: next(i for i, entry in enumerate(entries) if entry[0] == use) for use in USES}
    romans = [[row["roman"], *filter(None, row["variants"].split("|"))] for _, row in entries]
    urdus = [[row["urdu"], *filter(None, [row["urdu_variant"]])] for _, row in entries]
    return {
        "begins": begins,
        "weights": {use: zipf(len(names()[use])) for use in USES},
        "roman": _spellings(romans),
        "urdu": _spellings(urdus),
    }


def _spellings(lists: list[list[str]]) -> tuple[Any, Ints, Ints]:
    counts = np.array([len(spellings) for spellings in lists])
    flat = pa.array([spelling for spellings in lists for spelling in spellings])
    return flat, np.cumsum(counts) - counts, counts


def _pick(generator: np.random.Generator, use: str, count: int) -> Ints:
    book = _book()
    ends = np.cumsum(book["weights"][use])
    chosen = np.minimum(np.searchsorted(ends, generator.random(count), side="right"), len(ends) - 1)
    return np.asarray(chosen + book["begins"][use])


def _men(generator: np.random.Generator, count: int, family: Ints) -> Columns:
    title = np.where(generator.random(count) < 0.5, _pick(generator, "male_first", count), -1)
    second = np.where(generator.random(count) < 0.3, family, -1)
    plain = np.where(generator.random(count) < 0.35, _pick(generator, "male", count), second)
    return {"title": title, "given": _pick(generator, "male", count), "second": plain}


def _women(generator: np.random.Generator, count: int, family: Ints) -> Columns:
    chance = generator.random(count)
    second = np.select([chance < 0.6, chance < 0.75], [_pick(generator, "female_second", count), family], -1)
    return {"title": np.full(count, -1), "given": _pick(generator, "female", count), "second": second}


def draw_names(generator: np.random.Generator, people: Columns, households: int) -> Columns:
    """Parts of each person's name and of the father's (or husband's): numbers in the book, -1 for none.

    Children carry the head's name as their father's, wives as their husband's; the head's father is the same
    man whether he lives in the house or not.
    """
    household, relation = people["household"], people["relation"]
    count = len(household)
    family = _pick(generator, "family", households)
    men, women = _men(generator, count, family[household]), _women(generator, count, family[household])
    elders = {who: _men(generator, households, family) for who in ("grandfather", "late_father")}
    others = _men(generator, count, family[household])
    is_head, father_here = relation == "head", (relation == "parent") & ~people["female"]
    head_row = np.flatnonzero(is_head)[np.argsort(household[is_head])]
    head_man = ~people["female"][head_row][household]
    columns: Columns = {}
    for part in PARTS:
        own = np.where(people["female"], women[part], men[part])
        own = np.where(father_here, elders["grandfather"][part][household], own)
        of_head, grandfather = own[head_row][household], elders["grandfather"][part][household]
        of_child = np.where(head_man, of_head, elders["late_father"][part][household])
        columns[part] = own
        columns[f"father_{part}"] = np.select(
            [is_head | (relation == "sibling"), (relation == "spouse") & head_man, relation == "child"],
            [grandfather, of_head, of_child],
            others[part],
        )
    return columns


def given_names(generator: np.random.Generator, female: Bools) -> Columns:
    """Parts of the names of the newly born, whose father's are their mother's husband's."""
    count = len(female)
    boys, girls = _pick(generator, "male", count), _pick(generator, "female", count)
    title = np.where(generator.random(count) < 0.5, _pick(generator, "male_first", count), -1)
    return {
        "title": np.where(female, -1, title),
        "given": np.where(female, girls, boys),
        "second": np.full(count, -1),
    }


def written(people: Columns, prefix: str, script: str, generator: np.random.Generator | None = None) -> Any:
    """Names as text (Arrow strings); with a generator, parts are now and then spelled otherwise."""
    flat, begins, counts = _book()[script]
    chance = rates()["names"][f"{script}_variant"]
    parts = []
    for part in PARTS:
        entry = people[prefix + part]
        spelling = begins[entry]
        if generator is not None:
            other = 1 + np.floor(generator.random(len(entry)) * np.maximum(counts[entry] - 1, 1)).astype(
                np.int64
            )
            varied = (generator.random(len(entry)) < chance) & (counts[entry] > 1)
            spelling = spelling + np.where(varied, other, 0)
        parts.append(flat.take(pa.array(spelling, mask=entry < 0)))
    return pc.binary_join_element_wise(*parts, " ", null_handling="skip")


def draw_numbers(generator: np.random.Generator, people: Columns, district: int, block: int) -> Columns:
    """The 13 digits of each person as an integer (0: none): last digit odd for men, even for women."""
    count = len(people["household"])
    number = numbers_of(generator, np.arange(count, dtype=np.int64), people["female"], district, block)
    missing = rates()["numbers"]
    age = people["age"]
    without = np.select(
        [age < 5, age < 18, people["female"]],
        [missing["under_5_without"], missing["aged_5_17_without"], missing["adult_women_without"]],
        missing["adult_men_without"],
    )
    return {"number": np.where(generator.random(count) < without, 0, number)}


def numbers_of(generator: np.random.Generator, order: Ints, female: Bools, district: int, block: int) -> Ints:
    """The 13 digits of the people who stand at ``order`` in a block's million of numbers."""
    counter = block * NUMBERS_PER_BLOCK + order
    serial = (counter * STEP + district * 7_654_321) % SERIALS
    last = generator.integers(0, 4, size=len(order)) * 2 + np.where(female, 2, 1)
    return np.asarray(9 * 10**12 + district * 10**10 + serial * 10 + last)


def phone_numbers(generator: np.random.Generator, district: int, order: Ints, has_mobile: Bools) -> Ints:
    """Ten national digits as an integer, 0 where the household gave none."""
    number = 3_760_000_000 + (district * 1_100_000 + order) % 40_000_000
    silent = generator.random(len(order)) < rates()["numbers"]["households_without_phone_number"]
    return np.asarray(np.where(has_mobile & ~silent, number, 0))


def electricity_references(district: int, order: Ints) -> Ints:
    """Fourteen digits: batch (2), 9 and the district (5 of sub-division), serial (7); one per household."""
    batch = 1 + order % 30
    subdivision = 90_000 + district * 100 + order // 10**7
    return np.asarray(batch * 10**12 + subdivision * 10**7 + order % 10**7)


def as_text(numbers: Ints, digits: int, lead: str = "") -> Any:
    """Integers as text with leading zeros; 0 becomes an empty text."""
    text = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=digits, padding="0")
    if lead:
        text = pc.binary_join_element_wise(pa.scalar(lead), text, "")
    return pc.if_else(pa.array(numbers == 0), pa.scalar(""), text)


def owners(people: Columns, households: int) -> Ints:
    """Who signs for each household: head, else eldest adult man, else woman, with a number; -1: nobody."""
    adult = (people["age"] >= 18) & (people["number"] > 0)
    claim = (
        1000.0 * adult + 500.0 * (people["relation"] == "head") + 200.0 * ~people["female"] + people["age"]
    )
    first = (rank_within(people["household"], claim) == 0) & adult
    rows = np.full(households, -1)
    rows[people["household"][first]] = np.flatnonzero(first)
    return rows
