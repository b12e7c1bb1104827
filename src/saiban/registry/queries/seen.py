"""Who looked at a household or a person, or changed something of theirs: what the audit holds of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from saiban.core import audit
from saiban.core.days import midnight
from saiban.core.models import Audit
from saiban.registry.models import Membership

HOUSEHOLD, PERSON = "registry.household", "registry.person"


def about_person(rows: QuerySet[Audit], person_id: int) -> QuerySet[Audit]:
    """Keep the rows about a person: their own, and those of each household while they lived there."""
    own = Audit.objects.about(PERSON, person_id).order_by().values("pk")
    return rows.filter(pk__in=own.union(*_of_homes(person_id)))


def looks_at_person(person_id: int) -> QuerySet[Audit]:
    """Every look that showed a person, the latest first, with who looked and under which duty.

    For the person, or whoever may read the audit: that this is who asks, the caller makes sure.
    """
    looks = Audit.objects.filter(kind=Audit.Kind.LOOK).select_related("actor", "duty__area", "duty__agency")
    return about_person(looks, person_id).order_by("-pk")


def _of_homes(person_id: int) -> list[Any]:
    homes = Membership.objects.filter(person_id=person_id, cancelled=False).order_by("pk")
    return [_of_home(home) for home in homes.only("household_id", "during")]


def _of_home(home: Membership) -> Any:
    rows = Audit.objects.about(HOUSEHOLD, home.household_id).order_by()
    if home.during.lower:
        rows = rows.filter(at__gte=midnight(home.during.lower))
    if home.during.upper:
        rows = rows.filter(at__lt=midnight(home.during.upper))
    return rows.values("pk")


def note_whose(*, household_id: int | None, person_id: int | None) -> None:
    """Say whose thing the present act shows or changes, such as a place in a scheme: the household's, or the
    person's where no household is known. Who asks of them finds the act.
    """
    if household_id is not None:
        audit.note_set(HOUSEHOLD, [household_id])
    elif person_id is not None:
        audit.note_set(PERSON, [person_id])
