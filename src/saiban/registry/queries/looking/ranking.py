"""What fits best: each word that was asked is held against the words of the person found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from saiban.calc import names
from saiban.registry.queries.looking.asking import FATHER, OWN, PLACE, Asked, titles

How = Literal["written", "sounds", "slip"]
WEIGHT_OF_TITLE = 0.4
FIELD_WORTH = {OWN: 1.0, FATHER: 0.97, PLACE: 0.95}
FOR_EACH_MORE = 0.01  # a name of two words fits two words better than one of four
SAME, SOUNDS = 0.995, 0.9


@dataclass(frozen=True)
class Read:
    """What a person is found by: the words of each field, in both scripts."""

    person_id: int
    own: tuple[str, ...]
    father: tuple[str, ...]
    place: tuple[str, ...]

    def words(self, field: str) -> tuple[str, ...]:
        """The words of a field."""
        return {OWN: self.own, FATHER: self.father, PLACE: self.place}[field]


@dataclass(frozen=True)
class Fit:
    """How well a person fits: ``worth`` from 0 to 1, the worst word's ``how``, and the fields that fitted."""

    person_id: int
    worth: float
    how: How
    fields: str


def fit(asked: Asked, read: Read) -> Fit | None:
    """Hold what is asked against a person; None where a word that tells people apart is like none of
    theirs."""
    worth = weight = 0.0
    worst, fields = 1.0, set()
    for word, allowed in asked.words:
        alike, field = _best(word, allowed, read)
        is_title = word in titles() and len(asked.words) > 1
        if alike < names.LEAST_LIKE and not is_title:
            return None
        share = WEIGHT_OF_TITLE if is_title else 1.0
        worth += share * alike * FIELD_WORTH[field]
        weight += share
        worst = min(worst, alike) if alike >= names.LEAST_LIKE else worst
        fields.add(field)
    more = max(_longest(read.own) - len(asked.words), 0)
    worth = worth / weight - FOR_EACH_MORE * more if weight else 0.0
    how: How = "written" if worst >= SAME else "sounds" if worst >= SOUNDS else "slip"
    return Fit(read.person_id, round(worth, 6), how, "".join(f for f in OWN + FATHER + PLACE if f in fields))


def _longest(own: Sequence[str]) -> int:
    """Words of a name, in that script in which it has more."""
    in_urdu = sum(map(names.is_urdu, own))
    return max(in_urdu, len(own) - in_urdu)


def _best(word: str, allowed: str, read: Read) -> tuple[float, str]:
    found = [
        (names.likeness(word, other) * FIELD_WORTH[field], names.likeness(word, other), field)
        for field in allowed
        for other in read.words(field)
    ]
    if not found:
        return 0.0, allowed[0]
    _worth, alike, field = max(found)
    return alike, field


def best(asked: Asked, persons: Iterable[Read], *, most: int) -> Sequence[Fit]:
    """The best that fit, best first: as written before sounding alike before slips; among equals the older
    id."""
    order = {"written": 0, "sounds": 1, "slip": 2}
    fits = [found for read in persons if (found := fit(asked, read)) is not None]
    fits.sort(key=lambda found: (order[found.how], -found.worth, found.person_id))
    return fits[:most]
