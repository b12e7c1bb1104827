"""Figures of the registry, cut to the actor's area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from saiban.core.models import Actor, ChangeSet
from saiban.registry import copying
from saiban.registry.models import Household, Profile, ProfileChange

BY_DISTRICT = """
select subpath(p.area_path, 0, 3)::text, count(*) filter (where p.band = 'poor')
from registry_profile p
where p.household_id is not null and p.area_path <@ %s::ltree and nlevel(p.area_path) >= 3
group by 1
"""
EXAMPLES = 3
SPOKEN_OF = """
select distinct coalesce(l.household_id, m.household_id) from registry_link l
left join registry_membership m on m.person_id = l.person_id and upper_inf(m.during) and not m.cancelled
where l.undone_at is null and coalesce(l.household_id, m.household_id) is not null
"""
BY_WHOM_OR_WHEN = """
and exists (
  select from intake_observation o join intake_source s on s.id = o.source_id
  where o.subject_id = l.subject_id and s.code = coalesce(%s, s.code)
    and o.received_at >= coalesce(%s::timestamptz, '-infinity'))
"""


@dataclass(frozen=True)
class Totals:
    """Households of the actor's area: all, scored, poor."""

    households: int
    scored: int
    poor: int


@dataclass(frozen=True)
class MovedHousehold:
    """A household whose values moved: which field, from what to what, by whose word; the score before is
    scoring's to say."""

    household: Household
    field: str
    before: object
    after: object
    source: str
    score: object
    band: str


@dataclass(frozen=True)
class Moved:
    """What moved since a moment: change sets, households that changed, and some examples with reasons."""

    change_sets: Sequence[ChangeSet]
    households: int
    new_households: int
    examples: Sequence[MovedHousehold]


def totals(*, actor: Actor) -> Totals:
    """Count the households of the actor's area (1 query)."""
    counted = (
        Profile.objects.visible_to(actor)
        .of_households()
        .aggregate(
            households=Count("pk"),
            scored=Count("pk", filter=Q(score__isnull=False)),
            poor=Count("pk", filter=Q(band="poor")),
        )
    )
    return Totals(**counted)


def poor_by_district(actor: Actor) -> dict[str, int]:
    """Poor households by code of the district, for those of the actor's area that have any household (1
    query).

    Figures, not people: whoever may list households sees them, and they are not kept as a look.
    """
    if not (actor.may("registry.household.view") and actor.area_path):
        return {}
    rows = copying.rows_of(BY_DISTRICT, [actor.area_path])
    return {path.rsplit(".", 1)[-1]: poor for path, poor in rows}


def disagreements_waiting(actor: Actor) -> int:
    """Households of which sources say different things: they wait for a clerk (1 query)."""
    return Profile.objects.visible_to(actor).of_households().filter(disagreements__gt=0).count()


def moved(actor: Actor, since: datetime) -> Moved:
    """What moved in the actor's area since a moment, the latest first, with examples (3 queries)."""
    changes = ProfileChange.objects.visible_to(actor).filter(change_set__made_at__gte=since)
    latest = changes.select_related("household__profile").defer(*_heavy()).order_by("-pk")
    made = Household.objects.visible_to(actor).filter(made_at__gte=since)
    counted = changes.aggregate(households=Count("household", distinct=True))
    sets = ChangeSet.objects.filter(made_at__gte=since, kind="registry.household").order_by("-pk")
    return Moved(
        change_sets=list(sets[:10]),
        households=counted["households"],
        new_households=made.count(),
        examples=_examples(latest),
    )


def _heavy() -> list[str]:
    hidden = ("village", "address", "latitude", "longitude")
    cut = [f"household__{name}" for name in hidden]
    return [*cut, *(f"household__profile__{name}" for name in ("values", "origin", "others"))]


def _examples(latest: QuerySet[ProfileChange]) -> list[MovedHousehold]:
    """The latest change of each of the first few households."""
    found: dict[int, MovedHousehold] = {}
    for change in latest[:60]:
        if change.household_id not in found and len(found) < EXAMPLES:
            profile = change.household.profile
            found[change.household_id] = MovedHousehold(
                change.household,
                change.field,
                change.before,
                change.after,
                change.source,
                profile.score,
                profile.band,
            )
    return list(found.values())


def spoken_of(*, source: str | None = None, since: date | None = None) -> list[int]:
    """Ids of households of which a source, or anyone since a day, has spoken; of all without either: for the
    operator."""
    narrowed = source is not None or since is not None
    query, values = (SPOKEN_OF + BY_WHOM_OR_WHEN, [source, since]) if narrowed else (SPOKEN_OF, [])
    return [row[0] for row in copying.rows_of(query, values)]
