"""Profiles rebuilt from observations, for those households only that something was said of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from saiban.core import changes, outbox
from saiban.core.models import Actor, ChangeSet
from saiban.registry import copying, resolving
from saiban.registry.emptied import emptied_among

if TYPE_CHECKING:
    import pyarrow as pa

    from saiban.registry.resolving import Heard, Profiles

CHUNK = 2500  # households resolved at a time: bounds the memory
MANY = 1000  # changed profiles after which the tables are other than their statistics say

READ_TABLE = """
create temporary table if not exists registry_read (
  household_id bigint, person_id bigint, "values" jsonb, origin jsonb, others jsonb, disagreements int,
  oldest_on date
) on commit drop
"""
MOVED_TABLE = """
create temporary table if not exists registry_moved (
  household_id bigint, field text, before jsonb, after jsonb, source text
) on commit drop
"""
CHANGED_TABLE = """
create temporary table if not exists registry_changed (household_id bigint primary key, is_new bool) on commit
drop
"""
# one after the other, in the order of ids, where two refreshes touch the same household; of one that was
# erased nothing is known, and nothing will be
LOCK = """
select id from registry_household where id = any(%s) and erased_at is null order by id for no key update
"""
# what nothing is said of any more is empty, but it is there
READ_EMPTY = """
insert into registry_read (household_id, "values", origin, others, disagreements)
select h.id, '{}', '{}', '{}', 0 from registry_household h
where h.id = any(%s) and not exists (select from registry_read r where r.household_id = h.id)
"""
# one that only moved to another area, or was emptied, has changed too: what stands by area, and who counts
# households, follow it
FIND_CHANGED = """
insert into registry_changed
select r.household_id, p.id is null
from registry_read r join registry_household h on h.id = r.household_id
left join registry_profile p on p.household_id = r.household_id
where p."values" is distinct from r."values" or p.area_path is distinct from h.area_path
  or p.emptied is distinct from (h.id = any(%(emptied)s))
on conflict do nothing
"""
FIND_MOVED = """
insert into registry_moved
select r.household_id, f.field, p."values" -> f.field, r."values" -> f.field, r.origin -> f.field ->> 'source'
from registry_read r
join registry_profile p on p.household_id = r.household_id and p."values" is distinct from r."values"
cross join lateral (select jsonb_object_keys(p."values" || r."values") as field) f
where p."values" -> f.field is distinct from r."values" -> f.field
"""
WRITE_HOUSEHOLDS = """
insert into registry_profile as p (household_id, area_path, "values", origin, others, disagreements,
oldest_on, emptied)
select h.id, h.area_path, r."values", r.origin, r.others, r.disagreements, r.oldest_on,
  h.id = any(%(emptied)s)
from registry_read r join registry_household h on h.id = r.household_id
on conflict (household_id) do update set area_path = excluded.area_path, emptied = excluded.emptied,
  "values" = excluded."values",
  origin = excluded.origin, others = excluded.others, disagreements = excluded.disagreements,
  oldest_on = excluded.oldest_on, resolved_at = now()
where (p.area_path, p.emptied, p."values", p.origin, p.others) is distinct from
  (excluded.area_path, excluded.emptied, excluded."values", excluded.origin, excluded.others)
"""
WRITE_PERSONS = """
insert into registry_profile as p (person_id, area_path, "values", origin, others, disagreements, oldest_on)
select m.person_id, h.area_path, r."values", r.origin, r.others, r.disagreements, r.oldest_on
from registry_read r
join registry_membership m on m.person_id = r.person_id and upper_inf(m.during) and not m.cancelled
join registry_household h on h.id = m.household_id
on conflict (person_id) do update set area_path = excluded.area_path, "values" = excluded."values",
  origin = excluded.origin, others = excluded.others, disagreements = excluded.disagreements,
  oldest_on = excluded.oldest_on, resolved_at = now()
where (p.area_path, p."values", p.origin, p.others) is distinct from
  (excluded.area_path, excluded."values", excluded.origin, excluded.others)
