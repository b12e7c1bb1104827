"""The facts that are carried over with their sources: areas, hexagon map, agencies, money figures, schemes.

Every row names its source. What nobody has confirmed says so, and is refused wherever it would decide
something.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from saiban.data.errors import BadInput

AreaLevel = Literal["province", "division", "district", "tehsil"]
SchemeLevel = Literal["federal", "province", "joint", "NGO", "NGO/province"]
Pillar = Literal["social_assistance", "social_insurance", "labour_market", "social_care"]
Stage = Literal["pregnancy_early_childhood", "childhood", "youth", "working_age", "old_age", "all"]
TargetGroup = Literal[
    "poor_households",
    "women",
    "children",
    "students",
    "elderly",
    "persons_with_disabilities",
    "orphans_widows",
    "patients",
    "workers",
    "farmers",
    "minorities",
    "transgender",
    "disaster_affected",
    "survivors_of_violence",
    "homeless",
]
Unit = Literal["person", "household"]
SchemePeriod = Literal[
    "day", "month", "quarter", "half_year", "year", "season", "once", "case", "course", "loan"
]


class Fact(BaseModel):
    """A row of a file of facts; frozen, and no column may be unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class AreaFact(Fact):
    """A node of the area tree as the census of 2023 counted it.

    ``point`` is "centroid" (of the outline) or "schematic" (laid on a ring around the district's centroid).
    ``urban_share`` is the share of the population that lives in towns, 0 to 1.
    """

    code: str = Field(pattern=r"^PK6(D\d|\d\d|\d\d\d\d)?$")
    level: AreaLevel
    parent: str
    name_en: str
    name_ur: str
    households: int = Field(gt=0)
    population_2017: int = Field(gt=0)
    population_2023: int = Field(gt=0)
    urban_share: Decimal = Field(ge=0, le=1)
    latitude: Decimal
    longitude: Decimal
    point: Literal["centroid", "schematic"]
    valid_from: date
    source: str = Field(min_length=3)


class Hexagon(Fact):
    """Where a district stands on the hexagon map: column, row, shifted half a hexagon to the right or not."""

    district: str
    column: int
    row: int
    shifted: bool
    short_en: str
    short_ur: str


class AgencyFact(Fact):
    """An organisation that could report; ``status`` "proposal": this project proposes what it would send."""

    code: str = Field(pattern=r"^[a-z][a-z-]*$")
    name_en: str
    name_ur: str
    kind: Literal["owner", "federal", "provincial", "company", "ngo"]
    reports_en: str
    reports_ur: str
    source: str = Field(min_length=3)
    status: Literal["named", "proposal"]


class EconomyFact(Fact):
    """One dated value of a series in money: a poverty line, a wage, a slab of the electricity tariff."""

    series: str
    valid_from: date = Field(alias="from")
    valid_until: date | None = Field(alias="until")
    value: Decimal
    unit: str
    label: str
    source: str = Field(min_length=3)
    confirmed: bool


class SchemeFact(Fact):
    """A real scheme as it was reported, and where this project puts it.

    ``amount``, ``frequency``, ``eligibility`` and ``target_group`` are the words of the report.
    ``amount_paisa`` is there only where those words name one plain amount: for one person or household
    (``unit``) and one ``period``. ``pillar``, ``target``, ``stage``, ``unit`` and ``period`` are this
    project's classification. ``confirmed`` is false where a figure is recalled or none was found.
    """

    code: str = Field(pattern=r"^[A-Z][A-Z0-9-]*$")
    name: str = Field(min_length=3)
    name_ur: str = Field(min_length=3)
    owner: str
    agency: str
    level: SchemeLevel
    pillar: Pillar
    kind: str
    target_group: str = Field(min_length=3)
    target_group_ur: str = Field(min_length=3)
    target: TargetGroup
    stage: Stage
    unit: Unit
    amount: str
    frequency: str
    amount_paisa: int | None = Field(gt=0)
    period: SchemePeriod
    eligibility: str
    year: str
    source: str = Field(min_length=1)
    confirmed: bool


Row = TypeVar("Row", bound=Fact)
MAY_BE_ABSENT = ("until", "amount_paisa")


def _rows(name: str, kind: type[Row]) -> Iterator[Row]:
    text = (files("saiban.data") / name).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield kind.model_validate(
            {key: cell or (None if key in MAY_BE_ABSENT else "") for key, cell in row.items()}
        )


@cache
def areas() -> dict[str, AreaFact]:
    """Province, divisions, districts and tehsils by code, each after its parent.

    >>> areas()["PK617"].name_en
    'Lahore'
    """
    return {area.code: area for area in _rows("areas.csv", AreaFact)}


@cache
def hexmap() -> tuple[Hexagon, ...]:
    """The 36 hexagons of the districts."""
    return tuple(_rows("hexmap.csv", Hexagon))


@cache
def agencies() -> dict[str, AgencyFact]:
    """The agencies by code."""
    return {agency.code: agency for agency in _rows("agencies.csv", AgencyFact)}


@cache
def schemes() -> dict[str, SchemeFact]:
    """Schemes that were reported, by code; for the single beneficiary registry.

    Raises: BadInput if an agency that runs one is not among ``agencies()``.

    >>> schemes()["PSPA-BHB"].amount_paisa
    200000
    """
    found = {scheme.code: scheme for scheme in _rows("schemes.csv", SchemeFact)}
    for scheme in found.values():
        if scheme.agency not in agencies():
            raise BadInput(
                f"{scheme.code} is run by {scheme.agency}, which is no agency",
                place="schemes.csv",
                expected="a code of agencies.csv",
            )
    return found


@cache
def economy_series() -> dict[str, tuple[EconomyFact, ...]]:
    """All series by name, each in the order of its dates."""
    series: dict[str, list[EconomyFact]] = {}
    for fact in _rows("economy.csv", EconomyFact):
        series.setdefault(fact.series, []).append(fact)
    return {name: tuple(sorted(facts, key=lambda fact: fact.valid_from)) for name, facts in series.items()}


def economy(series: str, *, on: date) -> EconomyFact:
    """The value of a series in force on a day: the newest that began, if it has not ended.

    Raises: BadInput if there is no such series, or no value for that day.

    >>> economy("minimum_wage_unskilled", on=date(2025, 8, 1)).value
    Decimal('40000')
    """
    facts = economy_series().get(series)
    if facts is None:
        raise BadInput(
            f"there is no series {series}", place="economy.csv", expected=", ".join(economy_series())
        )
    begun = [fact for fact in facts if fact.valid_from <= on]
    if not begun or (begun[-1].valid_until is not None and begun[-1].valid_until < on):
        spans = "; ".join(f"{fact.valid_from} to {fact.valid_until or 'now'}" for fact in facts)
        raise BadInput(
            f"{series} has no value for {on}", place="economy.csv", expected=f"a day within {spans}"
        )
    return begun[-1]


def confirmed_value(fact: EconomyFact, *, allow_unconfirmed: bool = False) -> Decimal:
    """The figure of a fact, if somebody has confirmed it.

    Raises: BadInput for an unconfirmed one, unless the caller allows it (demo and test settings do).
    """
    if not fact.confirmed and not allow_unconfirmed:
        raise BadInput(
            f"{fact.label} of {fact.valid_from} ({fact.value} {fact.unit}) is not confirmed: {fact.source}",
            place="economy.csv",
            expected="a figure checked against its source and marked as confirmed, or demo settings",
        )
    return fact.value
