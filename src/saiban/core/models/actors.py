"""Who acts, and under which duty."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from saiban.core.access import Grant, grant_of
from saiban.core.querysets import ActorManager, DutyQuerySet

if TYPE_CHECKING:
    from saiban.data.dictionary import Sensitivity


class Agency(models.Model):
    """A department, authority or company of the state, or one that works under its law."""

    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=200)
    name_ur = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name_en


class ActorKind(models.TextChoices):
    """What kind of thing acts."""

    PERSON = "person", _("person")
    PARTNER = "partner", _("partner")
    SYSTEM = "system", _("system")


class Actor(AbstractUser):
    """Who acts: a person, a partner's client, or a job of the system. What it may do, its duty says."""

    kind = models.CharField(
        max_length=8, choices=ActorKind.choices, default=ActorKind.PERSON, db_default=ActorKind.PERSON
    )
    name_en = models.CharField(_("name in roman letters"), max_length=120, blank=True)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, default="en", db_default="en")
    password_is_temporary = models.BooleanField(default=False, db_default=False)  # set by an administrator
    objects: ClassVar[ActorManager] = ActorManager()

    duty: Duty | None = None  # the one under which it acts now; set by the middleware or by `under`

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="system") | Q(password__startswith="!"),  # noqa: S106 (no password)
                name="system_actor_cannot_log_in",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name in the reader's language."""
        name = self.name_ur if translation.get_language() == "ur" else self.name_en
        return name or self.name_en or self.username

    def under(self, duty: Duty) -> Actor:
        """Return this actor acting under one of its duties."""
        if duty.actor_id != self.pk:
            raise ValueError(f"duty {duty.pk} belongs to another actor")
        self.duty = duty
        return self

    @property
    def grant(self) -> Grant:
        """What the present duty allows: nothing, where there is none."""
        return grant_of(self.duty.role) if self.duty else Grant()

    def may(self, permission: str) -> bool:
        """Say whether the present duty includes the permission (the dotted name of a service or look)."""
        return self.is_active and permission in self.grant.permissions

    def sees(self, sensitivity: Sensitivity) -> bool:
        """Say whether the present duty shows fields of that sensitivity."""
        return sensitivity in self.grant.sensitivities

    @property
    def area_path(self) -> str | None:
        """The path of the area that the present duty covers; None covers nothing."""
        return self.duty.area.path if self.duty else None


class Role(models.TextChoices):
    """The kinds of duty; what each allows stands in ``config/duties.py``."""

    ADMINISTRATOR = "administrator", _("administrator")
    DATA_MANAGER = "data_manager", _("data manager")
    ANALYST = "analyst", _("analyst")
    CLERK = "clerk", _("clerk")
    DISTRICT_OFFICER = "district_officer", _("district officer")
    AUDITOR = "auditor", _("auditor")
    PROGRAMME_MANAGER = "programme_manager", _("programme manager")
    APPROVER = "approver", _("approver")
    SYSTEM = "system", _("system")


class Duty(models.Model):
    """What an actor may do, where, for whom and why: role × area × agency × purpose, with its days."""

    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="duties")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    area = models.ForeignKey("core.Area", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=200)
    starts_on = models.DateField(_("from"))
    # the day itself is excluded: a duty that was ended before it began holds on no day
    ends_on = models.DateField(_("until"), null=True, blank=True)
    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="duty_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The duty in words, in the reader's language: "district officer, Rajanpur"."""
        urdu = translation.get_language() == "ur"
        place = self.area.name_ur if urdu else self.area.name_en
        return f"{self.get_role_display()}{'، ' if urdu else ', '}{place}"
