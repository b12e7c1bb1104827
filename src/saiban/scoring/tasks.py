"""What scoring does when others announce something."""

from __future__ import annotations

from saiban.core import foundation
from saiban.scoring import services


def score_change_set(change_set_id: int) -> None:
    """Hear ``registry.profile.changed``."""
    services.score_change_set(actor=foundation.system_actor(), change_set_id=change_set_id)


def score_by_new_scorecard(scorecard_id: int) -> None:
    """Hear ``scoring.scorecard.approved``: score the whole registry by it."""
    services.score_registry(actor=foundation.system_actor(), scorecard_id=scorecard_id)
