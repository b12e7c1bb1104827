"""How areas stand: their households, the poor, the unserved. Few are counted when one asks, many by the
clock.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Max, Q, Sum, Value
from django.utils import timezone

from saiban.core.days import midnight
from saiban.core.ltree import district_of
from saiban.core.models import Actor, ChangeSetItem
from saiban.desk.models import AreaCount
from saiban.programmes.queries.unserved import unserved
from saiban.registry.models import Household, Profile

COUNTED_AT_ONCE = 20_000  # households; more are counted by the clock
REST, REST_OF_A_MILLION = timedelta(minutes=10), timedelta(minutes=2)  # between two counts
COUNTS = ("households", "scored", "poor", "disagreeing", "unserved", "moved")

Counts = Mapping[str, Counter[str]]  # path of an area: COUNTS


@dataclass(frozen=True)
class District:
    """How many households of a district stand in the registry, are scored, are poor, have a disagreement.

    ``unserved``: the poor in no scheme; None where the duty does not show them. ``moved``: profiles made or
    changed on the day.
    """

    code: str
    households: int
    scored: int
    poor: int
    disagreeing: int
    moved: int
    unserved: int | None = None

    @property
    def share(self) -> float | None:
        """Poor ones among those that are scored."""
        return self.poor / self.scored if self.scored else None

    @property
    def unserved_share(self) -> float | None:
        """Those in no scheme among the poor."""
        return self.unserved / self.poor if self.unserved is not None and self.poor else None


@dataclass(frozen=True)
class Standing:
    """How the districts of a duty stand; ``counted_at`` is None where they were counted for who asks.
    ``to_be_counted``: there are many, and nobody has counted them yet."""

    districts: Sequence[District]
    counted_at: datetime | None = None
    to_be_counted: bool = False


def standing(actor: Actor, day: date) -> Standing:
    """How the districts that the actor sees stand: as last counted where they have more households than are
    counted while one waits, else as they are (2 queries)."""
    if not are_many(actor):
        return Standing(_districts(actor, count(actor, day)))
    rows = list(AreaCount.objects.visible_to(actor).select_related("area"))
    if not rows:
        return Standing([], to_be_counted=True)
    return Standing(
        _districts(actor, {row.area.path: _kept(row, day) for row in rows}),
        min(row.counted_at for row in rows),
    )


def _kept(row: AreaCount, day: date) -> Counter[str]:
    """As counted; what moved on another day did not move on this one."""
    shown = [name for name in COUNTS if name != "moved" or timezone.localdate(row.counted_at) == day]
    return Counter({name: getattr(row, name) for name in shown})


def are_many(actor: Actor) -> bool:
    """Whether the actor sees more households than are counted while one waits (1 query)."""
    seen = Profile.objects.visible_to(actor).lived_in().order_by()
    return seen[COUNTED_AT_ONCE : COUNTED_AT_ONCE + 1].exists()


def count(actor: Actor, day: date) -> Counts:
    """Count what the actor sees by the areas in which households lie themselves (1 query); the unserved where
    the duty shows them."""
    profiles = Profile.objects.visible_to(actor)
    moved = ChangeSetItem.objects.filter(
        change_set__kind="registry.household", change_set__made_at__gte=midnight(day)
    )
    rows = [
        _by_area(
            profiles.lived_in(),
            households=Count("pk"),
            scored=Count("pk", filter=~Q(band="unscored")),
            poor=Count("pk", filter=Q(band="poor")),
            disagreeing=Count("pk", filter=Q(disagreements__gt=0)),
        ),
        _by_area(
            Household.objects.visible_to(actor).filter(pk__in=moved.values("subject_id")), moved=Count("pk")
        ),
    ]
    if actor.may("programmes.unserved.list"):
        rows.append(_by_area(unserved(profiles, day=day), unserved=Count("pk")))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows[0].union(*rows[1:], all=True):
        found[row.pop("area_path")].update(row)
    return found


def is_due(actor: Actor, now: datetime) -> bool:
    """Whether areas are to be counted again: they are many, and the last count was long ago, the longer the
    more there are, or on another day (2 queries)."""
    if not are_many(actor):
        return False
    last: Any = AreaCount.objects.visible_to(actor).aggregate(
        at=Max("counted_at"), households=Sum("households")
    )
    if last["at"] is None or timezone.localdate(last["at"]) != timezone.localdate(now):
        return True
    rest = REST + REST_OF_A_MILLION * (last["households"] / 1_000_000)
    return bool(now - last["at"] >= rest)


def _by_area(rows: Any, **counts: Any) -> Any:
    none = {name: Value(0, output_field=BigIntegerField()) for name in COUNTS}
    return rows.order_by().values("area_path").annotate(**none | counts)


def _districts(actor: Actor, counts: Counts) -> list[District]:
    """Sum by district; areas above the districts have the code ''."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for path, of_area in counts.items():
        found[district_of(path)].update(of_area)
    may = actor.may("programmes.unserved.list")
    return [_district(code, found[code], may=may) for code in sorted(found) if found[code]["households"]]


def _district(code: str, counts: Counter[str], *, may: bool) -> District:
    shown: Iterable[str] = COUNTS if may else [name for name in COUNTS if name != "unserved"]
    return District(code=code, **{name: counts[name] for name in shown})
