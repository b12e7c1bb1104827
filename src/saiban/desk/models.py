"""What the desk keeps: counts by area, made anew by the clock, never typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from saiban.core.models import Actor


class AreaCountQuerySet(models.QuerySet[Any]):
    """Counts of areas."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those in the area of the actor's duty, if that duty includes seeing households."""
        if not (actor.may("registry.household.view") and actor.area_path):
            return self.none()
        return self.filter(area__path__under=actor.area_path)


class AreaCount(models.Model):
    """How the households that lie in an area itself, not in one below it, stood when they were last counted.

    ``unserved``: the poor in no scheme. ``moved``: profiles made or changed on the day of the count.
    """

    area = models.OneToOneField("core.Area", on_delete=models.PROTECT, related_name="+")
    households = models.BigIntegerField()
    scored = models.BigIntegerField()
    poor = models.BigIntegerField()
    disagreeing = models.BigIntegerField(help_text="households of which sources say different things")
    unserved = models.BigIntegerField()
    moved = models.BigIntegerField()
    counted_at = models.DateTimeField()
    objects = AreaCountQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.area_id}: {self.households}"
