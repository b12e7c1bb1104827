"""What is known by district and tehsil: counts that pages show, made anew from profiles, never typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from saiban.core.models import Actor


class OfDistrictQuerySet(models.QuerySet[Any]):
    """Counts of districts."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the districts of the actor's duty, and the one in which its area lies."""
        if not (actor.may("registry.knowledge.view") and actor.area_path):
            return self.none()
        within = models.Q(area__path__under=actor.area_path) | models.Q(area__path__above=actor.area_path)
        return self.filter(within)


class DistrictCount(models.Model):
    """How many households, and persons who live in one, a district has in the registry, and when they were
    counted."""

    area = models.OneToOneField("core.Area", on_delete=models.PROTECT, related_name="+")
    households = models.BigIntegerField()
    persons = models.BigIntegerField()
    poor = models.BigIntegerField(default=0, db_default=0, help_text="households at or below the cut-off")
    near = models.BigIntegerField(default=0, db_default=0, help_text="households a little above it")
    served = models.BigIntegerField(default=0, db_default=0, help_text="households that are in a scheme")
    at_stake = models.BigIntegerField(
        default=0, db_default=0, help_text="poor, near or served ones, by their share of old answers"
    )
    counted_at = models.DateTimeField(db_default=Now())
    objects = OfDistrictQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.area_id}: {self.households}"


class TehsilCount(models.Model):
    """What a tehsil has in the registry, counted with its district: households, those much is decided of
    (as in ``DistrictCount``), and how many answers about them are known and how many of these are two years
    old or older."""

    area = models.OneToOneField("core.Area", on_delete=models.PROTECT, related_name="+")
    households = models.BigIntegerField()
    poor = models.BigIntegerField()
    near = models.BigIntegerField()
    served = models.BigIntegerField(default=0, db_default=0)
    at_stake = models.BigIntegerField(default=0, db_default=0)
    known = models.BigIntegerField()
    old = models.BigIntegerField()
    counted_at = models.DateTimeField(db_default=Now())
    objects = OfDistrictQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.area_id}: {self.households}"


class Knowledge(models.Model):
    """Of one field in one district: how many values of one source hold, how old they are, how many are
    contradicted.

    Ages are months since the value was observed, each group without the one before it.
    """

    class Level(models.TextChoices):
        """Of whom the field tells."""

        HOUSEHOLD = "household", _("household")
        PERSON = "person", _("person")

    area = models.ForeignKey("core.Area", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=Level.choices)
    field = models.CharField(max_length=60)
    source = models.CharField(max_length=40)
    known = models.BigIntegerField()
    contradicted = models.BigIntegerField(help_text="another source says otherwise")
    too_old = models.BigIntegerField(help_text="older than the field's greatest age")
    within_3 = models.BigIntegerField()
    within_12 = models.BigIntegerField()
    within_24 = models.BigIntegerField()
    within_60 = models.BigIntegerField()
    older = models.BigIntegerField()
    oldest_on = models.DateField()
    newest_on = models.DateField()
    objects = OfDistrictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "level", "field", "source"], name="a_source_once_in_a_field_and_district"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} by {self.source} in {self.area_id}"
