"""Erasures: who asked for whom, why, who decided, what was destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from saiban.core.ltree import LTreeField
from saiban.registry.transitions import OPEN, ErasureState

if TYPE_CHECKING:
    from saiban.core.models import Actor


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Erasures."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those in the area of the actor's duty, if that duty includes seeing erasures."""
        if not (actor.may("registry.erasure.view") and actor.area_path):
            return self.none()
        return self.filter(area_path__under=actor.area_path)


class Erasure(models.Model):
    """That everything which says who a person is, or who the members of a household are, be destroyed.

    ``household`` is the one that is meant, or in which the person lives; ``person`` is None where all of it
    is meant. ``reason`` and ``decision`` are kept for good: they name nobody. ``counts``: what was destroyed.
    """

    class Basis(models.TextChoices):
        """Why it may, or must, be erased."""

        REQUEST = "request", _("the person asked for it")
        COURT = "court", _("a court or an authority ordered it")
        MISTAKE = "mistake", _("collected by mistake")
        EXPIRED = "expired", _("no longer needed, and kept long enough")

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="erasures")
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="erasures", null=True
    )
    area_path = LTreeField()
    basis = models.CharField(_("legal basis"), max_length=10, choices=Basis.choices)
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=11, choices=ErasureState.choices, default=ErasureState.REQUESTED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True, help_text="the reason of the last step")
    carried_out_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person"],
                condition=Q(state__in=OPEN),
                nulls_distinct=False,
                name="one_open_erasure",
            ),
            models.CheckConstraint(
                condition=~Q(state="carried_out") | Q(carried_out_at__isnull=False),
                name="what_is_erased_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
