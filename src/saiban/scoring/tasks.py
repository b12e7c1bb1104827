"""What scoring does when others announce something."""

from __future__ import annotations

from saiban.core import foundation
from saiban.core.models import ChangeSet
from saiban.intake.queries import is_all_scored
from saiban.registry.knowledge import counting
from saiban.scoring import services


def score_change_set(change_set_id: int) -> None:
    """Hear ``registry.profile.changed``."""
    services.score_change_set(actor=foundation.system_actor(), change_set_id=change_set_id)


def score_by_new_scorecard(scorecard_id: int) -> None:
    """Hear ``scoring.scorecard.approved``: score the whole registry by it."""
    services.score_registry(actor=foundation.system_actor(), scorecard_id=scorecard_id)


def count_knowledge_of_batch(change_set_id: int) -> None:
    """Hear ``scoring.score.published``: once all that a batch moved is scored, count what is known there, the
    poor among it.
    """
    change_set = ChangeSet.objects.get(pk=change_set_id)
    if change_set.source_kind == services.OF_BATCH and is_all_scored(change_set.source_id or 0):
        counting.count_batch(actor=foundation.system_actor(), batch_id=int(change_set.source_id or 0))
