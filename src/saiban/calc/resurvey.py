"""What a second survey found: households that are the same, moved, split off, merged, new or not found.

Pure: persons are already known to be the same or not; here their households before and after are told apart.
The registry does the same by statements over sets (``registry/applying/resurvey.py``); tests compare both.
The method is explained in docs/algorithms/resurvey.md.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from saiban.calc import policy

Found = Literal["same", "moved", "split", "merged", "new", "doubtful", "not_found"]
NAMES = ("majority", "head_votes", "least_days", "birth_years", "covered_share")


@dataclass(frozen=True)
class Terms:
    """The numbers of policy that say when two households are one; see ``calc/policy/resurvey.yaml``.

    ``decides``: all of them were checked. If not, nothing is matched by itself: a person is asked.
    """

    majority: int
    head_votes: int
    least_days: int
    birth_years: int
    covered_share: int
    decides: bool


def terms(*, on: date, allow_unconfirmed: bool = False) -> Terms:
    """The terms in force on a day. Raises: NoValue before the first ones.

    >>> terms(on=date(2026, 7, 1)).decides
    False
    """
    values = [policy.dated_value(f"resurvey.{name}", on=on) for name in NAMES]
    numbers = {name: int(one.value) for name, one in zip(NAMES, values, strict=True)}
    return Terms(**numbers, decides=allow_unconfirmed or all(one.confirmed for one in values))


@dataclass(frozen=True)
class Survey:
    """Who lives where by one survey: ``home_of`` from person to household, ``area_of`` from household to the
    code of its area, ``heads``: the persons who are head of one.

    A household of which no person is known stands in ``area_of`` alone.
    """

    home_of: Mapping[int, int]
    area_of: Mapping[int, str]
    heads: Set[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Findings:
    """``after``: of each household of the second survey what it is, and which earlier one it continues, came
    out of, or may be; ``before``: of each earlier one that ended, into which it went, or that none found it.
    """

    after: dict[int, tuple[Found, int | None]]
    before: dict[int, tuple[Found, int | None]]


def told_apart(before: Survey, after: Survey, *, covered: Set[str], terms: Terms) -> Findings:
    """Compare two surveys; the order in which either is given does not matter.

    ``covered`` are the areas that the second survey went through: of a household elsewhere, not being found
    says nothing.
    """
    votes = _votes(before, after, terms.head_votes)
    totals = Counter[int]()
    for (old, _new), count in _votes(before, before, terms.head_votes).items():
        totals[old] += count
    shares = {pair: count * 100 - terms.majority * totals[pair[0]] for pair, count in votes.items()}
    heirs = {old: new for (old, new), over in shares.items() if over > 0}
    chosen = {new: _continued(new, heirs, before, after) for new in after.area_of}
    doubted = {old for (old, new), over in shares.items() if over == 0 and chosen[new] is None}
    lost = {
        old
        for old, area in before.area_of.items()
        if old not in heirs and old not in doubted and area in covered
    }
    told = {new: _told(new, chosen[new], votes, shares, lost, before, after) for new in after.area_of}
    gone: dict[int, tuple[Found, int | None]] = {
        old: ("merged", chosen[new]) for old, new in heirs.items() if chosen[new] != old
    }
    pointed_at = {other for kind, other in told.values() if kind == "doubtful"}
    return Findings(told, gone | dict.fromkeys(lost - pointed_at, ("not_found", None)))


def _votes(before: Survey, after: Survey, head_votes: int) -> Counter[tuple[int, int]]:
    """How much of each earlier household is in each later one: a vote for each member, more for the head."""
    votes = Counter[tuple[int, int]]()
    for person, new in after.home_of.items():
        if person in before.home_of:
            votes[before.home_of[person], new] += head_votes if person in before.heads else 1
    return votes


def _continued(new: int, heirs: Mapping[int, int], before: Survey, after: Survey) -> int | None:
    """Of the households that went into this one, which it continues: where its head was head, else the one of
    which most came, else the one known longest."""

    def rank(old: int) -> tuple[bool, int, int]:
        came = [
            person
            for person, home in after.home_of.items()
            if home == new and before.home_of.get(person) == old
        ]
        headed = any(person in before.heads and person in after.heads for person in came)
        return (not headed, -len(came), old)

    return min((old for old, heir in heirs.items() if heir == new), key=rank, default=None)


def _told(
    new: int,
    continues: int | None,
    votes: Mapping[tuple[int, int], int],
    shares: Mapping[tuple[int, int], int],
    lost: Set[int],
    before: Survey,
    after: Survey,
) -> tuple[Found, int | None]:
    if continues is not None:
        return ("same" if before.area_of[continues] == after.area_of[new] else "moved"), continues
    olds = sorted((old for old, into in votes if into == new), key=lambda old: (-votes[old, new], old))
    tied = [old for old in olds if shares[old, new] == 0]
    if tied:
        return "doubtful", tied[0]
    if not olds:
        return "new", None
    return ("doubtful" if olds[0] in lost else "split"), olds[0]
