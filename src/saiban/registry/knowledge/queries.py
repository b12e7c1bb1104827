"""What pages show of the counts: by field, by source, by district."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from saiban.core.models import Actor, Area
from saiban.data.dictionary import Level, fields
from saiban.registry.models import DistrictCount, Knowledge, TehsilCount
from saiban.registry.resolving import reported

AGES = ("within_3", "within_12", "within_24", "within_60", "older")
SUMS = ("known", "contradicted", "too_old", *AGES)
LEVELS: tuple[Level, ...] = ("household", "person")


@dataclass(frozen=True)
class Known:
    """How much is known of something: ``of`` is how many there are, ``ages`` how many values are how old."""

    of: int
    known: int = 0
    contradicted: int = 0
    too_old: int = 0
    ages: tuple[int, ...] = (0, 0, 0, 0, 0)
    oldest_on: date | None = None
    newest_on: date | None = None

    @property
    def share(self) -> float:
        """The share that is known."""
        return self.known / self.of if self.of else 0.0

    @property
    def fresh_share(self) -> float:
        """The share of values that are not older than twelve months."""
        return (self.ages[0] + self.ages[1]) / self.known if self.known else 0.0

    @property
    def contradicted_share(self) -> float:
        """The share of values that another source contradicts."""
        return self.contradicted / self.known if self.known else 0.0


@dataclass(frozen=True)
class Counted:
    """Of how many households and persons, and since when: the oldest count of any district."""

    households: int
    persons: int
    counted_at: datetime | None

    def of(self, level: str) -> int:
        """How many there are of whom a field of this level tells."""
        return self.households if level == "household" else self.persons


@dataclass(frozen=True)
class Coverage:
    """How much of a district or tehsil the registry holds, and how old what it holds is.

    ``known`` covers all fields of households; ``census``: households by the latest census, None where it says
    nothing; ``counted`` is None where no household was ever taken in.
    """

    area: Area
    counted: DistrictCount | TehsilCount | None
    known: Known

    @property
    def households(self) -> int:
        """How many the registry holds."""
        return self.counted.households if self.counted else 0

    @property
    def census(self) -> int | None:
        """How many the census counted."""
        return self.area.households

    @property
    def share(self) -> float | None:
        """The share of households that the registry holds, at most 1: a census ages too."""
        return min(self.households / self.census, 1.0) if self.census else None

    @property
    def old_share(self) -> float:
        """The share of answers of which the last evidence is two years old or older."""
        return (self.known.ages[3] + self.known.ages[4]) / self.known.known if self.known.known else 0.0

    @property
    def poor_or_near(self) -> int:
        """Households at the cut-off or a little above it."""
        return self.counted.poor + self.counted.near if self.counted else 0

    @property
    def served(self) -> int:
        """Households that are in a scheme."""
        return self.counted.served if self.counted else 0

    @property
    def at_stake(self) -> int:
        """About how many decisions hang on old evidence: households that are poor, near the cut-off or in a
        scheme, each by the share of its answers that is two years old or older."""
        return self.counted.at_stake if self.counted else 0


def coverage(actor: Actor) -> list[Coverage]:
    """Each district that the actor sees, also those of which nothing is known; first where most is at stake,
    then where the registry holds the smallest share.
    """
    counts = {one.area_id: one for one in DistrictCount.objects.visible_to(actor).select_related("area")}
    rows = _summed(Knowledge.objects.visible_to(actor).filter(level="household").values("area"))
    known = {row["area"]: _known(row, 0) for row in rows}
    areas = {one.pk: one for one in Area.objects.visible_to(actor).filter(level="district")}
    areas |= {pk: count.area for pk, count in counts.items()}
    found = [Coverage(area, counts.get(pk), known.get(pk, Known(0))) for pk, area in areas.items()]
    return sorted(found, key=_most_at_stake)


def coverage_of_tehsils(actor: Actor, *, district: str = "") -> list[Coverage]:
    """Each tehsil that the actor sees, of one district or of all; in the same order (2 queries)."""
    areas = Area.objects.visible_to(actor).filter(level="tehsil").select_related("parent")
    if district:
        areas = areas.filter(parent__code=district)
    counts = {one.area_id: one for one in TehsilCount.objects.visible_to(actor)}
    return sorted((_of_tehsil(area, counts.get(area.pk)) for area in areas), key=_most_at_stake)


def _of_tehsil(area: Area, counted: TehsilCount | None) -> Coverage:
    """Of a tehsil is counted only which answers are two years old: they stand in the ages from there on."""
    if counted is None:
        return Coverage(area, None, Known(0))
    ages = (counted.known - counted.old, 0, 0, counted.old, 0)
    return Coverage(area, counted, Known(counted.households, counted.known, ages=ages))


def _most_at_stake(one: Coverage) -> tuple[int, float, str]:
    return (-one.at_stake, one.share or 0.0, one.area.code)


def counted(actor: Actor) -> Counted:
    """How many households and persons the counts cover, as far as the actor sees."""
    sums = DistrictCount.objects.visible_to(actor).aggregate(
        households=Sum("households"), persons=Sum("persons"), counted_at=Min("counted_at")
    )
    return Counted(sums["households"] or 0, sums["persons"] or 0, sums["counted_at"])


def by_field(actor: Actor, level: Level, of: int) -> list[tuple[str, Known]]:
    """Every field that sources report, in the order of the dictionary, also those of which nothing is
    known."""
    rows = _summed(Knowledge.objects.visible_to(actor).filter(level=level).values("field"))
    found = {row["field"]: _known(row, of) for row in rows}
    return [(code, found.get(code, Known(of))) for code in reported(level)]


def by_source(actor: Actor, level: Level, field: str, of: int) -> list[tuple[str, Known]]:
    """Whose words hold in one field, the most first."""
    rows = Knowledge.objects.visible_to(actor).filter(level=level, field=field).values("source")
    return sorted(
        ((row["source"], _known(row, of)) for row in _summed(rows)), key=lambda row: (-row[1].known, row[0])
    )


def by_district(actor: Actor, level: Level, field: str) -> list[tuple[DistrictCount, Known]]:
    """One field in each district that the actor sees, the least known first."""
    counts = DistrictCount.objects.visible_to(actor).select_related("area")
    rows = _summed(Knowledge.objects.visible_to(actor).filter(level=level, field=field).values("area"))
    found = {row["area"]: row for row in rows}
    known = []
    for count in counts:
        of = count.households if level == "household" else count.persons
        row = found.get(count.area_id)
        known.append((count, _known(row, of) if row else Known(of)))
    return sorted(known, key=lambda pair: (pair[1].share, pair[0].area.code))


def of_source(actor: Actor, source: str) -> list[tuple[Level, str, Known]]:
    """Fields in which the words of a source hold: level, field, how much, the most first."""
    total = counted(actor)
    rows = Knowledge.objects.visible_to(actor).filter(source=source).values("level", "field")
    found = [(row["level"], row["field"], _known(row, total.of(row["level"]))) for row in _summed(rows)]
    return sorted(found, key=lambda row: (row[0], -row[2].known, row[1]))


def is_reported(level: str, field: str) -> bool:
    """Say whether a page of this field exists."""
    return level in LEVELS and field in fields(level) and field in reported(level)


def _summed(rows: QuerySet[Any, Any]) -> Iterable[dict[str, Any]]:
    sums = {name: Sum(name) for name in SUMS}
    found: Iterable[dict[str, Any]] = rows.annotate(
        **sums, first=Min("oldest_on"), last=Max("newest_on")
    ).order_by()
    return found


def _known(row: dict[str, Any], of: int) -> Known:
    ages = tuple(row[name] for name in AGES)
    return Known(of, row["known"], row["contradicted"], row["too_old"], ages, row["first"], row["last"])
