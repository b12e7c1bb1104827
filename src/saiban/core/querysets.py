"""Named questions about places, actors and duties."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from saiban.core.models import Actor, Announcement, Area, Audit, Duty


class AreaQuerySet(models.QuerySet["Area"]):
    """Areas."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the areas of the actor's duty and those below."""
        return self.filter(path__under=actor.area_path) if actor.area_path else self.none()

    def of_level(self, level: str) -> Self:
        """Keep one level of the tree."""
        return self.filter(level=level)

    def valid_on(self, day: date) -> Self:
        """Keep the areas that exist on that day."""
        return self.filter(valid_from__lte=day).exclude(valid_until__lte=day)


class ActorManager(UserManager["Actor"]):
    """Actors; the administrator sees all of them, others themselves."""

    def visible_to(self, actor: Actor) -> models.QuerySet[Actor]:
        """Keep those whom the actor administers, and itself."""
        return self.all() if actor.may("core.actor.view") else self.filter(pk=actor.pk)


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those whom the actor administers, and its own."""
        return self.all() if actor.may("core.actor.view") else self.filter(actor=actor)

    def open_on(self, day: date) -> Self:
        """Keep the duties that hold on that day."""
        return self.filter(starts_on__lte=day).exclude(ends_on__lte=day)


class AuditQuerySet(models.QuerySet["Audit"]):
    """Audit rows."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may read the audit, else the actor's own acts."""
        return self.all() if actor.may("core.audit.view") else self.filter(actor=actor)

    def about(self, kind: str, pk: int) -> Self:
        """Keep what was done to, or seen of, one thing, alone or in a set."""
        return self.filter(
            Q(subject_kind=kind, subject_id=pk) | Q(id_set__kind=kind, id_set__ids__contains=[pk])
        )


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Announcements."""

    def waiting(self) -> Self:
        """Keep those that no worker has handled yet, in the order in which they were made."""
        return self.filter(handled_at=None).order_by("pk")
