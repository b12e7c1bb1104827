"""What a second survey found: households that stayed, moved, split, merged, are new or were not met, and
where each member went.

Pure: persons are already known to be the same or not (by the survey's own number, by CNIC, by a clerk); here
their households before and after are told apart. The method is explained in docs/algorithms/resurvey.md.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Literal

HouseholdFound = Literal["same", "moved", "split", "merged", "new", "vanished", "dispersed"]
MemberFound = Literal["stayed", "joined", "moved", "newborn", "died", "left"]
Stay = tuple[int, int]  # household before, household after


@dataclass(frozen=True)
class Survey:
    """Who lives where by one survey: ``home_of`` from person to household, ``area_of`` from household to the
    code of its area. A household of which no person is known stands in ``area_of`` alone.
    """

    home_of: Mapping[int, int]
    area_of: Mapping[int, str]


@dataclass(frozen=True)
class Findings:
    """``after``: one word for each household of the second survey; ``before``: one for each that none of
    them continues; ``members``: one for each person who was met, has died, or left a household that was met.
    """

    after: dict[int, HouseholdFound]
    before: dict[int, HouseholdFound]
    members: dict[int, MemberFound]


def told_apart(
    before: Survey,
    after: Survey,
    *,
    covered: Set[str],
    newborn: Set[int] = frozenset(),
    died: Set[int] = frozenset(),
) -> Findings:
    """Compare two surveys; the order in which either is given does not matter.

    ``covered`` are the areas that the second survey went through: of a household elsewhere, not being met
    says nothing. ``newborn`` were born since the first survey, ``died`` are said to have died since.
    """
    stays = continued(before, after)
    met = {before.home_of[person] for person in after.home_of if person in before.home_of}
    kept = {old for old, _ in stays}
    gone: dict[int, HouseholdFound] = {
        old: "dispersed" if old in met else "vanished"
        for old, area in before.area_of.items()
        if old not in kept and (old in met or area in covered)
    }
    households = _households(stays, before, after)
    members = {person: _member(person, before, after, stays, newborn) for person in after.home_of}
    for person in before.home_of.keys() - after.home_of.keys():
        home = before.home_of[person]
        if person in died:
            members[person] = "died"
        elif home in met:
            members[person] = "left"
    return Findings(households, gone, members)


def continued(before: Survey, after: Survey) -> set[Stay]:
    """Pairs of which the later household continues the earlier: they share at least half of those of the
    earlier who were met, or at least half of those of the later who were known. One who married out makes no
    such pair between two families.
    """
    known = [person for person in after.home_of if person in before.home_of]
    shared = Counter((before.home_of[person], after.home_of[person]) for person in known)
    met_of = Counter(before.home_of[person] for person in known)
    known_of = Counter(after.home_of[person] for person in known)
    return {
        (old, new)
        for (old, new), count in shared.items()
        if 2 * count >= met_of[old] or 2 * count >= known_of[new]
    }


def _households(stays: set[Stay], before: Survey, after: Survey) -> dict[int, HouseholdFound]:
    heirs = Counter(old for old, _ in stays)
    olds_of: dict[int, list[int]] = {new: [] for new in after.area_of}
    for old, new in stays:
        olds_of[new].append(old)
    return {new: _household(olds, heirs, before, after.area_of[new]) for new, olds in olds_of.items()}


def _household(olds: list[int], heirs: Counter[int], before: Survey, area: str) -> HouseholdFound:
    if not olds:
        return "new"
    if len(olds) > 1:
        return "merged"
    if heirs[olds[0]] > 1:
        return "split"
    return "same" if before.area_of[olds[0]] == area else "moved"


def _member(person: int, before: Survey, after: Survey, stays: set[Stay], newborn: Set[int]) -> MemberFound:
    if person not in before.home_of:
        return "newborn" if person in newborn else "joined"
    return "stayed" if (before.home_of[person], after.home_of[person]) in stays else "moved"
