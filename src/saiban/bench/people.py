"""Random people for the bench ``lookup``, with the truth of who is who: a household of six to seven, names
drawn as the synthetic province draws them, each person written in roman letters, in Urdu, or in both.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import TypeVar

import numpy as np

VARIED = 0.25  # share of roman words in another spelling
VILLAGES_PER_TEHSIL = 60
VILLAGE_KINDS = ("Kot", "Basti", "Mauza", "Dera", "Chak")
ROMAN, URDU, BOTH = range(3)
Parts = tuple[int, ...]  # places in the book of names
Item = TypeVar("Item")
BUFFER = 100_000


class Draw:
    """One draw after the other from a seeded generator, many at a time behind the scenes."""

    def __init__(self, seed: int) -> None:
        """Equal seeds draw equally."""
        self._generator = np.random.default_rng(seed)
        self._drawn: list[float] = []

    def random(self) -> float:
        """A number from 0 up to 1."""
        if not self._drawn:
            self._drawn = self._generator.random(BUFFER).tolist()
        return self._drawn.pop()

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int(self.random() * (most - least + 1))

    def choice(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[int(self.random() * len(items))]

    def weighed(self, items: Sequence[Item], cumulated: Sequence[float]) -> Item:
        """One of the items, by cumulated weights."""
        return items[bisect_right(cumulated, self.random() * cumulated[-1], hi=len(items) - 1)]

    def sample(self, most: int, count: int) -> list[int]:
        """``count`` different numbers from 1 to ``most``, in no order."""
        return [int(no) + 1 for no in self._generator.choice(most, size=count, replace=False)]


@dataclass(frozen=True)
class Entry:
    """A name: how it may be written in roman letters, the commonest first, and in Urdu."""

    roman: tuple[str, ...]
    urdu: str


@dataclass(frozen=True)
class Made:
    """One person; ``own`` and ``father`` are the truth, the rest is what the registry is told."""

    household: int
    own: Parts
    father: Parts
    female: bool
    name_en: str
    name_ur: str
    father_en: str
    father_ur: str


@cache
def book() -> tuple[list[Entry], dict[str, tuple[list[int], list[float]]]]:
    """All names, and for each use which of them with their cumulative weights (1 / (4 + rank))."""
    text = (files("saiban") / "synth" / "parameters" / "names.csv").read_text(encoding="utf-8")
    entries: list[Entry] = []
    uses: dict[str, list[int]] = {}
    for row in csv.DictReader(text.splitlines()):
        uses.setdefault(row["use"], []).append(len(entries))
        romans = (row["roman"], *filter(None, row["variants"].split("|")))
        entries.append(Entry(romans, row["urdu"]))
    weighed = {
        use: (members, list(accumulate(1 / (rank + 4) for rank in range(len(members)))))
        for use, members in uses.items()
    }
    return entries, weighed


def _pick(draw: Draw, use: str) -> int:
    members, weights = book()[1][use]
    return draw.weighed(members, weights)


def _man(draw: Draw, family: int) -> Parts:
    title = (_pick(draw, "male_first"),) if draw.random() < 0.5 else ()
    chance = draw.random()
    last = (_pick(draw, "male"),) if chance < 0.35 else (family,) if chance < 0.55 else ()
    return (*title, _pick(draw, "male"), *last)


def _woman(draw: Draw, family: int) -> Parts:
    chance = draw.random()
    last = (_pick(draw, "female_second"),) if chance < 0.6 else (family,) if chance < 0.75 else ()
    return (_pick(draw, "female"), *last)


def roman(parts: Parts, draw: Draw | None = None) -> str:
    """A name in roman letters; with a generator, some words in another spelling."""
    words = []
    for part in parts:
        spellings = book()[0][part].roman
        varied = draw is not None and len(spellings) > 1 and draw.random() < VARIED
        words.append(draw.choice(spellings[1:]) if varied and draw else spellings[0])
    return " ".join(words)


def urdu(parts: Parts) -> str:
    """A name in Urdu."""
    return " ".join(book()[0][part].urdu for part in parts)


def village(draw: Draw) -> str:
    """A village: ``Chak 42 SB`` or ``Kot Aslam``."""
    kind = draw.choice(VILLAGE_KINDS)
    if kind == "Chak":
        return f"Chak {draw.between(1, 600)} {draw.choice(('GB', 'JB', 'SB', 'NB'))}"
    return f"{kind} {roman((_pick(draw, draw.choice(('male', 'family'))),))}"


def people(draw: Draw, count: int) -> Iterator[Made]:
    """``count`` persons, household by household; the first of each is its head, and the men's children
    follow."""
    made, household = 0, 0
    while made < count:
        household += 1
        family = _pick(draw, "family")
        head, elder = _man(draw, family), _man(draw, family)
        for place in range(min(draw.between(3, 10), count - made)):
            female = place == 1 or (place > 1 and draw.random() < 0.5)
            own = head if not place else _woman(draw, family) if female else _man(draw, family)
            yield _written(draw, household, own, head if place else elder, female)
            made += 1


def _written(draw: Draw, household: int, own: Parts, father: Parts, female: bool) -> Made:
    script = draw.choice((ROMAN, URDU, BOTH, BOTH))
    english = (roman(own, draw), roman(father, draw)) if script != URDU else ("", "")
    in_urdu = (urdu(own), urdu(father)) if script != ROMAN else ("", "")
    return Made(household, own, father, female, english[0], in_urdu[0], english[1], in_urdu[1])


def slipped(draw: Draw, text: str) -> str:
    """The text with one slip of the fingers within its longest words: a letter less, more, other, or two
    about."""
    words = text.split()
    longest = max(len(word) for word in words)
    at = draw.choice([i for i, word in enumerate(words) if len(word) >= min(5, longest)])
    word = words[at]
    place = draw.between(1, len(word) - 2) if len(word) > 2 else 0
    letter = draw.choice("abcdefghijklmnopqrstuvwxyz")
    words[at] = draw.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
        )
    )
    return " ".join(words)
