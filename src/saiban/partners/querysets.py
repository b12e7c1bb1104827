"""Named questions about partners and agreements."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from saiban.core.models import Actor
    from saiban.partners.models import Agreement, Partner


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may see partners."""
        return self.all() if actor.may("partners.partner.view") else self.none()


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may see partners."""
        return self.all() if actor.may("partners.partner.view") else self.none()

    def in_force_on(self, day: date) -> Self:
        """Keep those that let something pass on that day."""
        return self.filter(state="in_force", during__contains=day)
