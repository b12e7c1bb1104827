"""Named questions about people: every one of them begins at ``visible_to``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from saiban.data.dictionary import fields

if TYPE_CHECKING:
    from saiban.core.models import Actor
    from saiban.registry.models import Household, Identifier, Person, Profile, ProfileChange


class HouseholdQuerySet(models.QuerySet["Household"]):
    """Households."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those in the area of the actor's duty, if that duty includes seeing households."""
        if not (actor.may("registry.household.view") and actor.area_path):
            return self.none()
        return self.filter(area_path__under=actor.area_path)


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those who live in a household that the actor sees."""
        from saiban.registry.models import Household, Membership

        households = Household.objects.visible_to(actor)
        lives_there = Membership.objects.filter(
            person=OuterRef("pk"), during__upper_inf=True, cancelled=False, household__in=households
        )
        return self.filter(Exists(lives_there))


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Profiles."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those in the area of the actor's duty, if that duty includes seeing households."""
        if not (actor.may("registry.household.view") and actor.area_path):
            return self.none()
        return self.filter(area_path__under=actor.area_path)

    def of_households(self) -> Self:
        """Keep profiles of households."""
        return self.filter(household__isnull=False)


class ProfileChangeQuerySet(models.QuerySet["ProfileChange"]):
    """Values that moved."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of households in the actor's area, and of fields that the duty shows."""
        if not (actor.may("registry.household.view") and actor.area_path):
            return self.none()
        shown = [code for code, field in fields("household").items() if actor.sees(field.sensitivity)]
        return self.filter(household__area_path__under=actor.area_path, field__in=shown)


class IdentifierQuerySet(models.QuerySet["Identifier"]):
    """Numbers, masked; the number itself only through the service that unmasks."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the households and persons that the actor sees, if the duty shows personal fields."""
        from saiban.registry.models import Household, Person

        if not actor.sees("personal"):
            return self.none()
        households, persons = Household.objects.visible_to(actor), Person.objects.visible_to(actor)
        return self.filter(Q(household__in=households) | Q(person__in=persons))
