"""Judgement: scorecards and rules as versioned data, and every score that was given."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from saiban.scoring.querysets import RuleQuerySet, ScorecardQuerySet, ScoreQuerySet
from saiban.scoring.transitions import RuleState, ScorecardState


class Scorecard(models.Model):
    """A version of a scorecard: its text is the YAML that was tested and approved, never changed
    afterwards."""

    code = models.CharField(_("code"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"))
    title_en = models.CharField(max_length=200)
    title_ur = models.CharField(max_length=200)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    reference = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=ScorecardState.choices, default=ScorecardState.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    approved_at = models.DateTimeField(null=True)
    tested = models.JSONField(default=dict, help_text="the results that it was approved on")
    decides = models.BooleanField(default=False, help_text="bands of profiles come from this one")
    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="a_version_once"),
            models.UniqueConstraint(
                fields=["decides"], condition=Q(decides=True), name="one_scorecard_decides"
            ),
            models.CheckConstraint(
                condition=Q(decides=False) | Q(state="approved"), name="only_an_approved_one_decides"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_ur if translation.get_language() == "ur" else self.title_en


class Score(models.Model):
    """A household's score by one scorecard version at one time; appended, never changed.

    ``values`` are the answers that went in (ids of their observations stand in ``origin``), so that the
    points can be
    shown as they were.
    """

    household = models.ForeignKey(
        "registry.Household", on_delete=models.PROTECT, db_constraint=False, related_name="scores"
    )
    scorecard = models.ForeignKey(
        Scorecard, on_delete=models.PROTECT, db_constraint=False, related_name="scores"
    )
    change_set = models.ForeignKey(
        "core.ChangeSet", on_delete=models.PROTECT, db_constraint=False, related_name="+", null=True
    )
    prediction = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    band = models.CharField(max_length=10)
    missing = ArrayField(models.CharField(max_length=60), default=list)
    values = models.JSONField(default=dict)
    origin = models.JSONField(default=dict)
    scored_at = models.DateTimeField(db_default=Now())
    objects = ScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["household", "scorecard", "-id"], name="scoring_score_latest"),
            models.Index(fields=["change_set"], name="scoring_score_change_set"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}: {self.score}"


class Rule(models.Model):
    """A version of a rule of eligibility: CEL over the field dictionary (``calc.rules``), never changed once
    tested.

    ``tested``: counts by answer and clause that it was approved on.
    """

    class Unit(models.TextChoices):
        """Of whom it speaks."""

        HOUSEHOLD = "household", _("household")
        PERSON = "person", _("person")

    code = models.CharField(_("code"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"))
    title_en = models.CharField(_("title in English"), max_length=200)
    title_ur = models.CharField(_("title in Urdu"), max_length=200)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    text = models.TextField(_("rule"))
    digest = models.CharField(max_length=64)
    reference = models.CharField(_("reference"), max_length=500)
    state = models.CharField(max_length=10, choices=RuleState.choices, default=RuleState.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    approved_at = models.DateTimeField(null=True)
    tested = models.JSONField(default=dict, help_text="the results that it was approved on")
    made_at = models.DateTimeField(db_default=Now())
    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="a_rule_version_once")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_ur if translation.get_language() == "ur" else self.title_en
