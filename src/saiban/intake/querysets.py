"""Named questions about sources, batches and observations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from saiban.core.foundation import own_agency

if TYPE_CHECKING:
    from saiban.core.models import Actor
    from saiban.intake.models import Batch, Observation, Source


class SourceQuerySet(models.QuerySet["Source"]):
    """Sources."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may see sources."""
        return self.all() if actor.may("intake.source.view") else self.none()

    def delivered_by(self, actor: Actor) -> Self:
        """Keep those whose files the actor may send: a department its own, the owner of the registry all."""
        agency = own_agency(actor)
        rows = self.visible_to(actor).exclude(kind="internal")
        return rows if agency is None else rows.filter(partner__agency=agency)


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the own department for who may see batches, all for the owner of the registry.

        The rows of a list are another department's beneficiaries, also those that were rejected.
        """
        if not actor.may("intake.batch.view"):
            return self.none()
        agency = own_agency(actor)
        return self.all() if agency is None else self.filter(source__partner__agency=agency)


class ObservationQuerySet(models.QuerySet["Observation"]):
    """Observations; who sees a subject's observations, the registry decides by the household."""

    def of_subjects(self, subject_ids: models.QuerySet[models.Model] | list[int]) -> Self:
        """Keep what was said of these subjects, latest first."""
        return self.filter(subject_id__in=subject_ids).order_by("-observed_on", "-id")
