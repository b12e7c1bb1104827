"""What happens after the survey, month after month, in the households of one block.

Whoever marries finds the other in the same block, so that a district stays the same whichever others are
made. What happens and when an office writes it down are two things: the truth keeps both, the feeds only know
the second.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from saiban.synth import feeds, identity
from saiban.synth.block import EPOCH, Block, Frame, years_back
from saiban.synth.draw import NO_DAY, Bools, Columns, Ints, happens, stream
from saiban.synth.fitted import rates
from saiban.synth.places import district_number, every_tehsil, tehsils_of
from saiban.synth.reports import CHANGES

KINDS = ("birth", "death", "marriage", "move", *CHANGES)
BORN_FROM = 500_000  # in a block's million of numbers, far above those of its first people
MOVED_FROM = 5_000_000  # in a district's ten million meters, far above those of its first homes
ADULT = 18
PEOPLE = ("household", "birth_day", "female", "marital_status", "relation", "number")


@dataclass
class Life:
    """A block that lives on.

    ``people``  columns of ``PEOPLE`` and the parts of names, with ``line_no`` (0: born since) and ``alive``.
    ``homes``   reference, tehsil, signs (number), size, adult_equivalents, moved, by household.
    ``now``     what is true of each household.
    """

    block: Block
    people: Columns
    homes: Columns
    now: Columns
    generator: np.random.Generator
    born: int = 0
    happened: list[Columns] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """One month of a block: its first day, the electricity bills, and whose they are."""

    first: date
    electricity: Columns


def months_after(month: date, count: int) -> list[date]:
    """The first days of the months after one.

    >>> months_after(date(2026, 11, 1), 2)
    [datetime.date(2026, 12, 1), datetime.date(2027, 1, 1)]
    """
    ordinals = [month.year * 12 + month.month + ahead for ahead in range(count)]
    return [date(number // 12, number % 12 + 1, 1) for number in ordinals]


def live(frame: Frame, block: Block, count: int) -> tuple[Life, list[Month]]:
    """Let a block live on for ``count`` months after the frame's.

    Out: the life at the end, with everything that happened, and the bills of each month.
    """
    life, months = _begin(frame, block), []
    for first in months_after(frame.month, count):
        days = _day(first), (months_after(first, 1)[0] - first).days
        _deaths(life, *days)
        _births(life, *days)
        _marriages(life, *days)
        _moves(life, *days)
        _changes(life, *days)
        _count(life, days[0])
        bills, _ = feeds.electricity(life.generator, life.now, life.homes, first)
        months.append(Month(first, bills))
    return life, months


def _day(day: date) -> int:
    return (day - EPOCH).days


def _begin(frame: Frame, block: Block) -> Life:
    people = {name: block.persons[name].copy() for name in PEOPLE}
    parts = [f"{whose}{part}" for whose in ("", "father_") for part in identity.PARTS]
    people |= {part: block.persons[part].copy() for part in parts}
    people["line_no"] = np.zeros(len(people["household"]), dtype=np.int64)
    rows = np.flatnonzero(np.isin(block.rows["planted"], ["", "number_two_claimants", "hid_earner"]))
    people["line_no"][block.rows["source"][rows]] = block.rows["line_no"][rows]
    people["alive"] = np.ones(len(people["household"]), dtype=np.bool_)
    wanted = ("reference", "tehsil", "signs", "size", "adult_equivalents")
    homes = {name: block.homes[name].copy() for name in wanted}
    homes["moved"] = np.zeros(len(block.order), dtype=np.bool_)
    place = (*block.share.place, int(block.order[0]))
    now = {name: column.copy() for name, column in block.truth.items()}
    return Life(block, people, homes, now, stream(frame.seed, place, "events"))


def _monthly(yearly: Any) -> Any:
    return 1.0 - (1.0 - np.asarray(yearly)) ** (1 / 12)


def _ages(life: Life, day: int) -> Ints:
    """Ages in whole years on a day."""
    born = life.people["birth_day"]
    today = np.full(len(born), day)
    years = _year(today) - _year(born)
    return np.asarray(years - (years_back(today, years) < born))


def _year(days: Ints) -> Ints:
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)


def _by_age(table: dict[int, float], ages: Ints) -> Any:
    """The yearly rate of each age: that of the group which begins at or below it."""
    begins = np.array(sorted(table))
    return np.array([table[begin] for begin in begins])[np.searchsorted(begins, ages, side="right") - 1]


def _note(life: Life, kind: str, days: Ints, **columns: Any) -> None:
    """Keep what happened on each of ``days``, and when (if ever) an office wrote it down.

    In:  household (row), person (row, -1 for none), number (of whom the office would name), other (text).
    """
    plan = rates()["events"]["registered"].get(kind, {"share": 0.0, "months": 0})
    lag = np.floor(life.generator.random(len(days)) * plan["months"] * 30).astype(np.int64)
    known = (life.generator.random(len(days)) < plan["share"]) & (columns["number"] > 0)
    what: Columns = {name: np.asarray(column) for name, column in columns.items()}
    what |= {"day": days, "registered_day": np.where(known, days + lag, NO_DAY)}
    what |= {"kind": np.full(len(days), kind), "other": what["other"].astype("U16")}
    life.happened.append(what)


def _some_day(life: Life, first: int, length: int, count: int) -> Ints:
    return first + life.generator.integers(0, length, size=count)


def _blank(rows: Ints) -> Any:
    return np.full(len(rows), "")


def _nobody(count: int) -> Ints:
    return np.full(count, -1)


def _deaths(life: Life, first: int, length: int) -> None:
    people = life.people
    yearly = _by_age(rates()["events"]["deaths_per_year"], _ages(life, first))
    dead = np.flatnonzero(happens(life.generator, people["alive"], _monthly(yearly)))
    people["alive"][dead] = False
    homes = people["household"][dead]
    couple = np.isin(people["relation"], ["head", "spouse"]) & people["alive"]
    one_died = np.isin(people["household"], homes[np.isin(people["relation"][dead], ["head", "spouse"])])
    married = people["marital_status"] == "married"
    people["marital_status"][couple & one_died & married] = "widowed"
    days = _some_day(life, first, length, len(dead))
    days = np.maximum(days, people["birth_day"][dead])
    number = people["number"][dead]
    _note(life, "death", days, household=homes, person=dead, number=number, other=_blank(dead))


def _births(life: Life, first: int, length: int) -> None:
    people, generator = life.people, life.generator
    can = people["alive"] & people["female"] & (people["marital_status"] == "married")
    yearly = _by_age(rates()["events"]["births_per_wife_and_year"], _ages(life, first))
    mothers = np.flatnonzero(happens(generator, can, _monthly(yearly)))
    if not len(mothers):
        return
    count, begin = len(mothers), len(people["household"])
    female = generator.random(count) < 0.485
    child = {name: column[mothers] for name, column in people.items()}
    child |= identity.given_names(generator, female)
    own = np.isin(child["relation"], ["head", "spouse"])
    child |= {
        "birth_day": _some_day(life, first, length, count),
        "female": female,
        "marital_status": np.full(count, "never_married"),
        "relation": np.where(own, "child", "grandchild"),
        "number": _born_numbers(life, female),
        "line_no": np.zeros(count, dtype=np.int64),
        "alive": np.ones(count, dtype=np.bool_),
    }
    life.people = {name: np.concatenate([column, child[name]]) for name, column in people.items()}
    _note(
        life, "birth", child["birth_day"], household=child["household"], person=begin + np.arange(count),
        number=child["number"], other=people["number"][mothers],
    )  # fmt: skip


def _born_numbers(life: Life, female: Bools) -> Ints:
    district, stratum = life.block.share.place
    order = BORN_FROM + life.born + np.arange(len(female))
    life.born += len(female)
    return identity.numbers_of(life.generator, order, female, district, life.block.number * 2 + stratum)


def _marriages(life: Life, first: int, length: int) -> None:
    people, generator, plan = life.people, life.generator, rates()["events"]["marriages"]
    ages, single = _ages(life, first), people["alive"] & (people["marital_status"] == "never_married")
    ready = happens(generator, single & people["female"], _monthly(plan["single_women_per_year"]))
    brides = np.flatnonzero(ready & (ages >= plan["women_from"]) & (ages <= plan["women_to"]))
    men = single & ~people["female"] & (ages >= plan["men_from"]) & (ages <= plan["men_to"])
    grooms = generator.permutation(np.flatnonzero(men))[: len(brides)]
    brides = generator.permutation(brides)[: len(grooms)]
    strangers = people["household"][brides] != people["household"][grooms]
    brides, grooms = brides[strangers], grooms[strangers]
    left = people["household"][brides].copy()
    people["household"][brides] = people["household"][grooms]
    people["marital_status"][brides] = people["marital_status"][grooms] = "married"
    of_head = people["relation"][grooms] == "head"
    people["relation"][brides] = np.where(of_head, "spouse", "in_law")
    _note(
        life, "marriage", _some_day(life, first, length, len(brides)), household=left, person=brides,
        number=people["number"][brides], other=people["number"][grooms],
    )  # fmt: skip


def _moves(life: Life, first: int, length: int) -> None:
    homes, plan, generator = life.homes, rates()["events"]["moves"], life.generator
    rows = np.flatnonzero(happens(generator, ~homes["moved"], _monthly(plan["households_per_year"])))
    near, far = tehsils_of(life.block.share.district.code), every_tehsil()
    stays = generator.random(len(rows)) < plan["within_district"]
    to = np.where(
        stays,
        np.array(near)[generator.integers(len(near), size=len(rows))],
        np.array(far)[generator.integers(len(far), size=len(rows))],
    )
    homes["moved"][rows] = True
    homes["tehsil"] = homes["tehsil"].astype("U16")
    homes["tehsil"][rows] = to
    district = district_number(life.block.share.district.code)
    homes["reference"][rows] = identity.electricity_references(district, life.block.order[rows] + MOVED_FROM)
    _note(
        life, "move", _some_day(life, first, length, len(rows)), household=rows,
        person=_nobody(len(rows)), number=homes["signs"][rows], other=to,
    )  # fmt: skip


def _changes(life: Life, first: int, length: int) -> None:
    for change, (code, becomes) in CHANGES.items():
        chance = _monthly(rates()["changes_per_year"][change])
        moved = happens(life.generator, life.now[code] != becomes, chance)
        life.now[code] = np.where(moved, becomes, life.now[code])
        rows = np.flatnonzero(moved)
        _note(
            life, change, _some_day(life, first, length, len(rows)), household=rows,
            person=_nobody(len(rows)), number=life.homes["signs"][rows], other=_blank(rows),
        )  # fmt: skip


def _count(life: Life, day: int) -> None:
    """Sizes, adult equivalents and who signs, from who is alive; an empty household keeps its last ones."""
    people, homes = life.people, life.homes
    alive = people["alive"]
    grown = _ages(life, day) >= ADULT
    household, count = people["household"][alive], len(life.block.order)
    size = np.bincount(household, minlength=count)
    milli = np.bincount(household, weights=np.where(grown[alive], 1000, 800), minlength=count)
    lives = size > 0
    homes["size"] = np.where(lives, size, homes["size"])
    homes["adult_equivalents"] = np.where(lives, milli.astype(np.int64), homes["adult_equivalents"])
    life.now["household_size"] = size
    here = {name: people[name][alive] for name in ("household", "number", "relation", "female")}
    here["age"] = _ages(life, day)[alive]
    signs = identity.owners(here, count)
    homes["signs"] = np.where(signs >= 0, here["number"][signs], 0)


def everything(life: Life) -> Columns:
    """All that happened to a block: household, person, kind, day, registered_day, number, other."""
    names = ("household", "person", "kind", "day", "registered_day", "number", "other")
    return {name: np.concatenate([what[name] for what in life.happened]) for name in names}


def last_day(month: date) -> int:
    """The last day of a month, since 1970."""
    return _day(months_after(month, 1)[0] - timedelta(days=1))