"""
EMPTIED_AT_FIRST = "update registry_profile set emptied = true where household_id = any(%s)"
KEEP_MOVED = """
insert into registry_profilechange (change_set_id, household_id, field, before, after, source)
select %s, household_id, field, before, after, coalesce(source, '') from registry_moved
"""
# a first profile need not be compared, and is written at once
HAVE_PROFILE = "select {key} from registry_profile where {key} = any(%s)"
AREAS = "select id, area_path::text from registry_household where id = any(%s)"
ALL_NEW = "insert into registry_changed select unnest(%s::bigint[]), true"
COUNTS = """
select count(*), count(*) filter (where is_new), (select count(*) from registry_moved) from registry_changed
"""
# what asks next, in the same minute, would else be planned for tables that were empty
FILLED = (
    "registry_household", "registry_person", "registry_membership", "registry_identifier", "registry_link",
    "registry_profile",
)  # fmt: skip
# the objects of a profile are left out: they take most of the time, and no plan asks for them
STATISTICS = f"analyze {', '.join(FILLED)} (household_id, person_id, area_path, band, score, oldest_on)"
# of tables that grew by a fifth since; of large ones the statistics are right for long
HAVE_GROWN = """
select bool_or(pg_relation_size(oid) / current_setting('block_size')::int > relpages * 1.2)
from pg_class where oid = any(%s::text[]::regclass[])
"""


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: how many households were read anew, how many of them changed; None where none
    did."""

    households: int
    changed: int = 0
    new: int = 0
    fields: int = 0
    change_set: ChangeSet | None = None


def refresh(
    *,
    actor: Actor,
    household_ids: Iterable[int],
    reason: str,
    source_kind: str = "",
    source_id: int | None = None,
    area: str = "",
    advance: Callable[[int], None] = lambda count: None,
) -> Refreshed:
    """Rebuild the profiles of households and their members, keep what moved, and announce it, in the caller's
    transaction.

    Running it twice changes nothing the second time. ``area``: the path of one in which all of them lie,
    where that is known. ``advance`` hears how many households are done.
    """
    ids = sorted(set(household_ids))
    for statement in (READ_TABLE, MOVED_TABLE, CHANGED_TABLE):
        copying.run(statement)
    copying.run("truncate registry_moved, registry_changed")
    for chunk, heard, profiles in _resolved(ids):
        _store(chunk, heard, profiles)
        advance(len(chunk))
    changed, new, moved = copying.rows_of(COUNTS)[0]
    if not changed:
        return Refreshed(len(ids))
    if changed >= MANY and copying.rows_of(HAVE_GROWN, [list(FILLED)])[0][0]:
        copying.run(STATISTICS)
    made = changes.change_set(
        actor=actor,
        kind="registry.household",
        reason=reason,
        ids=[row[0] for row in copying.rows_of("select household_id from registry_changed")],
        source_kind=source_kind,
        source_id=source_id,
        versions={"read": len(ids), "changed": changed, "new": new, "fields": moved, "area": area},
    )
    copying.run(KEEP_MOVED, [made.pk])
    outbox.announce("registry.profile.changed", key=f"change_set:{made.pk}", change_set_id=made.pk)
    return Refreshed(len(ids), changed, new, moved, made)


def _resolved(ids: list[int]) -> Iterator[tuple[list[int], Heard, Profiles]]:
    """Households by chunks, with what was heard of them and the profiles that came of it.

    A thread resolves the next chunk while the database stores the one before: it needs another core, and
    nothing of what is stored.
    """
    with ThreadPoolExecutor(max_workers=1) as aside:
        ahead: deque[tuple[list[int], Heard, Future[Profiles]]] = deque()
        for chunk in copying.in_chunks(ids, CHUNK):
            kept = [row[0] for row in copying.rows_of(LOCK, [chunk])]
            if not kept:
                continue
            heard = resolving.heard(kept)
            ahead.append((kept, heard, aside.submit(resolving.profiles_of, heard)))
            if len(ahead) > 1:
                yield _awaited(*ahead.popleft())
        while ahead:
            yield _awaited(*ahead.popleft())


def _awaited(chunk: list[int], heard: Heard, profiles: Future[Profiles]) -> tuple[list[int], Heard, Profiles]:
    return chunk, heard, profiles.result()


