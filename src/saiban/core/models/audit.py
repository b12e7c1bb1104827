"""Who did what, when, on whom, why: insert-only, chained by the worker (`core/chain.py`)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from saiban.core.idsets import Packed, unpack
from saiban.core.querysets import AuditQuerySet


class AuditIdSet(models.Model):
    """The ids that a set read or write touched, so that one can ask who saw a given person; packed by
    ``core/idsets.py``.

    ``written_out`` holds the ids of sets that were kept before they were packed; the chain covers them so.
    """

    kind = models.CharField(max_length=40)
    written_out = ArrayField(models.BigIntegerField(), null=True, db_column="ids")
    blocks = ArrayField(models.BigIntegerField(), null=True)
    ends = ArrayField(models.IntegerField(), null=True)
    offsets = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="core_auditidset_in_one_way",
                condition=Q(written_out=None, blocks__isnull=False, ends__isnull=False, offsets__isnull=False)
                | Q(written_out__isnull=False, blocks=None, ends=None, offsets=None),
            )
        ]
        indexes = [
            GinIndex(fields=["written_out"], name="core_auditidset_ids"),
            GinIndex(fields=["blocks"], name="core_auditidset_blocks"),
        ]

    def __str__(self) -> str:
        return f"{len(self.ids)} × {self.kind}"

    @property
    def ids(self) -> list[int]:
        """The ids, ascending."""
        if self.blocks is None or self.ends is None or self.offsets is None:
            return self.written_out or []
        return unpack(Packed(self.blocks, self.ends, bytes(self.offsets)))


class Audit(models.Model):
    """One act: a write, a look, or a refusal. Holds ids and reasons, never personal values."""

    class Kind(models.TextChoices):
        """What kind of act."""

        WRITE = "write", _("write")
        LOOK = "look", _("look")
        REFUSED = "refused", _("refused")

    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    duty = models.ForeignKey("core.Duty", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    action = models.CharField(max_length=80)
    purpose = models.CharField(max_length=200, blank=True, db_default="")
    subject_kind = models.CharField(max_length=40, blank=True, db_default="")
    subject_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True, db_default="")
    detail = models.JSONField(default=dict, db_default=models.Value("{}", output_field=models.JSONField()))
    count = models.BigIntegerField(null=True)
    id_set = models.ForeignKey(AuditIdSet, on_delete=models.PROTECT, related_name="+", null=True)
    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="core_audit_subject"),
            models.Index(fields=["actor", "-id"], name="core_audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} #{self.pk}"


class AuditPending(models.Model):
    """An audit row that the chain does not hold yet; inserted beside it, removed by the chainer."""

    audit = models.OneToOneField(Audit, on_delete=models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"#{self.pk}"


class AuditLink(models.Model):
    """A link of the chain: SHA-256 over the former digest and the canonical text of one audit row."""

    seq = models.BigIntegerField(primary_key=True)
    audit = models.OneToOneField(Audit, on_delete=models.PROTECT, related_name="link")
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"link {self.seq}"


class AuditCheckpoint(models.Model):
    """The chain's length and digest at a moment, signed: what was cut off since then shows."""

    seq = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"checkpoint {self.seq}"
