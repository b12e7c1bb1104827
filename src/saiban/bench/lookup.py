"""Bench ``lookup``: somebody is looked for by name, with a slip of the fingers, in the other script, with the
father's name or the village, by a duty of the whole province and by one of a district; on a server of its
own in a temporary home, deleted afterwards. People are laid district by district, as an import lays them.

A look finds whom it meant when somebody of that very name (and father, and village, where they were given)
stands on the first page: of a common name there are thousands, and nobody can say which of them was meant.
Beside it, in the same run: a look-up by primary key, and trigrams of the roman name at threshold 0.3, as
search did before.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from saiban.bench import people
from saiban.bench.looks import SEED, clerk_of
from saiban.bench.measure import Measured, milliseconds, peak_mb, percentile, timed
from saiban.bench.server import own_server, say

if TYPE_CHECKING:
    from saiban.core.models import Actor, Area

CHUNK, WARM_UP = 20_000, 20
LEAST_RECALL = 0.95
KINDS = ("typo", "urdu", "father typo", "village typo", "variant")
WITHOUT = (  # of no use to a look, and half an hour of loading at 20 million
    "alter table registry_membership drop constraint one_household_at_a_time",
    "drop index one_head_at_a_time",
)
TRIGRAMS = "create index bench_trigrams on registry_person using gin (name_en gin_trgm_ops)"
BEFORE = """
select p.id from registry_person p where p.name_en %%> %s and exists (
  select from registry_membership m join registry_household h on h.id = m.household_id
  where m.person_id = p.id and upper_inf(m.during) and not m.cancelled and h.area_path <@ %s::ltree)
order by word_similarity(%s, p.name_en) desc, p.id limit 25
"""
SIZES = """
select pg_relation_size('registry_namekeys_keys'), pg_total_relation_size('registry_namekeys'),
  pg_total_relation_size('registry_nameword') + pg_total_relation_size('registry_knownkey'),
  (select count(*) from registry_nameword)
