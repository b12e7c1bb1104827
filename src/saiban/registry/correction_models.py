"""Corrections: what a clerk found out, from the proposal to the day on which it ends."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from saiban.data.dictionary import fields
from saiban.registry.transitions import CorrectionState

if TYPE_CHECKING:
    from saiban.core.models import Actor


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Corrections."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of households in the actor's area, and of fields that the duty shows."""
        if not (actor.may("registry.correction.view") and actor.area_path):
            return self.none()
        shown = [code for code, field in fields("household").items() if actor.sees(field.sensitivity)]
        return self.filter(household__area_path__under=actor.area_path, field__in=shown)

    def waiting_for(self, actor: Actor) -> Self:
        """Keep those that the actor sees and may decide: proposed by somebody else."""
        if not actor.may("registry.correction.approve"):
            return self.none()
        return self.visible_to(actor).filter(state=CorrectionState.PROPOSED).exclude(proposed_by=actor)

    def over_on(self, day: date) -> Self:
        """Keep those that are noted as in force though their day has come."""
        return self.filter(state=CorrectionState.APPROVED, ends_on__lte=day)


class Correction(models.Model):
    """An overrule of what sources say of one field of one household, until a day (the day itself excluded).

    While it is in force its observation is heard like any other; once it has ended, the observation is left
    out (``registry.resolving``) and stays as it was said. ``ends_on`` None: from the time when corrections
    had no end.
    """

    class Ending(models.TextChoices):
        """How one that was in force ended."""

        EXPIRED = "expired", _("its day came")
        LIFTED = "lifted", _("lifted early")
        REPLACED = "replaced", _("a newer correction took its place")
        ERASED = "erased", _("its household was erased")
        JOINED = "joined", _("its household goes on as another")

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=60)
    value = models.JSONField(help_text="what is right, as an observation keeps it")
    before = models.JSONField(null=True, help_text="what held when it was proposed; None: nothing was known")
    before_source = models.CharField(max_length=40, blank=True)
    moves_score = models.BooleanField(help_text="a scorecard weighed the field when it was proposed")
    reason = models.CharField(max_length=500)
    observed_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="the first day on which it no longer holds")
    state = models.CharField(max_length=10, choices=CorrectionState.choices)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True, help_text="why it was refused")
    observation_id = models.BigIntegerField(null=True, help_text="what it said, once it held")
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    ended_at = models.DateTimeField(null=True)
    ending_reason = models.CharField(max_length=500, blank=True, help_text="why it was lifted")
    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["ends_on"], condition=Q(state="approved"), name="registry_correction_ends"),
            models.Index(fields=["household"], name="registry_correction_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "field"], condition=Q(state="proposed"), name="one_correction_waits"
            ),
            models.UniqueConstraint(
                fields=["household", "field"], condition=Q(state="approved"), name="one_correction_holds"
            ),
            models.UniqueConstraint(fields=["observation_id"], name="a_correction_says_one_thing"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("observed_on")),
                name="a_correction_ends_after_it_was_seen",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "ended"], observation_id__isnull=False)
                | Q(state__in=["proposed", "refused", "withdrawn"], observation_id=None),
                name="a_correction_is_said_once_it_holds",
            ),
            models.CheckConstraint(
                condition=(Q(state="ended", ended_at__isnull=False) & ~Q(ending=""))
                | (~Q(state="ended") & Q(ended_at=None, ending="")),
                name="a_correction_that_ended_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.household_id}"

    @property
    def not_lifted_by(self) -> int:
        """Who may not lift it: the proposer where a second person had to approve it, else nobody (0)."""
        return self.proposed_by_id if self.moves_score else 0
