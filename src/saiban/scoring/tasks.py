"""What scoring does when others announce something."""

from __future__ import annotations

from saiban.core import foundation, outbox
from saiban.core.models import ChangeSet
from saiban.intake.queries import all_scored
from saiban.registry.knowledge import counting
from saiban.scoring import services


def score_change_set(change_set_id: int) -> None:
    """Hear ``registry.profile.changed``."""
    services.score_change_set(actor=foundation.system_actor(), change_set_id=change_set_id)


def score_by_new_scorecard(scorecard_id: int) -> None:
    """Hear ``scoring.scorecard.approved``: score the whole registry by it."""
    services.score_registry(actor=foundation.system_actor(), scorecard_id=scorecard_id)


def tell_districts_of_batch(change_set_id: int) -> None:
    """Hear ``scoring.score.published``: once all that a batch moved is scored, announce each district where
    it moved something, so that what is known there is counted, the poor among it.
    """
    change_set = ChangeSet.objects.get(pk=change_set_id)
    batch_id = int(change_set.source_id or 0)
    if change_set.source_kind == services.OF_BATCH and (scored := all_scored(batch_id)):
        for area_id in counting.districts_of_batch(batch_id):
            key = f"batch:{batch_id}:scored:{scored}:district:{area_id}"
            outbox.announce("scoring.district.scored", key=key, area_id=area_id)
