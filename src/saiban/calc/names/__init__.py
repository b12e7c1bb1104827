"""Names for searching: whatever letters, spelling or script they were written in. See
docs/algorithms/names.md.

A *key* is a 32-bit number (CRC-32) of a field and a sound or fold, so that an index over keys needs no
collation, is small, and spells no name. Keys only say where to look; what is found is judged by ``likeness``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from saiban.calc.names.letters import is_urdu, normal, shipped, words
from saiban.calc.names.likeness import LEAST_LIKE, likeness
from saiban.calc.names.sounds import fold, joined, sound

__all__ = [
    "LEAST_LIKE",
    "area_key",
    "cuts",
    "father_keys",
    "fold",
    "is_urdu",
    "joined",
    "key",
    "likeness",
    "name_keys",
    "normal",
    "pair_keys",
    "place_keys",
    "shipped",
    "sound",
    "words",
]  # fmt: skip
OWN, FATHER, PLACE, WRITTEN, AREA = "n", "f", "v", "w", "a"
MOST_WORDS = 8


@lru_cache(maxsize=400_000)
def key(field: str, text: str) -> int:
    """The key of a sound (``OWN``, ``FATHER``, ``PLACE``), a fold (``WRITTEN``) or a code (``AREA``):
    int32."""
    number = crc32(f"{field}:{text}".encode())
    return number - 2**32 if number >= 2**31 else number


@lru_cache(maxsize=100_000)
def name_keys(name: str) -> tuple[int, ...]:
    """Keys of a person's own name: each sound, each two of its words as one, each word as written.

    >>> of_both = set(name_keys("محمد اسلم")) & set(name_keys("Mohd Aslam"))
    >>> of_both >= set(pair_keys(OWN, ("muhammad", "aslam")))
    True
    """
    found = words(name)[:MOST_WORDS]
    written = (key(WRITTEN, fold(word)) for word in found)
    return (*_sounds(OWN, found), *_pairs(OWN, found), *written)


@lru_cache(maxsize=100_000)
def father_keys(name: str) -> tuple[int, ...]:
    """Keys of a father's or husband's name: each sound, each two of its words as one."""
    found = words(name)[:MOST_WORDS]
    return (*_sounds(FATHER, found), *_pairs(FATHER, found))


@lru_cache(maxsize=100_000)
def place_keys(place: str) -> tuple[int, ...]:
    """Keys of a place: each sound of its name, each two of its words as one."""
    found = words(place)
    return (*_sounds(PLACE, found), *_pairs(PLACE, found[:MOST_WORDS]))


@lru_cache(maxsize=10_000)
def area_key(code: str) -> int:
    """The key of lying in an area."""
    return key(AREA, code)


def pair_keys(field: str, found: Sequence[str]) -> list[int]:
    """What a person must have so that these words stand in a name beside each other, in this order; for one
    word, its own key."""
    sounds = [sound(word) for word in found]
    if len(sounds) == 1:
        return [key(field, sounds[0])]
    return [key(field, joined(first, second)) for first, second in pairwise(sounds)]


def _sounds(field: str, found: Sequence[str]) -> tuple[int, ...]:
    return tuple(key(field, sound(word)) for word in found)


def _pairs(field: str, found: Sequence[str]) -> tuple[int, ...]:
    """Neighbours, and those with one word between them: Muhammad Ali Khan is looked for as Muhammad Khan."""
    sounds = [sound(word) for word in found]
    near = [(sounds[i], sounds[k]) for i in range(len(sounds)) for k in range(i + 1, min(i + 3, len(sounds)))]
    return tuple(_pair_key(field, first, second) for first, second in near)


@lru_cache(maxsize=400_000)
def _pair_key(field: str, first: str, second: str) -> int:
    return key(field, joined(first, second))


@lru_cache(maxsize=50_000)
def cuts(word: str) -> tuple[int, ...]:
    """Keys of a word, its fold and its sound, and of each with one letter left out: two words that share one
    are at most one slip of the fingers apart (a letter more, less, other, or two changed about).

    Source: symmetric deletion, W. Garbe's SymSpell (2012), here for one slip.
    """
    found: set[int] = set()
    for field, text in (("cr", word), ("cf", fold(word)), ("cs", sound(word))):
        found.add(key(field, text))
        found.update(key(field, text[:i] + text[i + 1 :]) for i in range(len(text)) if len(text) > 2)
    return tuple(sorted(found))
