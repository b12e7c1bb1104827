"""Named questions about people: every one of them begins at ``visible_to``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import JSONObject

from saiban.core.models import Area
from saiban.data.dictionary import Level, fields

if TYPE_CHECKING:
    from saiban.core.models import Actor
    from saiban.registry.models import Household, Identifier, Person, Profile, ProfileChange

LEVELS: tuple[Level, ...] = ("household", "person")
LIVED_IN = Q(household__isnull=False, emptied=False)  # of profiles; in SQL: `emptied.LIVED_IN`
BY_PLACE = ("household__area_id", "household__code")


def _rows(model: str) -> Any:
    """Rows of a model of this room, which stands above this module."""
    return apps.get_model("registry", model)._default_manager


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
        """Keep those who live in a household that the actor sees; a stub lives in none."""
        households = _rows("Household").visible_to(actor)
        lives_there = _rows("Membership").filter(
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

    def lived_in(self) -> Self:
        """Keep profiles of households, without those in which nobody lives any more (``registry.emptied``):
        those that are counted, listed and chosen from.
        """
        return self.filter(LIVED_IN)

    def listed_in(self, path: str | None) -> Self:
        """Keep those of households in an area or below it, in the order of areas and codes (1 query more).

        Asked by the numbers of the areas, too: so the first page of a list is found by an index, wherever in
        the province it begins.
        """
        areas = list(Area.objects.filter(path__under=path).values_list("pk", flat=True)) if path else []
        return self.filter(household__area__in=areas).order_by(*BY_PLACE)

    def shown_to(self, actor: Actor) -> Self:
        """Select ``shown``, ``whence`` and ``besides``: values, origin and others without what the duty does
        not show."""
        hidden = [
            code
            for level in LEVELS
            for code, field in fields(level).items()
            if not actor.sees(field.sensitivity)
        ]
        return self.defer("values", "origin", "others").annotate(
            shown=without("values", hidden),
            whence=without("origin", hidden),
            besides=without("others", hidden),
        )


def without(column: str, keys: list[str]) -> Func:
    """A JSON column without some keys, cut off by the database: they are not selected at all."""
    return Func(
        F(column),
        Value(keys, output_field=ArrayField(models.TextField())),
        template="(%(expressions)s::text[])",
        arg_joiner=" - ",
        output_field=models.JSONField(),
    )


class ProfileChangeQuerySet(models.QuerySet["ProfileChange"]):
    """Values that moved."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of households in the actor's area, and of fields that the duty shows."""
        if not (actor.may("registry.household.view") and actor.area_path):
            return self.none()
        shown = [code for code, field in fields("household").items() if actor.sees(field.sensitivity)]
        return self.filter(household__area_path__under=actor.area_path, field__in=shown)

    def moved_with(self, most: int) -> ArraySubquery:
        """The values that the change set of an outer row moved in its household, at most so many, as objects:
        to annotate rows that have both.
        """
        of_row = self.filter(change_set=OuterRef("change_set"), household=OuterRef("household"))
        told = JSONObject(field="field", before="before", after="after", source="source")
        return ArraySubquery(of_row.values(one=told)[:most])


class IdentifierQuerySet(models.QuerySet["Identifier"]):
    """Numbers, masked; the number itself only through the service that unmasks."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the households and persons that the actor sees, if the duty shows personal fields.

        Asked of each number, not of all whom the actor sees: that would be read whole for one number.
        """
        if not actor.sees("personal"):
            return self.none()
        household = _rows("Household").visible_to(actor).filter(pk=OuterRef("household"))
        person = _rows("Person").visible_to(actor).filter(pk=OuterRef("person"))
        return self.filter(Exists(household) | Exists(person))
