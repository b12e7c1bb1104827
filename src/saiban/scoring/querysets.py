"""Named questions about scorecards and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from saiban.core.models import Actor
    from saiban.scoring.models import Rule, Score, Scorecard


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    """Scorecards."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may see scorecards."""
        return self.all() if actor.may("scoring.scorecard.view") else self.none()

    def scoring(self) -> Self:
        """Keep those that score: approved ones, and tested ones for comparison."""
        return self.filter(state__in=["tested", "approved"])


class ScoreQuerySet(models.QuerySet["Score"]):
    """Scores."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of households in the area of the actor's duty."""
        if not (actor.may("registry.household.view") and actor.area_path):
            return self.none()
        return self.filter(household__area_path__under=actor.area_path)

    def latest(self) -> Self:  # type: ignore[override]
        """Keep the newest score of each household by each scorecard version."""
        return self.order_by("household", "scorecard", "-pk").distinct("household", "scorecard")


class RuleQuerySet(models.QuerySet["Rule"]):
    """Rules."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may see rules."""
        return self.all() if actor.may("scoring.rule.view") else self.none()
