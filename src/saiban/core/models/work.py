"""Work that goes on behind the pages: announcements, sets of changes, progress, periodic runs."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from saiban.core.querysets import AnnouncementQuerySet


class Announcement(models.Model):
    """A row of the outbox: it happened. A worker hands it to the listeners, at least once."""

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    announced_at = models.DateTimeField(db_default=Now())
    heard = ArrayField(models.CharField(max_length=120), default=list, help_text="listeners that are done")
    handled_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    not_before = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True, db_default="")
    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=models.Q(handled_at=None),
                name="core_announcement_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class ChangeSet(models.Model):
    """The subjects that one service touched, so that what follows costs by the change and not by the
    registry.
    """

    kind = models.CharField(max_length=40, help_text="what the ids are, such as registry.household")
    reason = models.CharField(max_length=80, help_text="dotted name of what changed them")
    source_kind = models.CharField(max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True)
    versions = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["source_kind", "source_id"], name="core_changeset_source")]

    def __str__(self) -> str:
        return f"{self.reason} #{self.pk}"


class ChangeSetItem(models.Model):
    """One touched subject of a ChangeSet."""

    change_set = models.ForeignKey(ChangeSet, on_delete=models.CASCADE, related_name="items")
    subject_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change_set", "subject_id"], name="once_in_a_change_set")
        ]
        indexes = [models.Index(fields=["subject_id"], name="core_changesetitem_subject")]

    def __str__(self) -> str:
        return str(self.subject_id)


class Progress(models.Model):
    """How far a piece of long work is; written outside its transaction, so that a page can show it."""

    class State(models.TextChoices):
        """The life of a piece of work."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=80, help_text="dotted name of the work")
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    step = models.CharField(max_length=80, blank=True, help_text="code of the step under way")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    step_started_at = models.DateTimeField(null=True, help_text="what is done is counted from here")
    updated_at = models.DateTimeField(db_default=Now())
    error = models.TextField(blank=True)
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="core_progress_subject")]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class PeriodicRun(models.Model):
    """When a periodic task last ran, and how it went."""

    name = models.CharField(max_length=80, primary_key=True)
    last_started_at = models.DateTimeField(null=True)
    last_ended_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
