"""How a word sounds and how it is folded: two spellings in small ASCII letters, the same from either script.

The *sound* keeps consonants, whether a word begins with a vowel, and which vowel it ends with; the *fold*
keeps vowels too, one letter for each way of writing them. The design and what it was measured on:
docs/algorithms/names.md.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from saiban.calc.names.letters import is_urdu, shipped

VOWELS = "aeiou"
LONGEST = 24
_TWICE = re.compile(r"([a-z])\1+")
_BREATHED = re.compile("([بپتٹجچدڈڑکگ])ہ(?!$)")  # بھ, written with either letter
_LAST_H = re.compile("(?<=[^اہ])ہ$")
_FOLDS = [
    (re.compile(pattern), folded)
    for pattern, folded in (
        (r"oo|ou|ow(?![aeiou])|u", "u"),
        (r"(?<=[^aeiou])ay$|ee|ie(?!$)|ey|iy", "i"),
        (r"ai|ay(?![aeiou])|ei", "e"),
        (r"au|aw(?![aeiou])", "u"),
        (r"([aeiou])h$", r"\1"),
    )
]


@cache
def _latin() -> dict[int, str]:
    return {ord(letter): latin for letter, latin in shipped().latin.items()}


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A word of ``letters.words`` in folded roman letters: how it is written, less the ways of writing it.

    Urdu leaves short vowels out, so from both scripts only the sound is the same.

    >>> fold("rafique") == fold("rafeeq") == fold("rafiq")
    True
    """
    text = _letters(word)
    if not is_urdu(word):
        for pattern, folded in _FOLDS:
            text = pattern.sub(folded, text)
    return _TWICE.sub(r"\1", text.replace("'", "a"))[:LONGEST]


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """A word of ``letters.words`` as its consonants; ``A`` for a vowel before them, ``A``, ``Y``, ``W`` for
    one after; ``w`` and ``y`` count as vowels unless they begin the word. Figures stay.

    >>> sound("aslam"), sound("اسلم"), sound("fatimah"), sound("فاطمہ")
    ('Aslm', 'Aslm', 'ftmA', 'ftmA')
    """
    if word.isdigit():
        return word
    if own := shipped().own_sound.get(word):
        return own
    text = _TWICE.sub(r"\1", _letters(word))
    first, (body, last) = text[:1], _ending(text[1:])
    start = "A" if first in VOWELS else first
    return _TWICE.sub(r"\1", start + re.sub(r"[aeiouwy']", "", body) + last)[:LONGEST]


@lru_cache(maxsize=200_000)
def joined(first: str, second: str) -> str:
    """The sound of two words written as one: of their sounds, so that it is the same from either script.

    >>> joined(sound("rab"), sound("nawaz")) == sound("rabnawaz")
    True
    """
    return _TWICE.sub(r"\1", first.rstrip("AYW") + second.lstrip("Awy"))


def _ending(rest: str) -> tuple[str, str]:
    """What stands before the last vowel, and which that is: a (also ah), i (also y, ee, ay), u (also o,
    oo)."""
    found = re.search(r"[aeiouwy']+h?$|(?<=[^aeiouwy'])h$", rest)
    if found is None:
        return rest, ""
    vowels = found[0].replace("'", "").removesuffix("h") or ("a" if "h" in found[0] else "")
    if vowels in ("", "e"):
        return rest[: found.start()], ""
    last = "W" if vowels[-1] in "uow" else "A" if vowels[-1] == "a" else "Y"
    return rest[: found.start()], last


def _letters(word: str) -> str:
    """A word in roman letters, one for each sound that is told apart here."""
    if is_urdu(word):
        plain = _LAST_H.sub("ا", _BREATHED.sub(r"\1", word))
        latin = plain.translate(_latin()) if plain[0] != "ع" else "a" + plain[1:].translate(_latin())
        return latin.encode("ascii", "ignore").decode()  # a letter of another language that no table knows
    for letters, one in shipped().roman:
        if letters in word:
            word = word.replace(letters, one)
    return word
