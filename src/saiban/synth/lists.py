"""Ten lists of beneficiaries: who is in which scheme, who twice, and what departments write wrongly.

A row of a list is an *entry*: ``scheme`` (its place among ``schemes_of_lists``), ``person`` (row of
``people``: the block's, then those whom the survey never met), ``kind`` (what is planted, "" for nothing),
``first`` (the entry that a double goes with, -1 for none), ``paired`` (part of a double: it runs on, with its
number).
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from saiban.data.facts import schemes
from saiban.synth import identity
from saiban.synth.block import EPOCH, Block, Frame
from saiban.synth.draw import NO_DAY, Bools, Columns, Ints, count_by, happens, rank_within, stream
from saiban.synth.fitted import CONSUMPTION, rates
from saiban.synth.places import district_number
from saiban.synth.tables import NOT_GENUINE
from saiban.synth.targets import targets

STRANGERS = 50  # added to the district in their numbers: no district of the province has so high a one
PER_HOUSEHOLD = 100
DAYS_OF_PERIOD = {"month": 30, "quarter": 91, "half_year": 182, "year": 365, "once": 30}
ONCE_OPEN_DAYS = 90
TAKEN = ("household", "female", "birth_day", "number", "title", "given", "second")
KIND = "U16"


@dataclass(frozen=True)
class Lists:
    """The entries of a block, by scheme and number, and the people they speak of."""

    people: Columns
    entries: Columns


@cache
def schemes_of_lists() -> dict[str, dict[str, Any]]:
    """What is assumed of each of the ten schemes, with unit, amount (paisa) and period of the facts."""
    plans: dict[str, dict[str, Any]] = {}
    for code, plan in rates()["lists"]["schemes"].items():
        fact = schemes()[code]
        amount = int(fact.amount) if fact.amount.isdecimal() else plan["amount_rupees"]
        own = {"unit": fact.unit, "amount": amount * 100, "period": plan.get("period", fact.period)}
        plans[code] = {"least_age": 0, "most": plan.get("most_rupees", amount) * 100} | plan | own
    return plans


def each(entries: Columns, what: str) -> np.ndarray:
    """What is assumed of the scheme of each entry."""
    return np.array([plan[what] for plan in schemes_of_lists().values()])[entries["scheme"]]


def draw_lists(frame: Frame, block: Block) -> Lists:
    """Draw the rows of the ten lists that a block's households give rise to."""
    place = (*block.share.place, int(block.order[0]))
    groups = targets(frame, block)
    entries = _enrolled(stream(frame.seed, place, "enrolments"), block, groups)
    people, entries = _with_strangers(stream(frame.seed, place, "strangers"), block, entries)
    entries = _with_doubles(stream(frame.seed, place, "doubles"), block, groups, entries)
    _write_rows(stream(frame.seed, place, "list_rows"), people, entries, frame.last_day)
    entries["wrongly"] = _wrongly(block, entries)
    return Lists(people, _numbered(entries, block))


def _poor(block: Block, plan: dict[str, Any]) -> Bools:
    line = plan.get("poor_below_rupees", rates()["lists"]["poor_below_rupees"])
    return np.asarray(block.truth[CONSUMPTION] < line * 100)


def _new(scheme: Ints, person: Ints, kind: str = "", first: Ints | None = None) -> Columns:
    return {
        "scheme": scheme,
        "person": person,
        "kind": np.full(len(scheme), kind, dtype=KIND),
        "first": np.full(len(scheme), -1) if first is None else first,
        "paired": np.full(len(scheme), first is not None),
    }


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _enrolled(generator: np.random.Generator, block: Block, groups: dict[str, Bools]) -> Columns:
    """Who is in which scheme, before anything is planted. Departments take nobody without a number."""
    household, served, parts = block.persons["household"], dict[str, Bools](), []
    for scheme, (code, plan) in enumerate(schemes_of_lists().items()):
        to = groups[plan["group"]] & (block.persons["number"] > 0)
        for other in plan.get("not_with", ()):
            to &= ~served[other][household]
        share = np.where(_poor(block, plan), plan["poor"], plan["others"])
        chosen = happens(generator, to, share[household])
        served[code] = count_by(household, chosen, len(block.order)) > 0
        rows = np.flatnonzero(chosen)
        parts.append(_new(np.full(len(rows), scheme), rows))
    return _joined(parts)


