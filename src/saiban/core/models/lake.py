"""What the lake has still to be told."""

from django.db import models
from django.db.models.functions import Now


class LakeNote(models.Model):
    """Something moved that the lake does not hold yet; gone once it is written."""

    kind = models.CharField(max_length=40, help_text="what the id is of, such as core.changeset")
    subject_id = models.BigIntegerField()
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
