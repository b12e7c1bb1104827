"""Which of the ring's keys are in use."""

from django.db import models
from django.db.models.functions import Now


class Rotation(models.Model):
    """Tokens go over to another key: every row gets its second token while work goes on, then all of them
    change at once.
    """

    from_key = models.PositiveSmallIntegerField(help_text="id of the key whose tokens are replaced")
    to_key = models.PositiveSmallIntegerField(unique=True, help_text="id of the key that comes after it")
    began_at = models.DateTimeField(db_default=Now())
    switched_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(switched_at=None), name="one_rotation_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.from_key} → {self.to_key}"
