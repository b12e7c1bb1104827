"""What is asked of names: words, and in which field each of them may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from saiban.calc import names

OWN, FATHER, PLACE = names.OWN, names.FATHER, names.PLACE
EVERYWHERE = OWN + FATHER + PLACE
Words = tuple[str, ...]
Reading = tuple[tuple[str, Words], ...]  # which words stand in which field
MOST_WORDS = 6


@cache
def titles() -> frozenset[str]:
    """Words so common that they tell nobody apart where another word is given."""
    return frozenset(names.shipped().titles)


@dataclass(frozen=True)
class Asked:
    """Words to find: ``anywhere`` of one box, ``own``, ``father``, ``place`` of the form that asks for
    each."""

    anywhere: Words = ()
    own: Words = ()
    father: Words = ()
    place: Words = ()

    @classmethod
    def of(cls, anywhere: str = "", *, own: str = "", father: str = "", place: str = "") -> Asked:
        """Cut what was typed into words; what goes beyond six words is left out."""
        return cls(*(names.words(text)[:MOST_WORDS] for text in (anywhere, own, father, place)))

    @property
    def words(self) -> list[tuple[str, str]]:
        """Each word with the fields where it may stand."""
        return [
            *((word, EVERYWHERE) for word in self.anywhere),
            *((word, OWN) for word in self.own),
            *((word, FATHER) for word in self.father),
            *((word, PLACE) for word in self.place),
        ]

    def replaced(self, word: str, other: str) -> Asked:
        """The same with another word for one of them."""
        parts = (self.anywhere, self.own, self.father, self.place)
        return Asked(*(tuple(other if each == word else each for each in part) for part in parts))

    def without_titles(self) -> Asked:
        """The same without words that are common to half the people, as far as others are left."""
        parts = (self.anywhere, self.own, self.father, self.place)
        return Asked(*(tuple(word for word in part if word not in titles()) or part for part in parts))

    def readings(self) -> Iterator[Reading]:
        """Ways to understand it, the likelier first: one's own name, then with the father's, a place, or
        both."""
        given = ((OWN, self.own), (FATHER, self.father), (PLACE, self.place))
        fixed = tuple((field, words) for field, words in given if words)
        for split in _splits(self.anywhere):
            yield (*split, *fixed)


def _splits(words: Words) -> Iterator[Reading]:
    if not words:
        yield ()
        return
    yield ((OWN, words),)
    for i in range(1, len(words)):
        yield (OWN, words[:i]), (FATHER, words[i:])
        yield (OWN, words[:i]), (PLACE, words[i:])
        for k in range(i + 1, len(words)):
            yield (OWN, words[:i]), (FATHER, words[i:k]), (PLACE, words[k:])
    yield ((FATHER, words),)
    yield ((PLACE, words),)


def keys_of(reading: Reading, *, scattered: str = "") -> list[int]:
    """What a person's keys must hold for a reading: two neighbours by one key, but in the fields in which
    words may be ``scattered``."""
    found: set[int] = set()
    for field, words in reading:
        if field in scattered:
            found.update(names.key(field, names.sound(word)) for word in words)
        else:
            found.update(names.pair_keys(field, words))
    return sorted(found)


def written_keys(words: Words) -> list[int]:
    """What a person's keys must hold who is written just so."""
    return sorted({names.key(names.WRITTEN, names.fold(word)) for word in words})
