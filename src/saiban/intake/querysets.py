"""Named questions about sources, batches and observations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from saiban.core.models import Actor
    from saiban.intake.models import Batch, Observation, Source


class SourceQuerySet(models.QuerySet["Source"]):
    """Sources."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may see sources."""
        return self.all() if actor.may("intake.source.view") else self.none()


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may see batches."""
        return self.all() if actor.may("intake.batch.view") else self.none()


class ObservationQuerySet(models.QuerySet["Observation"]):
    """Observations; who sees a subject's observations, the registry decides by the household."""

    def of_subjects(self, subject_ids: models.QuerySet[models.Model] | list[int]) -> Self:
        """Keep what was said of these subjects, latest first."""
        return self.filter(subject_id__in=subject_ids).order_by("-observed_on", "-id")
