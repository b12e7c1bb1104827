"""Households in which nobody lives any more: what that is, and where their people went.

A household is *emptied* if it had members and nobody is one today: it was joined into another by a clerk,
went into another in a second survey, or all have left. One that never had a member is not: it may be known by
its meter, or by answers alone. Its profile keeps that it is (``Profile.emptied``, written with it by
``refreshing``); whoever counts, lists or chooses households leaves those out (``ProfileQuerySet.lived_in``,
in SQL ``LIVED_IN``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from saiban.core.models import Actor
from saiban.registry import copying
from saiban.registry.models import Finding, Household, Membership
from saiban.registry.transitions import FindingState

# of the row of a household's profile: p
LIVED_IN = "(p.household_id is not null and not p.emptied)"
# of any column or value that is the id of a household; asks the index on households of memberships, twice
NOBODY_LIVES_IN = """(exists (select from registry_membership ever where ever.household_id = {household})
  and not exists (
    select from registry_membership lives
    where lives.household_id = {household} and upper_inf(lives.during) and not lives.cancelled))"""
AMONG = f"select h.id from unnest(%s::bigint[]) h(id) where {NOBODY_LIVES_IN.format(household='h.id')}"  # noqa: S608


@dataclass(frozen=True)
class WentTo:
    """A household that some of the former members live in, or (``joined``) that the emptied one is now."""

    household: Household
    members: int
    joined: bool


@dataclass(frozen=True)
class Left:
    """Where the people of an emptied household went; ``out_of_sight`` live where the duty does not see,
    of ``unknown`` nothing tells where they live.
    """

    homes: Sequence[WentTo]
    out_of_sight: int
    unknown: int


def emptied_among(household_ids: Iterable[int]) -> list[int]:
    """Those of these households in which nobody lives any more, by the memberships as they are."""
    ids = list(household_ids)
    return [row[0] for row in copying.rows_of(AMONG, [ids])] if ids else []


def where_they_went(actor: Actor, household_id: int) -> Left:
    """Where the people of an emptied household live today, as far as the actor sees it (4 queries)."""
    people = set(Membership.objects.filter(household=household_id).values_list("person", flat=True))
    live = Membership.objects.filter(person__in=people, during__upper_inf=True, cancelled=False)
    homes = Counter(live.values_list("household", flat=True))
    joined = _joined_into(household_id)
    rows = Household.objects.visible_to(actor).filter(pk__in={*homes, *joined})
    rows = rows.select_related("area").defer("village", "address", "latitude", "longitude")
    seen = [WentTo(row, homes[row.pk], row.pk in joined) for row in rows]
    seen.sort(key=lambda one: (not one.joined, -one.members, one.household.code))
    shown = sum(one.members for one in seen)
    # who is listed twice in joined households is one person, who lives on under the other's id
    unknown = 0 if joined else len(people) - homes.total()
    return Left(homes=seen, out_of_sight=homes.total() - shown, unknown=unknown)


def _joined_into(household_id: int) -> set[int]:
    """The household that this one is now: as a clerk said, or a survey found."""
    told = Finding.objects.filter(household=household_id, other__isnull=False)
    same = told.filter(state=FindingState.SAME) | told.filter(kind=Finding.Kind.MERGED)
    return {pk for pk in same.order_by("-pk").values_list("other", flat=True)[:1] if pk is not None}
