"""Named questions about places, actors and duties."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from saiban.core import idsets

if TYPE_CHECKING:
    from saiban.core.models import Actor, Announcement, Area, Audit, Duty


# two questions, each with an index of its own: joined by "or" they would read the whole audit
ABOUT = f"""
select a.id from core_audit a where a.subject_kind = %s and a.subject_id = %s
union
select a.id from (values (%s::text, %s::bigint)) as asked (kind, pk)
join core_auditidset s on s.kind = asked.kind and (s.ids @> array[asked.pk] or {idsets.HOLDS})
join core_audit a on a.id_set_id = s.id
"""  # noqa: S608


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
    """Actors; the administrator sees those of the own area, others themselves."""

    def visible_to(self, actor: Actor) -> models.QuerySet[Actor]:
        """Keep those whom the actor administers, and itself.

        One administers log-ins whose duties that hold or are to come all lie in the area of the own duty;
        where none does, the former ones decide; who never had any is nobody's yet, and everybody's to begin.
        """
        if not (actor.may("core.actor.view") and actor.area_path):
            return self.filter(pk=actor.pk)
        duties = apps.get_model("core", "Duty")._default_manager.filter(actor=OuterRef("pk"))
        open_ones = duties.exclude(ends_on__lte=timezone.localdate())
        inside = {"area__path__under": actor.area_path}
        within = ~Exists(open_ones.exclude(**inside)) & (
            Exists(open_ones) | ~Exists(duties.exclude(**inside))
        )
        return self.filter(within | Q(pk=actor.pk))


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those whom the actor administers, and its own."""
        if not actor.may("core.actor.view"):
            return self.filter(actor=actor)
        people = apps.get_model("core", "Actor")._default_manager.visible_to(actor)
        return self.filter(actor__in=people)

    def open_on(self, day: date) -> Self:
        """Keep the duties that hold on that day."""
        return self.filter(starts_on__lte=day).exclude(ends_on__lte=day)


class AuditQuerySet(models.QuerySet["Audit"]):
    """Audit rows."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may read the audit, else the actor's own acts."""
        return self.all() if actor.may("core.audit.view") else self.filter(actor=actor)

    def about(self, kind: str, pk: int) -> Self:
        """Keep what was done to, or seen of, one thing, alone or in a set. It is found by indexes."""
        return self.filter(pk__in=RawSQL(ABOUT, [kind, pk, kind, pk]))  # noqa: S611 no word of it is told


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Announcements."""

    def waiting(self) -> Self:
        """Keep those that no worker has handled yet, in the order in which they were made."""
        return self.filter(handled_at=None).order_by("pk")