def _with_strangers(
    generator: np.random.Generator, block: Block, entries: Columns
) -> tuple[Columns, Columns]:
    """Add people whom the survey never met: each like somebody in the list, with an own name and number."""
    share = rates()["lists"]["planted"]["not_in_registry"]
    like = np.flatnonzero(happens(generator, entries["person"] >= 0, share))
    count = len(like)
    known = {name: block.persons[name] for name in (*TAKEN, *(f"father_{part}" for part in identity.PARTS))}
    theirs = {name: column[entries["person"][like]] for name, column in known.items()}
    theirs["birth_day"] = theirs["birth_day"] + generator.integers(-180, 180, size=count)
    alone = {"household": np.arange(count), "relation": np.full(count, "head"), "female": theirs["female"]}
    theirs |= identity.draw_names(generator, alone, count)
    serial = (int(block.order[0]) * PER_HOUSEHOLD + np.arange(count)) * identity.STEP % identity.SERIALS
    last = generator.integers(0, 4, size=count) * 2 + np.where(theirs["female"], 2, 1)
    district = district_number(block.share.district.code) + STRANGERS
    theirs["number"] = 9 * 10**12 + district * 10**10 + serial * 10 + last
    theirs["household"] = np.full(count, -1)
    people = {name: np.concatenate([known[name], theirs[name]]) for name in known}
    unknown = _new(entries["scheme"][like], len(known["number"]) + np.arange(count), "not_in_registry")
    return people, _joined([entries, unknown])


def settled(block: Block) -> Bools:
    """Who stands in the survey with the own number, and nobody else with it."""
    rows, number = block.rows, block.persons["number"]
    shown = rows["number"][genuine_rows(block)]
    claimed, claims = np.unique(rows["number"], return_counts=True)
    twice = np.isin(number, claimed[claims > 1])
    return np.asarray((number > 0) & (shown == number) & ~twice)


def genuine_rows(block: Block) -> Ints:
    """The row of the survey that truly is each person's."""
    genuine = np.flatnonzero(~np.isin(block.rows["planted"], NOT_GENUINE))
    row_of = np.full(len(block.persons["number"]), -1)
    row_of[block.rows["source"][genuine]] = genuine
    return row_of


def _with_doubles(
    generator: np.random.Generator, block: Block, groups: dict[str, Bools], entries: Columns
) -> Columns:
    """Add rows of people who are there already; an entry is doubled once at most."""
    rate = rates()["lists"]["planted"]
    unknown = entries["kind"] == "not_in_registry"
    free = unknown | settled(block)[np.where(unknown, 0, entries["person"])]
    parts = [entries]
    for codes, others in rate["across"].items():
        for other, share in others.items():
            parts.append(_across(generator, block, groups, entries, free, (codes, other, share)))
    parts.append(_across_household(generator, block, entries, free, rate["across_household"]))
    twice = np.flatnonzero(happens(generator, free, rate["twice_in_list"]))
    parts.append(_new(entries["scheme"][twice], entries["person"][twice], "twice_in_list", twice))
    whole = _joined(parts)
    whole["paired"][whole["first"][whole["first"] >= 0]] = True
    return whole


def _across(
    generator: np.random.Generator, block: Block, groups: dict[str, Bools], entries: Columns, free: Bools,
    pair: tuple[str, str, float],
) -> Columns:  # fmt: skip
    """The same people in a scheme that does not go with theirs; who was chosen is no longer ``free``."""
    codes = list(schemes_of_lists())
    code, other, share = pair
    scheme = codes.index(other)
    of_scheme = entries["scheme"] == codes.index(code) if code != "others" else entries["scheme"] != scheme
    known = entries["person"] < len(block.persons["number"])
    fits = np.zeros(len(known), dtype=np.bool_)
    fits[known] = groups[schemes_of_lists()[other]["group"]][entries["person"][known]]
    there = np.isin(entries["person"], entries["person"][entries["scheme"] == scheme])
    chosen = np.flatnonzero(happens(generator, free & of_scheme & fits & ~there, share))
    chosen = chosen[np.unique(entries["person"][chosen], return_index=True)[1]]
    free[np.isin(entries["person"], entries["person"][chosen])] = False
    return _new(np.full(len(chosen), scheme), entries["person"][chosen], "across", chosen)


def _across_household(
    generator: np.random.Generator, block: Block, entries: Columns, free: Bools, share: float
) -> Columns:
    """A second member in a scheme that is for households: the eldest grown-up who is in no list yet."""
    people = block.persons
    can = settled(block) & (people["age"] >= 18)
    second = np.full(len(block.order), -1)
    place = rank_within(people["household"], np.where(can & ~_named(block, entries), people["age"], -1.0))
    rows = np.flatnonzero((place == 0) & can & ~_named(block, entries))
    second[people["household"][rows]] = rows
    known = entries["person"] < len(people["number"])
    household = np.where(known, people["household"][np.where(known, entries["person"], 0)], 0)
    to = free & known & (each(entries, "unit") == "household") & (second[household] >= 0)
    chosen = np.flatnonzero(happens(generator, to, share))
    free[chosen] = False
    return _new(entries["scheme"][chosen], second[household[chosen]], "across_household", chosen)


