"""The catalogue of schemes, and how many are in each: counts only, no person among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Sum

from saiban.core.foundation import own_agency
from saiban.core.ltree import DistrictOf
from saiban.core.models import Actor
from saiban.core.services import get_visible
from saiban.programmes.models import Enrolment, Overlap, Scheme
from saiban.programmes.transitions import EnrolmentState
from saiban.programmes.words import name_of


@dataclass(frozen=True)
class Size:
    """How many places give something today, and what they give in a year."""

    places: int = 0
    yearly_paisa: int = 0


@dataclass(frozen=True)
class SchemeLine:
    """A scheme of the catalogue; ``size`` is None where the duty does not show who is in it."""

    scheme: Scheme
    size: Size | None

    @property
    def name(self) -> str:
        """The scheme in the reader's language."""
        return str(self.scheme)

    @property
    def agency_name(self) -> str:
        """Its department in the reader's language."""
        return name_of(self.scheme.agency)

    @property
    def places(self) -> int | None:
        """Places that give something today."""
        return self.size.places if self.size else None

    @property
    def yearly_paisa(self) -> int | None:
        """What they give in a year; None where nothing is counted, or no place has an amount."""
        return (self.size.yearly_paisa or None) if self.size else None


def schemes(*, actor: Actor) -> list[Scheme]:
    """Every scheme of the catalogue, with its agency (1 query)."""
    return list(Scheme.objects.visible_to(actor).select_related("agency"))


def lines(rows: Iterable[Scheme], *, actor: Actor, day: date) -> list[SchemeLine]:
    """Schemes with their size in the actor's area (1 query)."""
    sizes = _sizes(actor, day)
    return [SchemeLine(row, sizes.get(row.pk, Size()) if _counted(actor, row) else None) for row in rows]


def _counted(actor: Actor, scheme: Scheme) -> bool:
    agency = own_agency(actor)
    return actor.may("programmes.enrolment.view") and agency in (None, scheme.agency_id)


def _sizes(actor: Actor, day: date) -> Mapping[int, Size]:
    rows: Any = (
        Enrolment.objects.visible_to(actor)
        .running_on(day)
        .order_by()
        .values("scheme")
        .annotate(places=Count("pk"), yearly=Sum("yearly_paisa"))
    )
    return {row["scheme"]: Size(row["places"], int(row["yearly"])) for row in rows}


@dataclass(frozen=True)
class SchemePage:
    """A scheme and who is in it: ``districts`` by code, places of every state by state; None where the
    duty does not show who is in it."""

    scheme: Scheme
    size: Size | None = None
    districts: Mapping[str, Size] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    overlaps: int | None = None


def scheme_page(*, actor: Actor, scheme_id: int, day: date) -> SchemePage:
    """One scheme with counts of the actor's area (3 queries). Raises: NotVisible (404)."""
    scheme = get_visible(Scheme.objects.select_related("agency", "rule"), actor=actor, pk=scheme_id)
    if not _counted(actor, scheme):
        return SchemePage(scheme)
    districts = _by_district(actor, scheme, day)
    return SchemePage(
        scheme=scheme,
        size=Size(
            sum(size.places for size in districts.values()),
            sum(size.yearly_paisa for size in districts.values()),
        ),
        districts=districts,
        states=_by_state(actor, scheme),
        overlaps=_overlaps(actor, scheme),
    )


def _by_district(actor: Actor, scheme: Scheme, day: date) -> Mapping[str, Size]:
    rows: Any = (
        Enrolment.objects.visible_to(actor)
        .running_on(day)
        .filter(scheme=scheme)
        .order_by()
        .annotate(district=DistrictOf(F("area_path")))
        .values("district")
        .annotate(places=Count("pk"), yearly=Sum("yearly_paisa"))
    )
    return {row["district"]: Size(row["places"], int(row["yearly"])) for row in rows}


def _by_state(actor: Actor, scheme: Scheme) -> Mapping[str, int]:
    """Count the places of each state, in the order of a place's life."""
    rows: Any = (
        Enrolment.objects.visible_to(actor)
        .filter(scheme=scheme)
        .order_by()
        .values("state")
        .annotate(places=Count("pk"))
    )
    found = {row["state"]: row["places"] for row in rows}
    return {state: found[state] for state in EnrolmentState.values if state in found}


def _overlaps(actor: Actor, scheme: Scheme) -> int | None:
    if not actor.may("programmes.overlap.view"):
        return None
    rows = Overlap.objects.visible_to(actor).present()
    of_left = rows.filter(left__scheme=scheme)
    of_right = rows.filter(right__scheme=scheme).exclude(left__scheme=scheme)
    return of_left.count() + of_right.count()


def counts(rows: Sequence[Scheme], name: str) -> dict[str, int]:
    """How many schemes of a list have each value of a column."""
    found: dict[str, int] = {}
    for row in rows:
        value = str(getattr(row, name))
        found[value] = found.get(value, 0) + 1
    return found
