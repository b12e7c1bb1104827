"""Where to look: persons whose keys hold those of a reading, and words that a slip of the fingers may have
meant.

An index over keys answers each reading; no more than a page or two of persons is taken from each, and
nothing of them is read here but their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

from django.db import connection, transaction

from saiban.calc import names
from saiban.core.models import Actor
from saiban.registry.queries.looking.asking import (
    EVERYWHERE,
    Asked,
    Reading,
    keys_of,
    titles,
    written_keys,
)

ENOUGH, ENOUGH_SLIPS = 60, 20
MOST_ALTERNATIVES, MOST_VARIANTS = 8, 16
LEAST_LETTERS = 3
LEAST_LIKE = 0.5
# one plan for all readings; without the index it would be a walk over everybody, so that walk is switched off
FIND = """
select r.no, k.person_id
from unnest(%s::text[]) with ordinality r (keys, no)
cross join lateral (
  select person_id from registry_namekeys where keys @> r.keys::int[] limit %s) k
order by r.no
"""
KNOWN = "select key from registry_knownkey where key = any(%s)"
MEANT = "select word from registry_nameword where cuts && %s::int[] limit 3000"
ELSEWHERE = """
select exists (
  select from core_area a where a.level = 'province' and not a.path <@ %s::ltree
    and exists (select from registry_household h where h.area_path <@ a.path))
"""


class Finder:
    """Looks for ids among the people of the area of the actor's duty."""

    def __init__(self, actor: Actor, *, also: Sequence[int] = ()) -> None:
        """``also`` are keys that everybody must have, such as that of an area."""
        self._also = [*also, *_area_keys(actor)]

    def near(self, asked: Asked) -> list[int]:
        """Persons who are written so, then those who sound so, by each reading; then with the words of the
        place scattered, then with all words."""
        written = [
            written_keys(words) + keys_of(reading)
            for reading in asked.readings()
            for words in [dict(reading).get(names.OWN, ())]
            if words
        ][:1]
        found = self._persons([*written, *map(keys_of, asked.readings())], ENOUGH)
        found = found or self._persons(_by_scattered_places(asked.readings()), ENOUGH)
        if not found:
            plainer = asked.without_titles()
            found = self._persons(
                [keys_of(reading, scattered=EVERYWHERE) for reading in plainer.readings()], ENOUGH
            )
        return found

    def slipped(self, asked: Asked, meant: Meant, *, scattered: bool) -> list[int]:
        """Persons found when words are read as others that they may have been meant for; with the words of a
        place ``scattered`` where nobody is found otherwise, which is long to ask.
        """
        variants = meant.variants(asked)[:MOST_VARIANTS]
        readings = [reading for variant in variants for reading in variant.readings()]
        found = self._persons(map(keys_of, readings), ENOUGH_SLIPS)
        return found or (self._persons(_by_scattered_places(readings), ENOUGH_SLIPS) if scattered else [])

    def _persons(self, readings: Iterable[list[int]], most: int) -> list[int]:
        """Persons who hold all keys of a reading, at most so many of each; what holds a key that nobody has
        is not asked.
        """
        wanted = [keys for keys in readings if keys]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(KNOWN, [list({key for keys in wanted for key in keys})])
            known = {key for (key,) in cursor.fetchall()}
            possible = (keys for keys in wanted if known.issuperset(keys))
            asked = list(dict.fromkeys(_literal({*keys, *self._also}) for keys in possible))
            if not asked:
                return []
            cursor.execute("set local enable_seqscan = off")
            cursor.execute(FIND, [asked, most])
            return list(dict.fromkeys(person_id for _no, person_id in cursor.fetchall()))


def _by_scattered_places(readings: Iterable[Reading]) -> list[list[int]]:
    """Keys of those readings in which several words are a place, with these in any order: a village and its
    tehsil, say. Such lists are long, and are asked last."""
    return [
        keys_of(reading, scattered=names.PLACE)
        for reading in readings
        if any(field == names.PLACE and len(words) > 1 for field, words in reading)
    ]


@dataclass(frozen=True)
class Meant:
    """For each word those that it may have been meant for, likeliest first; and which are ``unknown``: of the
    sound of no word that ever occurred in a name."""

    others: Mapping[str, Sequence[str]]
    unknown: Sequence[str]

    @classmethod
    def by(cls, asked: Asked) -> Meant:
        """Hold each word that tells people apart against all that are known."""
        others, unknown = {}, []
        for word, _fields in asked.words:
            if word.isdigit() or len(word) < LEAST_LETTERS or (word in titles() and len(asked.words) > 1):
                continue
            near = _near_words(word)
            if not any(names.sound(other) == names.sound(word) for other in near):
                unknown.append(word)
            others[word] = _of_other_sounds(word, near)
        return cls(others, unknown)

    def variants(self, asked: Asked) -> list[Asked]:
        """What may have been meant, the likelier first: other words for all that are unknown at once; where
        all are known, for one of them.
        """
        if self.unknown:
            words = [[(word, other) for other in self.others[word]] for word in self.unknown]
            changes: list[Sequence[tuple[str, str]]] = list(product(*words))
        else:
            changes = [[(word, other)] for word, others in self.others.items() for other in others]
        changes.sort(key=lambda pairs: -sum(names.likeness(*pair) for pair in pairs))
        return [reduce(lambda said, pair: said.replaced(*pair), pairs, asked) for pairs in changes]


def _near_words(word: str) -> list[str]:
    """Known words at most one slip away."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(MEANT, [list(names.cuts(word))])
        return [row[0] for row in cursor.fetchall()]


def _of_other_sounds(word: str, near: Iterable[str]) -> list[str]:
    """One for each sound but the word's own, likeliest first."""
    alike = {other: names.likeness(word, other) for other in near if names.sound(other) != names.sound(word)}
    by_sound: dict[str, str] = {}
    for other in sorted(alike, key=lambda other: (-alike[other], other)):
        if alike[other] >= LEAST_LIKE:
            by_sound.setdefault(names.sound(other), other)
    return list(by_sound.values())[:MOST_ALTERNATIVES]


def _area_keys(actor: Actor) -> list[int]:
    """The key of the duty's area, unless everybody lives there."""
    path = str(actor.area_path or "")
    if not path:
        return []
    if "." not in path:
        with connection.cursor() as cursor:
            cursor.execute(ELSEWHERE, [path])
            if not cursor.fetchone()[0]:
                return []
    return [names.area_key(path.rsplit(".", 1)[-1])]


def _literal(keys: set[int]) -> str:
    return "{" + ",".join(map(str, sorted(keys))) + "}"
