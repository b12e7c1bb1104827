"""What every installation starts from: the area tree, the agencies, the system's actor. Repeatable."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db import transaction

from saiban.core.models import Actor, ActorKind, Agency, Area, Duty, Role
from saiban.data import facts

SYSTEM = "system"
OWNER_AGENCY = "pspa"
AREA_FIELDS = (
    *("level", "parent", "path", "name_en", "name_ur", "households", "population", "latitude", "longitude"),
    *("valid_from", "source"),
)
PURPOSE = "keeping the registry in order"


@transaction.atomic
def lay() -> None:
    """Load areas and agencies from the carried-over facts, and make the system's actor with its duty."""
    _areas()
    Agency.objects.bulk_create(
        [
            Agency(code=row.code, name_en=row.name_en, name_ur=row.name_ur, kind=row.kind)
            for row in facts.agencies().values()
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name_en", "name_ur", "kind"],
    )
    _system_actor()


def system_actor() -> Actor:
    """Return the actor of the system's jobs, under its duty. Raises: Actor.DoesNotExist before ``lay``."""
    actor = Actor.objects.get(username=SYSTEM)
    return actor.under(Duty.objects.select_related("area", "agency").get(actor=actor, role=Role.SYSTEM))


def own_agency(actor: Actor) -> int | None:
    """The agency to whose matters the duty is confined; None for the owner of the registry, who sees all."""
    if actor.duty is None or actor.duty.agency.code == OWNER_AGENCY:
        return None
    return actor.duty.agency_id


def _system_actor() -> None:
    actor, made = Actor.objects.get_or_create(
        username=SYSTEM,
        defaults={"kind": ActorKind.SYSTEM, "name_en": "saiban", "name_ur": "سائبان", "password": "!"},
    )
    if made:
        province = Area.objects.get(level="province")
        agency = Agency.objects.get(code=OWNER_AGENCY)
        Duty.objects.create(
            actor=actor,
            role=Role.SYSTEM,
            area=province,
            agency=agency,
            purpose=PURPOSE,
            starts_on=date(2020, 1, 1),
        )


def _areas() -> None:
    """Write level by level, since the lower ones name the upper ones: a statement each."""
    known: dict[str, Area] = {}
    for _level, rows in groupby(facts.areas().values(), key=attrgetter("level")):
        made = Area.objects.bulk_create(
            [_area(row, known.get(row.parent)) for row in rows],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=AREA_FIELDS,
        )
        known |= {area.code: area for area in made}


def _area(row: facts.AreaFact, parent: Area | None) -> Area:
    return Area(
        code=row.code,
        level=row.level,
        parent=parent,
        path=f"{parent.path}.{row.code}" if parent else row.code,
        name_en=row.name_en,
        name_ur=row.name_ur,
        households=row.households,
        population=row.population_2023,
        latitude=row.latitude,
        longitude=row.longitude,
        valid_from=row.valid_from,
        source=row.source,
    )