def _store(ids: list[int], heard: Heard, profiles: Profiles) -> None:
    """Store the profiles of one chunk: first ones at once, the others where they differ from what is stored.

    Somebody who was known before lives somewhere in nearly every chunk: the others are not held up by them.
    """
    of_households, of_persons = profiles
    known = _who_have_a_profile("household_id", ids)
    known_persons = _who_have_a_profile("person_id", of_persons["subject_id"].to_pylist())
    homes_known, homes_new = _parted(of_households, known)
    persons_known, persons_new = _parted(of_persons, known_persons)
    new, emptied = sorted(set(ids).difference(known)), _emptied(ids, heard)
    if new or persons_new.num_rows:
        areas = _areas(ids)
        _store_first(new, homes_new, areas, emptied)
        _store_first_persons(persons_new, heard, areas)
    if known or persons_known.num_rows:
        _renew(sorted(known), homes_known, persons_known, emptied)


def _who_have_a_profile(key: str, ids: list[int]) -> set[int]:
    return {row[0] for row in copying.rows_of(HAVE_PROFILE.format(key=key), [ids])}


def _parted(profiles: pa.Table, known: set[int]) -> tuple[pa.Table, pa.Table]:
    """Profiles of whom is known, and of the others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_known = pc.is_in(profiles["subject_id"], pa.array(sorted(known), pa.int64()))
    return profiles.filter(is_known), profiles.filter(pc.invert(is_known))


def _areas(ids: list[int]) -> pa.Table:
    """Where each household lies: household_id, area_path."""
    import pyarrow as pa

    homes, areas = zip(*copying.rows_of(AREAS, [ids]), strict=True)
    return pa.table({"household_id": pa.array(homes, pa.int64()), "area_path": pa.array(areas)})


def _emptied(ids: list[int], heard: Heard) -> list[int]:
    """Those in which nobody lives any more: asked only of those who have no member, which are few."""
    return emptied_among(sorted(set(ids).difference(heard.members["household_id"].to_pylist())))


def _store_first(ids: list[int], profiles: pa.Table, areas: pa.Table, emptied: list[int]) -> None:
    """First profiles of households; of whom nothing is said, an empty one."""
    import pyarrow as pa

    if not ids:
        return
    silent = sorted(set(ids).difference(profiles["subject_id"].to_pylist()))
    empty = dict.fromkeys(("values", "origin", "others"), pa.array(["{}"] * len(silent)))
    nothing = pa.table({"subject_id": pa.array(silent, pa.int64()), **empty})
    everyone = pa.concat_tables([profiles, nothing], promote_options="default")
    _send_first(everyone.rename_columns({"subject_id": "household_id"}).join(areas, "household_id"))
    if emptied:
        copying.run(EMPTIED_AT_FIRST, [sorted(set(emptied).intersection(ids))])
    copying.run(ALL_NEW, [ids])


def _store_first_persons(profiles: pa.Table, heard: Heard, areas: pa.Table) -> None:
    """First profiles of persons, where they live; whoever moved while it was heard gets one where they live
    now.
    """
    persons = profiles.rename_columns({"subject_id": "person_id"})
    at_home = persons.join(heard.members, "person_id", join_type="inner")
    _send_first(at_home.join(areas, "household_id").drop_columns("household_id"))


def _send_first(profiles: pa.Table) -> None:
    disagreements = profiles["disagreements"].fill_null(0)
    place = profiles.schema.get_field_index("disagreements")
    copying.send("registry_profile", profiles.set_column(place, "disagreements", disagreements))


def _renew(ids: list[int], of_households: pa.Table, of_persons: pa.Table, emptied: list[int]) -> None:
    """Compare profiles with what is stored, and store what differs; ``ids`` are those of the households,
    ``emptied`` may name others too.
    """
    copying.run("truncate registry_read")
    _send(of_households, "household_id")
    _send(of_persons, "person_id")
    copying.run(READ_EMPTY, [ids])
    values = {"emptied": emptied}
    copying.run(FIND_CHANGED, values)
    copying.run(FIND_MOVED)
    copying.run(WRITE_HOUSEHOLDS, values)
    copying.run(WRITE_PERSONS)


def _send(profiles: pa.Table, key: str) -> None:
    copying.send("registry_read", profiles.rename_columns({"subject_id": key}))


def change_set_ids(change_set_id: int) -> list[int]:
    """Ids of the households in a change set."""
    found = copying.rows_of(
        "select subject_id from core_changesetitem where change_set_id = %s order by subject_id",
        [change_set_id],
    )
    return [row[0] for row in found]
