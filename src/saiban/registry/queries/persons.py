"""One person as a page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, look
from saiban.registry.models import Identifier, Membership, Person, Profile, Relation
from saiban.registry.queries.households import ValueLine, source_names, value_lines


@dataclass(frozen=True)
class PersonPage:
    """A person with values and origins, masked numbers, the households lived in, and relatives."""

    person: Person
    values: Sequence[ValueLine]
    numbers: Sequence[Identifier]
    memberships: Sequence[Membership]
    relations: Sequence[Relation]
    sources: Mapping[str, str]


@look("registry.person.view")
def person_page(*, actor: Actor, person_id: int) -> PersonPage:
    """One person, as far as the actor's duty shows it. Raises: NotVisible (404)."""
    person = get_visible(Person.objects.all(), actor=actor, pk=person_id)
    profile = Profile.objects.visible_to(actor).shown_to(actor).filter(person=person).first()
    relations = Relation.objects.filter(person=person, other__in=Person.objects.visible_to(actor))
    homes = list(homes_of(actor, person).select_related("household__area").order_by("-during"))
    audit.note(subject=person)
    audit.note_set("registry.household", [home.household_id for home in homes])
    return PersonPage(
        person=person,
        values=value_lines(profile, "person") if profile else [],
        numbers=list(Identifier.objects.visible_to(actor).filter(person=person).defer("sealed", "token")),
        memberships=homes,
        relations=list(relations.select_related("other").order_by("pk")),
        sources=source_names(),
    )


def homes_of(actor: Actor, person: Person) -> QuerySet[Membership]:
    """Where a person lives and lived, of households in the area of the actor's duty."""
    rows = Membership.objects.filter(person=person, cancelled=False)
    return rows.filter(household__area_path__under=actor.area_path)