"""
COLUMNS = {
    "household": ("id", "code", "area_id", "area_path", "village", "address"),
    "person": ("id", "name_en", "name_ur", "father_name_en", "father_name_ur", "sex"),
    "membership": ("person_id", "household_id", "relation", "head", "line_no", "during"),
    "identifier": ("person_id", "kind", "token", "sealed", "masked", "source", "since"),
}
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Target:
    """Somebody who is meant, and where they live."""

    made: people.Made
    person_id: int
    village: str
    area: Area


@dataclass(frozen=True)
class Query:
    """What is typed, by whom, and whom it may find."""

    kind: str
    text: str
    actor: Actor
    target: Target


def lookup(size: int, *, looks: int = 400) -> Measured:
    """Look for people among ``size`` persons; ``looks`` queries of each duty, baselines with a tenth of
    them."""
    with own_server():
        return _measured(size, looks)


def _measured(size: int, looks: int) -> Measured:
    draw = people.Draw(SEED)
    truth = _Truth()
    extra: dict[str, float | int | str] = _load(size, draw, truth, looks)
    queries = list(_queries(draw, truth, looks))
    by_kind, outside = _ask(queries, truth)
    extra |= _figures(by_kind)
    extra |= _beside(queries, truth, draw)
    extra["outside_area"] = outside
    recall = [hit for kind, found in by_kind.items() if "typo" in kind for _seconds, hit in found]
    extra["recall_typos"] = round(sum(recall) / len(recall), 4)
    p95, before = float(extra["all_p95_ms"]) / 1000, float(extra["trigram_p95_ms"]) / 1000
    return Measured(
        name="lookup", size=size, seconds=round(p95, 5), baseline="p95 of trigrams at 0.3",
        baseline_seconds=round(before, 5), ratio=round(p95 / before, 3), peak_mb=peak_mb(),
        equal=sum(recall) >= LEAST_RECALL * len(recall) and outside == 0, extra=extra,
    )  # fmt: skip


class _Truth:
    """Who bears which name: asked of everybody whom a look may show."""

    def __init__(self) -> None:
        self.names: list[tuple[people.Parts, people.Parts]] = []
        self.homes: list[int] = []
        self.villages: list[str] = []
        self.targets: list[Target] = []

    def fits(self, query: Query, person_id: int) -> bool:
        """Whether somebody is who may be meant."""
        own, father = self.names[person_id - 1]
        meant = query.target
        is_named = own == meant.made.own and ("father" not in query.kind or father == meant.made.father)
        return is_named and (
            "village" not in query.kind or self.villages[self.homes[person_id - 1] - 1] == meant.village
        )


def _load(size: int, draw: people.Draw, truth: _Truth, looks: int) -> dict[str, float | int | str]:
    """Write households, persons and memberships by COPY, then the keys as the registry writes them."""
    from django.db import connection, connections

    from saiban.registry import naming

    with connections["owner"].cursor() as owner:
        for statement in (*WITHOUT, "drop index registry_namekeys_keys"):
            owner.execute(statement)
    started = time.perf_counter()
    households = _copy(size, draw, truth, looks)
    loaded = time.perf_counter()
    say(f"{size} persons in {households} households; keys")
    for start in range(1, households + 1, CHUNK):
        from django.db import transaction

        with transaction.atomic():
            naming.renew(range(start, min(start + CHUNK, households + 1)))
    keyed = time.perf_counter()
    indexed = _index()
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        index, table, words, count = cursor.fetchone()
    return {
        "households": households, "load_seconds": round(loaded - started, 1),
        "keys_seconds": round(keyed - loaded, 1), "keys_us_per_person": round((keyed - loaded) / size * 1e6,
        1), "index_seconds": round(indexed - keyed, 1), "index_mb": index // MEGABYTE,
        "keys_mb": (table - index) // MEGABYTE, "words": count, "words_mb": words // MEGABYTE,
    }  # fmt: skip


def _index() -> float:
    """Build the index over keys, gather statistics; return when the index stood."""
    from django.db import connections

    with connections["owner"].cursor() as owner:
        owner.execute("set maintenance_work_mem = '1GB'")
        owner.execute("create index registry_namekeys_keys on registry_namekeys using gin (keys)")
        indexed = time.perf_counter()
        owner.execute("vacuum analyze registry_namekeys")
        owner.execute("analyze")
    return indexed


def _copy(size: int, draw: people.Draw, truth: _Truth, looks: int) -> int:
    """Write everybody; return how many households they make."""
    from saiban.core.models import Area

    areas = Area.objects.filter(level="tehsil", valid_until=None).order_by("path").select_related("parent")
    places = [[(area, people.village(draw)) for _ in range(people.VILLAGES_PER_TEHSIL)] for area in areas]
    wanted = set(draw.sample(size, min(size, 4 * looks)))
    writer = _Writer()
    for no, made in enumerate(people.people(draw, size), start=1):
        is_head = made.household > len(writer.homes)
        if is_head:
            writer.settle(*draw.choice(places[(no - 1) * len(places) // size]))  # in the order of an import
            truth.villages.append(writer.homes[-1][1])
        writer.add(no, made, is_head=is_head)
        truth.names.append((made.own, made.father))
        truth.homes.append(made.household)
        if no in wanted:
            area, village = writer.homes[-1]
            truth.targets.append(Target(made, no, village, area))
    writer.flush()
    return len(writer.homes)


class _Writer:
    """Sends rows by COPY, some thousand persons at a time, households whole."""

    def __init__(self) -> None:
        self.homes: list[tuple[Area, str]] = []
        self._written = 0
        self._persons: list[tuple[Any, ...]] = []
        self._members: list[tuple[Any, ...]] = []

    def settle(self, area: Area, village: str) -> None:
        """Begin a household."""
        if len(self._persons) > CHUNK:
            self.flush()
        self.homes.append((area, village))

    def add(self, no: int, made: people.Made, *, is_head: bool) -> None:
        """Add somebody to the household that was begun last."""
        sex = "female" if made.female else "male"
        names = (made.name_en, made.name_ur, made.father_en, made.father_ur)
        self._persons.append((no, *names, sex))
        relation = "head" if is_head else "child"
        self._members.append((no, made.household, relation, is_head, 1, "[2025-01-01,)"))

    def flush(self) -> None:
        """Send what was added."""
        from django.db import transaction

        from saiban.registry import copying

        homes = [
            (no, f"HH-00000-{no:07}", area.pk, str(area.path), village, "")
            for no, (area, village) in enumerate(self.homes[self._written :], start=self._written + 1)
        ]
        numbers = [
            (no, "cnic", no.to_bytes(33, "big"), b"", f"…{no % 1000:03}", "bench", "2025-01-01")
            for no, *_ in self._persons
        ]
        content = {
            "household": homes, "person": self._persons, "membership": self._members, "identifier": numbers,
        }  # fmt: skip
        with transaction.atomic():
            for table, columns in COLUMNS.items():
                copying.send_rows(f"registry_{table}", columns, content[table])
        self._written, self._persons, self._members = len(self.homes), [], []


def _queries(draw: people.Draw, truth: _Truth, looks: int) -> Iterable[Query]:
    """Five kinds in turn, half by the province's duty, half by that of the district where the target
    lives."""
    from saiban.core.models import Area

    targets = [target for target in truth.targets if len(target.made.own) > 1]
    for no, target in enumerate(targets[: 2 * looks]):
        level = "district" if no % 2 else "province"
        place = Area.objects.get(level=level, valid_until=None, code__in=str(target.area.path).split("."))
        kind = KINDS[no // 2 % len(KINDS)]
        yield Query(kind, _typed(draw, kind, target), clerk_of(place), target)


def _typed(draw: people.Draw, kind: str, target: Target) -> str:
    made = target.made
    if kind == "urdu":  # somebody who may be written in roman letters only
        return people.urdu(made.own) if not made.name_ur or draw.random() < 0.5 else people.roman(made.own)
    own = people.roman(made.own, draw if kind == "variant" else None)
    if kind == "variant":
        return own
    own = people.slipped(draw, own)
    after = {"father typo": people.roman(made.father), "village typo": target.village}.get(kind, "")
    return f"{own} {after}".strip()


def _ask(queries: Sequence[Query], truth: _Truth) -> tuple[dict[str, list[tuple[float, bool]]], int]:
    """Seconds of each look and whether it found, by kind and duty; and how many hits lay outside the duty's
    area."""
    from saiban.registry.queries import search

    found: dict[str, list[tuple[float, bool]]] = {}
    outside = 0
    for query in queries[:WARM_UP]:
        search(actor=query.actor, text=query.text)
    for query in queries:
        started = time.perf_counter()
        hits = search(actor=query.actor, text=query.text).hits
        seconds = time.perf_counter() - started
        shown = [hit.person.pk for hit in hits if hit.person]
        path = str(query.actor.area_path)
        outside += sum(not f"{hit.household.area_path}.".startswith(f"{path}.") for hit in hits)
        found.setdefault(query.kind, []).append((seconds, any(truth.fits(query, pk) for pk in shown)))
        found.setdefault("by district" if "." in path else "by province", []).append(found[query.kind][-1])
    return found, outside


def _figures(by_kind: dict[str, list[tuple[float, bool]]]) -> dict[str, float | int | str]:
    """Milliseconds and recall, of all looks and of each kind."""
    said: dict[str, float | int | str] = {}
    every = [seconds for kind, found in by_kind.items() if kind in KINDS for seconds, _hit in found]
    said["looks"] = len(every)
    for name, seconds in (
        ("all", every),
        *((kind, [one[0] for one in found]) for kind, found in by_kind.items()),
    ):
        for percent in (50, 95, 99) if name == "all" else (95,):
            said[f"{name}_p{percent}_ms".replace(" ", "_")] = milliseconds(percentile(seconds, percent))
    for kind, found in by_kind.items():
        said[f"{kind}_recall".replace(" ", "_")] = round(sum(hit for _seconds, hit in found) / len(found), 4)
    return said


def _beside(queries: Sequence[Query], truth: _Truth, draw: people.Draw) -> dict[str, float | int | str]:
    """A look-up by primary key, and trigrams of the roman name, with their recall on the same slips."""
    from django.db import connection, connections

    from saiban.registry.models import Person

    keys = [draw.between(1, len(truth.names)) for _ in range(len(queries))]
    by_key = [timed(partial(Person.objects.get, pk=pk))[0] for pk in keys]
    say("trigrams, as before")
    with connections["owner"].cursor() as owner:
        started = time.perf_counter()
        owner.execute(TRIGRAMS)
        built = time.perf_counter() - started
    of_names = [query for query in queries if query.kind == "typo"][: max(len(queries) // 10, 20)]
    looks = [(query, *timed(partial(_before, query))) for query in of_names]
    seconds = [took for _query, took, _shown in looks]
    hits = [any(truth.fits(query, pk) for pk in shown) for query, _took, shown in looks]
    with connection.cursor() as cursor:
        cursor.execute("select pg_relation_size('bench_trigrams')")
        size = cursor.fetchone()[0]
    return {
        "primary_key_p95_ms": milliseconds(percentile(by_key, 95)),
        "trigram_p50_ms": milliseconds(percentile(seconds, 50)),
        "trigram_p95_ms": milliseconds(percentile(seconds, 95)),
        "trigram_recall": round(sum(hits) / len(hits), 4),
        "trigram_index_mb": size // MEGABYTE, "trigram_index_seconds": round(built, 1),
    }  # fmt: skip


def _before(query: Query) -> list[int]:
    """Ids that trigrams of the roman name find, best first."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set pg_trgm.word_similarity_threshold = 0.3")
        cursor.execute(BEFORE, [query.text, str(query.actor.area_path), query.text])
        return [row[0] for row in cursor.fetchall()]
