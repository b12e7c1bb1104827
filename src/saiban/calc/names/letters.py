"""Words of a name, whatever it was typed with: one code point per letter, one word per word, joins left
out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from saiban.calc import yamlfile

FILE = Path(__file__).parents[2] / "data" / "names.yaml"
DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
DAGGER = "\u0670"  # the small alef: a vowel within a word, the letter alef after a last ya
FIRST_URDU, LAST_URDU = "\u0600", "\u06ff"
LONGEST_WORD = 40
_BOUND = re.compile(r"^(عبدال|abd(?:ul|ur|us|uz|ud|un|ush|al|el)(?=.{3}))(.+)$")
_ENDED = re.compile(r"^(.{3,}?)(?:(?:u|ud)(din|deen)|u(llah|lla)|(الدین)|(اللہ))$")


class Spellings(BaseModel):
    """``data/names.yaml`` as it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sources: dict[str, str]
    same_letter: dict[str, str]
    latin: dict[str, str]
    roman: list[tuple[str, str]]
    joins: list[str]
    not_the_article: list[str]
    titles: list[str]
    own_sound: dict[str, str]
    spellings: list[list[str]]


@cache
def shipped() -> Spellings:
    """The tables that come with saiban. Raises: BadInput, naming the line."""
    return yamlfile.parse(FILE.read_text(encoding="utf-8"), Spellings, place=FILE.name)


@cache
def _letters() -> dict[int, str | None]:
    same: dict[int, str | None] = {ord(written): meant for written, meant in shipped().same_letter.items()}
    return same | {ord("ـ"): None} | dict.fromkeys(range(0x064B, 0x0660), None)


@cache
def _joins() -> frozenset[str]:
    return frozenset(normal(join) for join in shipped().joins)


@cache
def _meant() -> dict[str, str]:
    """What each spelling of the table is looked for as."""
    return {normal(other): line[0] for line in shipped().spellings for other in line}


def normal(text: str) -> str:
    """Text with one code point per letter: Arabic forms as Urdu ones, no vowel signs, no tatweel, no unseen
    marks, Latin digits, small letters, accents of roman letters dropped.

    >>> normal("  ZÁINAB ") == "zainab" and normal("علي") == normal("علی")
    True
    """
    if text.isascii():
        return text.lower().strip()
    text = unicodedata.normalize("NFKC", text).translate(DIGITS)
    text = re.sub(f"[یى]{DAGGER}(?!\\w)", "ا", text).replace(DAGGER, "")
    text = unicodedata.normalize("NFC", text).translate(_letters())
    kept = (c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Mn", "Cf"))
    return "".join(kept).lower().strip()


@lru_cache(maxsize=100_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a name, joins left out and bound parts undone; a spelling of the table as its first.

    >>> words("Abdur-Rehman") == words("ABDUL REHMAN") == ("abd", "rehman")
    True
    """
    found: list[str] = []
    for typed in text.split():
        for word in _cut(typed):
            found += _undone(_without_article(word) if found else word)
    kept = [word for word in found if word not in _joins()] or found
    return tuple(_without_repeats(_meant().get(word, word) for word in kept))


@lru_cache(maxsize=100_000)
def _cut(typed: str) -> list[str]:
    """What stands between two spaces, as words: ``b.b`` is one, ``Zill-e-Huma`` three.

    Kept, as names are many and their words few.
    """
    plain = re.sub(r"\b([a-z])\.([a-z])\b", r"\1\2", normal(typed)).replace("'", "").replace("’", "")
    return [word[:LONGEST_WORD] for word in re.findall(r"[a-z]+|[0-9]+|[\u0600-\u06ff]+", plain)]


def _without_article(word: str) -> str:
    """``ضیاء الحق``: the article belongs to the join."""
    is_article = word.startswith("ال") and len(word) > 3 and word not in shipped().not_the_article
    return word[2:] if is_article and word != "الدین" else word


@lru_cache(maxsize=100_000)
def _undone(word: str) -> list[str]:
    """``abdulrehman`` is ``abd rehman``, ``habibullah`` is ``habib allah``, ``nasiruddin`` is ``nasir
    din``."""
    if word in _meant():
        return [word]
    if ended := _ENDED.match(word):
        return [*_undone(ended[1]), "din" if ended[2] or ended[4] else "allah"]
    if bound := _BOUND.match(word):
        return ["abd", *_undone(bound[2])]
    return [word]


def _without_repeats(found: Iterable[str]) -> list[str]:
    """``bi bi`` is one word."""
    kept: list[str] = []
    for word in found:
        if not kept or kept[-1] != word:
            kept.append(word)
    return kept


def is_urdu(word: str) -> bool:
    """Whether a word (of ``words``) is written in Urdu letters."""
    return word[:1] >= FIRST_URDU
