"""Looks by name: who looks; and looks among people whom a survey brought.

Of whom a survey brought nothing is known but the registry itself: a look finds when somebody of the very name
stands on the first page.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

from saiban.bench import people
from saiban.bench.measure import milliseconds, percentile, timed

if TYPE_CHECKING:
    from saiban.core.models import Actor, Area

SEED = 20261124
SHORTEST = 5  # letters of a name that is looked for with a slip


def among_imported(looks: int) -> dict[str, float | int | str]:
    """Look for ``looks`` persons of the registry by a name with a slip, half by a duty of the province, half
    by one of the district where they live; return milliseconds, and the share that was found.
    """
    from saiban.registry.queries import search

    seconds: list[float] = []
    hits = 0
    draw = people.Draw(SEED)
    for actor, name in _meant(draw, looks):
        typed = people.slipped(draw, name.lower())
        took, found = timed(partial(search, actor=actor, text=typed))
        seconds.append(took)
        hits += any(hit.person and hit.person.name_en == name for hit in found.hits)
    return {
        "looks": len(seconds), "look_p50_ms": milliseconds(percentile(seconds, 50)),
        "look_p95_ms": milliseconds(percentile(seconds, 95)),
        "look_p99_ms": milliseconds(percentile(seconds, 99)), "look_recall": round(hits / len(seconds), 4),
    }  # fmt: skip


def _meant(draw: people.Draw, looks: int) -> Iterator[tuple[Actor, str]]:
    """Who looks, and the roman name of whom they mean."""
    from django.db.models import Max

    from saiban.core.models import Area
    from saiban.registry.models import Membership

    last = Membership.objects.aggregate(last=Max("pk"))["last"]
    places = {
        area.code: area for area in Area.objects.filter(level__in=("province", "district"), valid_until=None)
    }
    found = 0
    while found < looks:
        lives = (
            Membership.objects.filter(pk__gte=draw.between(1, last))
            .select_related("person", "household")
            .order_by("pk")
            .first()
        )
        if lives is None or len(lives.person.name_en) < SHORTEST:
            continue
        level = "district" if found % 2 else "province"
        codes = str(lives.household.area_path).split(".")
        place = next(places[code] for code in codes if code in places and places[code].level == level)
        yield clerk_of(place), lives.person.name_en
        found += 1


@cache
def clerk_of(place: Area) -> Actor:
    """A clerk whose duty is a place, one for each."""
    from datetime import date

    from saiban.core.foundation import OWNER_AGENCY
    from saiban.core.models import Actor, Agency, Duty, Role

    actor = Actor.objects.create_user(f"bench.{place.pk}", name_en="Bench")
    duty = Duty.objects.create(
        actor=actor, role=Role.CLERK, area=place, agency=Agency.objects.get(code=OWNER_AGENCY),
        purpose="bench", starts_on=date(2025, 1, 1),
    )  # fmt: skip
    return actor.under(duty)
