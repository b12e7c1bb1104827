"""How a scheme that is run here chooses whom, and what they are then due."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from saiban.core.ltree import LTreeField
from saiban.programmes.models.schemes import Enrolment, Period, Scheme
from saiban.programmes.querysets import (
    CandidateQuerySet,
    CycleQuerySet,
    EntitlementQuerySet,
    ProposalQuerySet,
)
from saiban.programmes.transitions import CycleState, ProposalState


class Cycle(models.Model):
    """One round of a scheme: its days, budget, rule version and benefit as they were, its list once approved.

    ``seed`` draws the lottery among those who are equal in all else; it is published with the list.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="cycles")
    number = models.PositiveSmallIntegerField(_("cycle"))
    area = models.ForeignKey("core.Area", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))  # the day itself is excluded
    budget_paisa = models.BigIntegerField(_("budget"))
    rule = models.ForeignKey("scoring.Rule", on_delete=models.PROTECT, related_name="+")
    benefit_paisa = models.BigIntegerField()
    period = models.CharField(max_length=10, choices=Period.choices)
    seed = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=CycleState.choices, default=CycleState.OPEN)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    approved_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict, help_text="counts by outcome, cost, line of the last one chosen")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the approved list")
    reason = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["scheme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="a_cycle_once"),
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(state__in=["open", "proposed"]), name="one_cycle_under_way"
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="cycle_days_in_order"),
            models.CheckConstraint(
                condition=Q(budget_paisa__gt=0, benefit_paisa__gt=0), name="a_cycle_has_money"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.number}"


class CandidateOutcome(models.TextChoices):
    """What became of a candidate, and so why somebody who may be eligible is not in the list."""

    SELECTED = "selected", _("selected")
    NO_BUDGET = "no_budget", _("the budget ends before")
    OVERLAP = "overlap", _("already in a scheme that excludes this one")
    ENROLLED = "enrolled", _("already in this scheme")
    UNKNOWN = "unknown", _("an answer is missing")


class Candidate(models.Model):
    """Someone whom a cycle's rule found eligible, or could not judge, and what became of it; never changed.

    ``because``: {"missing": [fields]} or {"overlap": enrolment id, "scheme": code, "policy": code}.
    ``answers``: the clauses of the rule with what they found. Those who are not eligible are not kept: the
    rule tells them apart at any time.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="candidates")
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="candidates")
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="candidates", null=True
    )
    area_path = LTreeField()
    outcome = models.CharField(max_length=10, choices=CandidateOutcome.choices)
    rank = models.PositiveIntegerField(null=True, help_text="1 = first in line")
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    lottery = models.CharField(max_length=16, blank=True, help_text="hexadecimal; the smaller one goes first")
    cost_paisa = models.BigIntegerField(default=0, help_text="of the whole cycle")
    because = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="candidate", null=True)
    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "rank", "pk"]
        indexes = [
            models.Index(fields=["household"], name="candidate_household"),
            models.Index(fields=["cycle", "outcome", "rank"], name="candidate_outcome"),
            GistIndex(fields=["area_path"], name="candidate_area"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "household", "person"], nulls_distinct=False, name="a_candidate_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.household_id} {self.outcome}"


class Entitlement(models.Model):
    """What an enrolment is owed for one period, in paisa, with the facts that it rests on; never changed."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="entitlements")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="entitlements")
    period_from = models.DateField()
    period_until = models.DateField()  # the day itself is excluded
    amount_paisa = models.BigIntegerField()
    snapshot = models.JSONField(help_text="score, rule version, answers, household and person by id")
    made_at = models.DateTimeField(db_default=Now())
    objects = EntitlementQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "period_from", "enrolment"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "period_from"], name="a_period_once"),
            models.CheckConstraint(
                condition=Q(amount_paisa__gt=0), name="an_entitlement_is_more_than_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.period_from}"


class Proposal(models.Model):
    """What should be looked at because a profile moved: someone became eligible, or ceased to be.

    Nothing follows by itself: an ``enter`` waits for the next cycle, a ``leave`` for a person who decides.
    """

    class Kind(models.TextChoices):
        """Which way."""

        ENTER = "enter", _("now eligible")
        LEAVE = "leave", _("no longer eligible")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="proposals")
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="proposals")
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="proposals", null=True
    )
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="proposals", null=True)
    area_path = LTreeField()
    kind = models.CharField(max_length=5, choices=Kind.choices)
    because = models.JSONField(default=dict, help_text="the clauses that changed their answer")
    change_set = models.ForeignKey("core.ChangeSet", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [GistIndex(fields=["area_path"], name="proposal_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "household", "person"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="one_open_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scheme_id} {self.household_id}"
