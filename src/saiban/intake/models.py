"""Everything that comes in: sources, deliveries, and what they said."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from saiban.intake.querysets import BatchQuerySet, ObservationQuerySet, SourceQuerySet
from saiban.intake.transitions import BatchState, PartState


class Source(models.Model):
    """Where data come from. Its mapping (``data/mappings/<code>.yaml``, for lists of beneficiaries
    ``data/lists.yaml``) says what each column means.
    """

    class Kind(models.TextChoices):
        """How it delivers."""

        REGISTRY = "registry", _("survey or register of households")
        FEED = "feed", _("feed about households or persons already known")
        LIST = "beneficiaries", _("list of beneficiaries of a department's schemes")
        INTERNAL = "internal", _("a room of this system")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_ur = models.CharField(_("name in Urdu"), max_length=200)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="sources")
    expected_every_days = models.PositiveSmallIntegerField(_("expected every … days"), null=True, blank=True)
    on = models.BooleanField(_("switched on"), default=True)
    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_ur if translation.get_language() == "ur" else self.name_en


class Batch(models.Model):
    """One delivery of a source; its good households are taken in part by part, its rejected rows kept with
    reasons.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    scheme = models.CharField(
        max_length=40, blank=True, db_default="", help_text="code of the scheme, where it is a list of one"
    )
    file_name = models.CharField(_("file"), max_length=255)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    size = models.BigIntegerField(help_text="bytes")
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.RECEIVED)
    refusal = models.JSONField(
        default=dict,
        help_text="why the file as a whole was refused: code, place and details of intake/reasons.py",
    )
    rows = models.BigIntegerField(default=0)
    rejected_rows = models.BigIntegerField(default=0)
    subjects = models.BigIntegerField(default=0, help_text="households or persons spoken of")
    observations = models.BigIntegerField(default=0)
    observed_from = models.DateField(null=True)
    observed_until = models.DateField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=500, blank=True, help_text="where the file lies until it is loaded")
    outcome = models.JSONField(
        default=dict, help_text="counts that the registry and scoring report back, by step"
    )
    notes = models.JSONField(
        default=list, help_text="what is unlikely, but was taken: code and details of intake/reasons.py"
    )
    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "digest"], condition=~models.Q(state="refused"), name="a_file_is_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source.code} {self.file_name}"


class Part(models.Model):
    """Whole households of a batch, loaded in one transaction and applied in one: a kill costs no more.

    Until it is loaded it lies in a file of its own. Its observations are those of the batch between two ids,
    received at ``loaded_at``.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="parts")
    no = models.PositiveIntegerField(help_text="1, 2, … in the order of districts")
    area = models.CharField(
        max_length=20, blank=True, help_text="code of the smallest area with all its households"
    )
    households = models.PositiveIntegerField(default=0)
    subjects = models.PositiveIntegerField(default=0, help_text="households or persons spoken of")
    observations = models.PositiveIntegerField(default=0)
    first_observation = models.BigIntegerField(null=True)
    last_observation = models.BigIntegerField(null=True)
    observed_from = models.DateField(null=True)
    observed_until = models.DateField(null=True)
    state = models.CharField(max_length=7, choices=PartState.choices, default=PartState.CHECKED)
    file = models.CharField(max_length=200, blank=True, help_text="under the uploads, until it is loaded")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file")
    checked_at = models.DateTimeField(db_default=Now())
    loaded_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["batch", "no"]
        constraints = [models.UniqueConstraint(fields=["batch", "no"], name="a_part_has_its_number")]

    def __str__(self) -> str:
        return f"batch {self.batch_id}, part {self.no}"


class Reported(models.Model):
    """What a later step made of one part or change set of a batch; ``Batch.outcome`` is their sum."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="reports")
    step = models.CharField(max_length=40)
    of = models.CharField(max_length=60, blank=True, help_text="part or change set, such as part:1")
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "step", "of"], name="a_step_reports_once")]

    def __str__(self) -> str:
        return f"{self.step} of {self.of}"


class RejectedRow(models.Model):
    """A row that was not taken, with the place and the reason; the row itself is sealed, to be sent back
    for mending.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rejections")
    row_no = models.BigIntegerField(help_text="as a spreadsheet counts: the head line is 1")
    group_key = models.CharField(max_length=80, blank=True, help_text="household number in the file")
    field = models.CharField(max_length=60, blank=True)
    masked_value = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=60, help_text="code; its sentence stands in intake/reasons.py")
    expected = models.CharField(max_length=300, blank=True)
    sealed_row = models.BinaryField(null=True)

    class Meta:
        ordering = ["batch", "row_no", "pk"]
        indexes = [models.Index(fields=["batch", "reason"], name="intake_rejectedrow_reason")]

    def __str__(self) -> str:
        return f"row {self.row_no}: {self.reason}"


class SubjectKind(models.TextChoices):
    """What was spoken of."""

    HOUSEHOLD = "household", _("household")
    PERSON = "person", _("person")
    METER = "meter", _("electricity connection")


class Subject(models.Model):
    """Someone or something that was spoken of: a random key and salt, no name. Erasure destroys the salt."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    salt = models.BinaryField(max_length=32, null=True)
    within = models.ForeignKey(
        "self", on_delete=models.PROTECT, db_constraint=False, related_name="parts", null=True
    )
    first_batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, db_constraint=False, related_name="+", null=True
    )

    def __str__(self) -> str:
        return str(self.key)


class SourceKey(models.Model):
    """How a subject was named: a namespace (a source, or ``cnic`` and the like) and the token of the name."""

    namespace = models.CharField(max_length=40)
    token = models.BinaryField(max_length=33)
    token_next = models.BinaryField(max_length=33, null=True, help_text="its second token, while keys rotate")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="keys")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "token"],
                condition=models.Q(token__isnull=False),
                name="a_name_is_of_one_subject",
            ),
            models.UniqueConstraint(
                fields=["namespace", "token_next"],
                condition=models.Q(token_next__isnull=False),
                name="a_next_name_is_of_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.namespace} → {self.subject_id}"


class NextVal(models.Func):
    """The next number of a sequence, as the database's default."""

    function = "nextval"
    template = "%(function)s('%(expressions)s')"

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        return f"nextval('{self.source_expressions[0].value}')", []  # type: ignore[attr-defined]


class Observation(models.Model):
    """What one source said of one subject at one time. Never edited: the database refuses it.

    Partitioned by month of ``received_at``; no foreign key points at it, and it has none.
    """

    pk = models.CompositePrimaryKey("id", "received_at")
    id = models.BigIntegerField(db_default=NextVal(models.Value("intake_observation_id_seq")))
    received_at = models.DateTimeField(db_default=Now())
    subject_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    batch_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True, help_text="who said it, where a person did")
    observed_on = models.DateField()
    facts = models.JSONField()
    sealed = models.BinaryField(null=True, help_text="identifying facts under the subject's data key")
    reason = models.TextField(blank=True, db_default="")
    objects = ObservationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "id"], name="intake_observation_subject"),
            models.Index(fields=["batch_id", "id"], name="intake_observation_of_batch"),
        ]

    def __str__(self) -> str:
        return f"observation {self.id}"
