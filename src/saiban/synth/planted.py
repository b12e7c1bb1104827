"""The rows of the survey: the true members, and those that are planted among them."""

from typing import Any

import numpy as np

from saiban.synth.draw import Bools, Columns, Ints
from saiban.synth.fitted import rates
from saiban.synth.reports import hidden_earners

PAIRS = ("same_person_same_number", "same_person_no_number", "number_two_claimants")


def _pairs(generator: np.random.Generator, households: int) -> dict[str, Ints]:
    """For each kind, pairs of households (two columns); no household stands in two pairs."""
    shuffled, begin, pairs = generator.permutation(households), 0, {}
    for kind in PAIRS:
        expected = rates()["planted"][kind] * households
        count = min(int(expected + generator.random()), (households - begin) // 2)
        pairs[kind] = shuffled[begin : begin + 2 * count].reshape(count, 2)
        begin += 2 * count
    return pairs


def _one_of_each(people: Columns, allowed: Bools, households: int) -> Ints:
    """One allowed person of each household, -1 where there is none."""
    rows = np.flatnonzero(allowed)
    chosen = np.full(households, -1)
    chosen[people["household"][rows]] = rows
    return chosen


def survey_rows(
    streams: tuple[np.random.Generator, np.random.Generator], people: Columns, households: int
) -> tuple[Columns, Columns]:
    """What the interviewers wrote of persons, and the notes of what is not so.

    Out: the columns of ``people`` with ``source`` (row in ``people``), ``line_no``, by household and line;
    notes by row: planted (the kind, "" for none). Children who were added have a source but no number.
    """
    misreport, plant = streams
    rows: Columns = {name: column.copy() for name, column in people.items()}
    rows["source"], rows["planted"] = (
        np.arange(len(people["household"])),
        np.full(len(people["household"]), "", dtype="U24"),
    )
    hidden = hidden_earners(misreport, people, households)
    rows["work_status"] = np.where(hidden, "none", rows["work_status"])
    rows["unskilled_work"] &= ~hidden
    rows["planted"][hidden] = "hid_earner"
    pairs = _pairs(plant, households)
    extra = [_twins(people, pairs, kind, households) for kind in PAIRS[:2]]
    extra.append(_added_children(misreport, people, households))
    _share_numbers(rows, people, pairs["number_two_claimants"], households)
    rows = {name: np.concatenate([column, *(part[name] for part in extra)]) for name, column in rows.items()}
    order = np.lexsort((np.arange(len(rows["source"])), rows["household"]))
    rows = {name: column[order] for name, column in rows.items()}
    sizes = np.bincount(rows["household"], minlength=households)
    rows["line_no"] = 1 + np.arange(len(order)) - (np.cumsum(sizes) - sizes)[rows["household"]]
    return rows, pairs


def _copy(people: Columns, rows: Ints, kind: str) -> Columns:
    taken = {name: column[rows] for name, column in people.items()}
    return taken | {"source": rows, "planted": np.full(len(rows), kind, dtype="U24")}


def _twins(people: Columns, pairs: dict[str, Ints], kind: str, households: int) -> Columns:
    movable = (
        (people["age"] >= 18) & (people["number"] > 0) & ~np.isin(people["relation"], ["head", "spouse"])
    )
    chosen = _one_of_each(people, movable, households)
    first, second = pairs[kind][:, 0], pairs[kind][:, 1]
    can = chosen[first] >= 0
    twins = _copy(people, chosen[first[can]], kind)
    twins["household"] = second[can]
    twins["relation"] = np.full(int(can.sum()), "other_relative", dtype="U14")
    if kind == "same_person_no_number":
        twins["number"] = np.zeros_like(twins["number"])
    return twins


def _added_children(generator: np.random.Generator, people: Columns, households: int) -> Columns:
    """Children who do not exist: written down with a child's data, a name of the house, and no number."""
    adds = generator.random(households) < rates()["misreports"]["added_child"]
    heads = np.flatnonzero((people["relation"] == "head") & adds[people["household"]])
    children = _copy(people, heads, "added_child")
    count = len(heads)
    children["age"] = generator.integers(0, 5, size=count)
    children["birth_day"] = (
        children["interview_day"] - children["age"] * 366 - generator.integers(1, 300, size=count)
    )
    children["female"] = np.zeros(count, dtype=np.bool_)
    for part in ("title", "given", "second"):
        children[f"father_{part}"] = people[part][heads]
        children[part] = people[f"father_{part}"][heads]
    blank: dict[str, Any] = {
        "relation": "child", "marital_status": "never_married", "work_status": "none", "in_school": False,
        "unskilled_work": False, "schooling_years": 0, "number": 0,
    }  # fmt: skip
    for name, value in blank.items():
        children[name] = np.full(count, value, dtype=people[name].dtype)
    return children


def _share_numbers(rows: Columns, people: Columns, pairs: Ints, households: int) -> None:
    """Give a grown man of the second household the number of one of the first."""
    men = _one_of_each(people, (people["age"] >= 18) & (people["number"] > 0) & ~people["female"], households)
    lender, borrower = men[pairs[:, 0]], men[pairs[:, 1]]
    both = (lender >= 0) & (borrower >= 0)
    rows["number"][borrower[both]] = people["number"][lender[both]]
    rows["planted"][borrower[both]] = "number_two_claimants"