def _named(block: Block, entries: Columns) -> Bools:
    """Who is in a list already."""
    named = np.zeros(len(block.persons["number"]), dtype=np.bool_)
    named[entries["person"][entries["person"] < len(named)]] = True
    return named


def _write_rows(generator: np.random.Generator, people: Columns, entries: Columns, last_day: int) -> None:
    """Dates, state and amount of each entry, and the numbers that were mistyped or left out."""
    plan, count = rates()["lists"], len(entries["person"])
    since = _since(generator, people, entries, last_day)
    chance, once = generator.random(count), each(entries, "period") == "once"
    ended = np.where(once, since <= last_day - ONCE_OPEN_DAYS, chance < plan["rows"]["ended"])
    ended &= ~entries["paired"] & (since < last_day)
    suspended = chance > 1 - plan["rows"]["suspended"]
    state = np.select([ended, suspended & ~entries["paired"]], ["ended", "suspended"], "active")
    until = since + 1 + np.floor(generator.random(count) * (last_day - since)).astype(np.int64)
    until = np.where(once, np.minimum(since + ONCE_OPEN_DAYS, last_day), until)
    days = np.array([DAYS_OF_PERIOD[period] for period in each(entries, "period")], dtype=np.int64)
    to = np.where(ended, until, last_day)
    paid = to - np.floor(generator.random(count) * np.minimum(days, to - since)).astype(np.int64)
    never = generator.random(count) < plan["rows"]["never_paid"]
    entries |= {"since": since, "state": state, "until": np.where(ended, until, NO_DAY)}
    entries["paid_day"] = np.where(never, NO_DAY, paid)
    entries["amount"] = _amounts(generator, entries)
    fault, planted = generator.random(count), plan["planted"]
    can = (entries["kind"] == "") & ~entries["paired"]
    missing = planted["missing_number"] + planted["mistyped_number"]
    entries["kind"][can & (fault < missing)] = "missing_number"
    entries["kind"][can & (fault < planted["mistyped_number"])] = "mistyped_number"


def _since(generator: np.random.Generator, people: Columns, entries: Columns, last_day: int) -> Ints:
    """The day each came in: once the scheme ran and the person was old enough; a double after the first."""
    begin = np.array([(date.fromisoformat(str(day)) - EPOCH).days for day in each(entries, "from")], np.int64)
    born, least = people["birth_day"][entries["person"]], each(entries, "least_age")
    old_enough = born + least * 366
    begin = np.where(each(entries, "period") == "once", np.maximum(begin, last_day - 365), begin)
    begin = np.minimum(np.maximum(begin, old_enough), last_day - 31)
    chance = generator.random(len(born))
    since = begin + np.floor(chance * (last_day - 30 - begin)).astype(np.int64)
    first = entries["first"]
    later = since[first] + np.floor(chance * (last_day - since[first])).astype(np.int64)
    return np.asarray(np.where(first >= 0, later, since))


def _amounts(generator: np.random.Generator, entries: Columns) -> Ints:
    """Paisa for each period: the scheme's, or for half of the people more, where it has a range."""
    least, most = each(entries, "amount"), each(entries, "most")
    above = np.maximum(2 * generator.random(len(least)) - 1, 0) ** 2
    return np.asarray(least + np.floor(above * (most - least)).astype(np.int64))


def _wrongly(block: Block, entries: Columns) -> Bools:
    """Who is truly not poor in a scheme for the poor; of people unknown to the survey nobody can say."""
    poor = np.stack([_poor(block, plan) for plan in schemes_of_lists().values()])
    known = entries["person"] < len(block.persons["number"])
    household = block.persons["household"][np.where(known, entries["person"], 0)]
    return np.asarray(each(entries, "for_the_poor") & known & ~poor[entries["scheme"], household])


def _numbered(entries: Columns, block: Block) -> Columns:
    """Sort by scheme and day of coming in, and give the department's own number in that order."""
    order = np.lexsort((entries["person"], entries["since"], entries["scheme"]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    first = np.where(entries["first"] >= 0, place[entries["first"]], -1)
    entries = {name: column[order] for name, column in (entries | {"first": first}).items()}
    starts = np.searchsorted(entries["scheme"], entries["scheme"])
    entries["serial"] = int(block.order[0]) * PER_HOUSEHOLD + 1 + np.arange(len(order)) - starts
    return entries
