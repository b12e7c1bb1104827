"""Where to look: persons whose keys hold those of a reading.

An index over keys answers each reading; no more than a page or two of persons is taken from each, and
nothing of them is read here but their ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from saiban.calc import names
from saiban.core.models import Actor
from saiban.registry.queries.looking.asking import EVERYWHERE, Asked, Reading, keys_of, written_keys
from saiban.registry.queries.looking.meaning import Meant

ENOUGH, ENOUGH_SLIPS = 60, 20
Keys = frozenset[int]
# one plan for all readings; without the index it would be a walk over everybody, so that walk is switched off
FIND = """
select g.no, k.person_id, k.held
from unnest(%s::text[], %s::text[], %s::int[]) with ordinality g (common, others, most, no)
cross join lateral (
  select n.person_id, array(select key from unnest(n.keys) key where key = any(g.others::int[])) as held
  from registry_namekeys n
  where n.keys @> g.common::int[] and n.keys && g.others::int[] limit g.most) k
"""
KNOWN = "select key from registry_knownkey where key = any(%s)"
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
        readings = [reading for variant in meant.variants(asked) for reading in variant.readings()]
        found = self._persons(map(keys_of, readings), ENOUGH_SLIPS)
        return found or (self._persons(_by_scattered_places(readings), ENOUGH_SLIPS) if scattered else [])

    def _persons(self, readings: Iterable[list[int]], most: int) -> list[int]:
        """Persons who hold all keys of a reading, at most so many of each; what holds a key that nobody has
        is not asked.
        """
        wanted = [keys for keys in readings if keys]
        if not wanted:
            return []
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(KNOWN, [list({key for keys in wanted for key in keys})])
            known = {key for (key,) in cursor.fetchall()}
            possible = (keys for keys in wanted if known.issuperset(keys))
            asked = list(dict.fromkeys(frozenset({*keys, *self._also}) for keys in possible))
            if not asked:
                return []
            cursor.execute("set local enable_seqscan = off")
            found = _found(cursor, asked, most)
        return list(dict.fromkeys(person_id for keys in asked for person_id in found[keys]))


def _found(cursor: Any, asked: Sequence[Keys], most: int) -> dict[Keys, list[int]]:
    """The first persons who hold all keys of a reading, at most so many of each.

    Readings that differ in one key are asked as one: what they share is met once. Where so many were found
    that some may have been left out, those readings that lack some are asked again, without the others.
    """
    found: dict[Keys, list[int]] = {}
    groups = alike(asked)
    while groups:
        lists = ([_literal(one.common) for one in groups], [_literal(one.others) for one in groups])
        limits = [most * len(one.others) for one in groups]
        cursor.execute(FIND, [*lists, limits])
        held_by = [{key: list[int]() for key in one.others} for one in groups]
        rows = Counter[int]()
        for no, person_id, held in cursor.fetchall():
            rows[no - 1] += 1
            for key in held:
                held_by[no - 1][key].append(person_id)
        again = []
        for no, (group, persons) in enumerate(zip(groups, held_by, strict=True)):
            found |= {group.reading(key): ids[:most] for key, ids in persons.items()}
            lacking = frozenset(key for key, ids in persons.items() if len(ids) < most)
            if lacking and rows[no] == limits[no]:
                again.append(Alike(group.common, lacking))
        groups = again
    return found


@dataclass(frozen=True)
class Alike:
    """Readings that share all keys but one, each with another of ``others``."""

    common: Keys
    others: Keys

    def reading(self, key: int) -> Keys:
        """All keys of the reading that has this one."""
        return self.common | {key}


def alike(readings: Sequence[Keys]) -> list[Alike]:
    """Put readings together that differ in one key, the largest groups first; each stands in one.

    A reading of one key has that in common with itself: nobody is looked for by none.
    """
    by_common: dict[Keys, dict[int, Keys]] = defaultdict(dict)
    for keys in readings:
        for key in keys:
            by_common[keys - {key} or keys][key] = keys
    groups, left = [], set(readings)
    for common, members in sorted(by_common.items(), key=lambda one: -len(one[1])):
        if others := frozenset(key for key, keys in members.items() if keys in left):
            groups.append(Alike(common, others))
            left -= {members[key] for key in others}
    return groups


def _by_scattered_places(readings: Iterable[Reading]) -> list[list[int]]:
    """Keys of those readings in which several words are a place, with these in any order: a village and its
    tehsil, say. Such lists are long, and are asked last."""
    return [
        keys_of(reading, scattered=names.PLACE)
        for reading in readings
        if any(field == names.PLACE and len(words) > 1 for field, words in reading)
    ]


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


def _literal(keys: Keys) -> str:
    return "{" + ",".join(map(str, sorted(keys))) + "}"
