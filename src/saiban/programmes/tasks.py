"""What programmes does when others announce something."""

from __future__ import annotations

from saiban.core import foundation
from saiban.intake.models import Batch
from saiban.programmes.services import lists


def take_list(batch_id: int) -> None:
    """Hear ``intake.batch.applied``: places are taken from a list of beneficiaries; other batches pass by."""
    if Batch.objects.exclude(scheme="").filter(pk=batch_id).exists():
        lists.take_list(actor=foundation.system_actor(), batch_id=batch_id)


def attach_enrolments(change_set_id: int) -> None:
    """Hear ``registry.link.moved`` and ``registry.profile.changed``: places follow their people."""
    lists.attach_enrolments(actor=foundation.system_actor(), change_set_id=change_set_id)
