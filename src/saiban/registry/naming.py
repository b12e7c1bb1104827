"""Keeping the keys by which names are looked for: the one place that writes them, always for sets of
households.

What is written follows from the persons' and households' readable copy alone; doing it twice changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import chain

from django.db import transaction

from saiban.calc import names
from saiban.core.models import Area
from saiban.registry import copying
from saiban.registry.name_models import NamesFilled
from saiban.registry.refreshing import LOCK

AT_ONCE, A_WHILE = 20_000, 240  # households; seconds
PERSONS = """
select p.id, p.name_en, p.name_ur, p.father_name_en, p.father_name_ur, h.village, h.area_id
from registry_membership m join registry_person p on p.id = m.person_id
join registry_household h on h.id = m.household_id
where m.household_id = any(%s) and upper_inf(m.during) and not m.cancelled and p.erased_at is null
"""
TABLE = "create temporary table if not exists registry_named_so (person_id bigint, keys int[]) on commit drop"
KEEP = """
insert into registry_namekeys (person_id, keys) select distinct on (person_id) person_id, keys from
registry_named_so on conflict (person_id) do update set keys = excluded.keys where registry_namekeys.keys <>
excluded.keys
"""
# whoever lived in these households and lives in none is not looked for; most still live where they did
FORGET = """
delete from registry_namekeys k using registry_membership m
where m.household_id = any(%s) and (m.cancelled or not upper_inf(m.during))
  and k.person_id = m.person_id and not exists (
  select from registry_membership o where o.person_id = k.person_id and upper_inf(o.during) and not
  o.cancelled)
"""
WORDS_TABLE = "create temporary table if not exists registry_word_said (word text, cuts int[]) on commit drop"
# in the order of the words, so that two who write the same ones wait for each other and never in a circle
KEEP_WORDS = """
insert into registry_nameword (word, cuts) select word, cuts from registry_word_said s
where not exists (select from registry_nameword k where k.word = s.word collate "C")
order by word collate "C" on conflict do nothing
"""
KEYS_TABLE = "create temporary table if not exists registry_key_said (key int) on commit drop"
KEEP_KNOWN = """
insert into registry_knownkey (key) select key from registry_key_said s
where not exists (select from registry_knownkey k where k.key = s.key) order by key on conflict do nothing
"""
TABLES = (TABLE, WORDS_TABLE, KEYS_TABLE, "truncate registry_named_so, registry_word_said, registry_key_said")
NEXT = """
select id from registry_household where id > %s and id <= %s order by id limit %s
"""


@transaction.atomic
def renew(household_ids: Sequence[int]) -> int:
    """Renew the keys of all who live, or lived, in these households; return how many persons live there.

    In one transaction, the caller's if there is one. Whoever renews a household holds it: the later one reads
    what the other may not have seen yet.
    """
    copying.run(LOCK, [list(household_ids)])
    # a first batch is in no statistics yet, and without them everybody would be held against everybody
    with copying.without("seqscan"):
        for statement in TABLES:
            copying.run(statement)
        places = _Places()
        words: set[str] = set()
        known: set[int] = set()
        count = 0
        for start in range(0, len(household_ids), AT_ONCE):
            rows = copying.rows_of(PERSONS, [list(household_ids[start : start + AT_ONCE])])
            keyed = [_keyed(places, row) for row in rows]  # asks for areas: not while the rows are sent
            copying.send_rows("registry_named_so", ("person_id", "keys"), keyed)
            words.update(word for row in rows for name in row[1:6] for word in names.words(name))
            known.update(chain.from_iterable(keys for _person_id, keys in keyed))
            count += len(rows)
        copying.run(KEEP)
        copying.run(FORGET, [list(household_ids)])
        _keep_vocabulary(words, known)
    return count


def _keep_vocabulary(words: Iterable[str], known: Iterable[int]) -> None:
    """Words and keys that were never met before; last, since others who met them too wait for our commit."""
    said = ((word, list(names.cuts(word))) for word in words)
    copying.send_rows("registry_word_said", ("word", "cuts"), said)
    copying.send_rows("registry_key_said", ("key",), ((key,) for key in known))
    for statement in (KEEP_WORDS, KEEP_KNOWN):
        copying.run(statement)


class _Places:
    """Keys of areas, each area asked for once."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[int]] = {}

    def __getitem__(self, area_id: int) -> frozenset[int]:
        """Keys of the names of the tehsil and district, and of the codes of all areas around."""
        if area_id not in self._known:
            area = Area.objects.get(pk=area_id)
            codes = tuple(str(area.path).split("."))
            named = Area.objects.filter(code__in=codes, level__in=("tehsil", "district"))
            around = (names.place_keys(name) for one in named for name in (one.name_en, one.name_ur))
            self._known[area_id] = frozenset(map(names.area_key, codes)).union(*around)
        return self._known[area_id]


def _keyed(places: _Places, row: tuple[int, str, str, str, str, str, int]) -> tuple[int, list[int]]:
    """All keys of a person, sorted, each once: of names in either script, place and areas around."""
    person_id, name_en, name_ur, father_en, father_ur, village, area_id = row
    found = places[area_id].union(
        names.name_keys(name_en), names.father_keys(father_en), names.place_keys(village),
        names.name_keys(name_ur), names.father_keys(father_ur),
    )  # fmt: skip
    return person_id, sorted(found)


def fill(*, households: int = 2_000) -> Iterable[int]:
    """Give keys to the households that were there before them, one transaction per ``households``; yields
    how many are done. Interrupted, it goes on where it stopped; done, it yields nothing.
    """
    while True:
        with transaction.atomic():
            row = NamesFilled.objects.select_for_update().first()
            if row is None or row.until >= row.last:
                return
            ids = [found[0] for found in copying.rows_of(NEXT, [row.until, row.last, households])]
            renew(ids)
            row.until = ids[-1] if ids else row.last
            row.save(update_fields=["until"])
        yield len(ids)


def still_to_fill() -> tuple[int, int] | None:
    """How far the keys have got, of how far; None when all is done."""
    row = NamesFilled.objects.first()
    return (row.until, row.last) if row and row.until < row.last else None


def fill_for_a_while() -> None:
    """Go on giving keys to old rows for some minutes; what is left is done at the next turn."""
    ends = time.monotonic() + A_WHILE
    for _households in fill():
        if time.monotonic() > ends:
            return
