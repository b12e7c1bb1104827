"""Where two benefits meet that should not, and what was decided about it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from saiban.core.ltree import LTreeField
from saiban.programmes.models.schemes import Enrolment, Unit
from saiban.programmes.querysets import OverlapQuerySet
from saiban.programmes.transitions import OverlapState


class Overlap(models.Model):
    """Two enrolments (for a cap, all) of one person or household that the policy does not allow together.

    ``right`` is None for a cap; ``left`` is then the first of those counted. What is found again
    keeps its decision.
    """

    class Kind(models.TextChoices):
        """What is wrong."""

        TWICE = "twice", _("twice in one scheme")
        EXCLUSIVE = "exclusive", _("in two schemes that exclude each other")
        CAP = "cap", _("more than the cap")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    level = models.CharField(max_length=10, choices=Unit.choices)
    policy = models.CharField(max_length=60, blank=True, help_text="code in data/overlaps.yaml")
    left = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+", null=True)
    household = models.ForeignKey(
        "registry.Household", on_delete=models.PROTECT, related_name="overlaps", null=True
    )
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="overlaps", null=True
    )
    area_path = LTreeField()
    from_on = models.DateField(help_text="both open since")
    yearly_paisa = models.BigIntegerField(help_text="what ending one would save in a year")
    state = models.CharField(max_length=10, choices=OverlapState.choices, default=OverlapState.OPEN)
    ending = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="+", null=True, help_text="the one that is to end"
    )
    referred_to = models.ForeignKey("core.Agency", on_delete=models.PROTECT, related_name="+", null=True)
    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="+", null=True)
    found_at = models.DateTimeField(db_default=Now())
    objects = OverlapQuerySet.as_manager()

    class Meta:
        ordering = ["-yearly_paisa", "pk"]
        indexes = [
            models.Index(fields=["household"], name="overlap_household"),
            models.Index(fields=["person"], name="overlap_person"),
            models.Index(fields=["state", "-yearly_paisa"], name="overlap_work"),
            GistIndex(fields=["area_path"], name="overlap_area"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "policy", "left", "right"], nulls_distinct=False, name="an_overlap_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.left_id} {self.right_id}"


class OverlapDecision(models.Model):
    """Who decided what about an overlap, and why; never changed."""

    overlap = models.ForeignKey(Overlap, on_delete=models.PROTECT, related_name="decisions")
    state = models.CharField(max_length=10, choices=OverlapState.choices)
    ending = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+", null=True)
    referred_to = models.ForeignKey("core.Agency", on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=500)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.overlap_id} {self.state}"
