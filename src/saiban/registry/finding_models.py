"""What a survey found of households that were known before, and what a person decided where it was
doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from saiban.core.ltree import LTreeField
from saiban.registry.transitions import FindingState

if TYPE_CHECKING:
    from saiban.core.models import Actor


class FindingQuerySet(models.QuerySet[Any]):
    """Findings."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of households that live in the area of the actor's duty, or lived there before: a
        district learns who moved away. The household itself may be out of sight then."""
        if not (actor.may("registry.finding.list") and actor.area_path):
            return self.none()
        lives, lived = Q(area_path__under=actor.area_path), Q(before_path__under=actor.area_path)
        return self.filter(lives | lived)


class Finding(models.Model):
    """What a batch found of one household: one word for each.

    ``other``  of one that split off: the household it came out of; of one that merged: the one it went into;
    of a doubtful one: the household that it may be. Counts are of members; ``why`` says what is doubtful.
    """

    class Kind(models.TextChoices):
        """The words, in the order in which they are shown."""

        SAME = "same", pgettext_lazy("finding", "same place")
        MOVED = "moved", pgettext_lazy("finding", "moved")
        SPLIT = "split", pgettext_lazy("finding", "split off")
        MERGED = "merged", pgettext_lazy("finding", "merged")
        NEW = "new", pgettext_lazy("finding", "new")
        NOT_FOUND = "not_found", pgettext_lazy("finding", "not found")
        DOUBTFUL = "doubtful", pgettext_lazy("finding", "doubtful")

    class Why(models.TextChoices):
        """What makes a finding doubtful."""

        TIE = "tie", _("half of the earlier household is here, half of it elsewhere")
        NUMBERS = "numbers", _("numbers agree, but birth dates, sex or other claimants speak against it")
        AGAIN = "again", _("the earlier household was met already in this survey")
        LAST = "last", _("some of its members are here, and nobody else of it was found")

    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(_("found"), max_length=10, choices=Kind.choices)
    other = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", null=True)
    why = models.CharField(max_length=10, choices=Why.choices, blank=True, db_default="")
    state = models.CharField(
        max_length=10, choices=FindingState.choices, default=FindingState.TOLD, db_default=FindingState.TOLD
    )
    area_path = LTreeField()
    before_path = LTreeField(help_text="where the household lived before")
    members_before = models.PositiveSmallIntegerField(default=0, db_default=0)
    members_now = models.PositiveSmallIntegerField(default=0, db_default=0)
    in_common = models.PositiveSmallIntegerField(default=0, db_default=0)
    told_at = models.DateTimeField(db_default=Now())
    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["batch", "kind"], name="registry_finding_kind"),
            models.Index(fields=["id"], condition=Q(state="open"), name="registry_finding_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "household"], name="a_batch_tells_of_a_household_once")
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.kind}"

    @property
    def both(self) -> list[int]:
        """Ids of the households that it names."""
        return [pk for pk in (self.household_id, self.other_id) if pk is not None]


class FindingDecision(models.Model):
    """Who decided what about a doubtful finding, and why; never changed.

    ``did``: ids of the rows that joining two households touched, with what their days and places were, so
    that it can be undone; nothing that identifies.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="decisions")
    state = models.CharField(max_length=10, choices=FindingState.choices)
    reason = models.CharField(max_length=500)
    did = models.JSONField(default=dict)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.state}"
