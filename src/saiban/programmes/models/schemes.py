"""The catalogue of all departments' schemes, and every place in them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from saiban.core.ltree import LTreeField
from saiban.programmes.querysets import EnrolmentQuerySet, SchemeQuerySet
from saiban.programmes.transitions import OPEN_STATES, EnrolmentState


class Unit(models.TextChoices):
    """Whose place it is."""

    PERSON = "person", _("person")
    HOUSEHOLD = "household", _("household")


class Period(models.TextChoices):
    """How often an amount is due."""

    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    HALF_YEAR = "half_year", _("a half-year")
    YEAR = "year", pgettext_lazy("period", "a year")
    SEASON = "season", _("a season")
    COURSE = "course", _("a course")
    CASE = "case", _("a case")
    LOAN = "loan", _("a loan")
    DAY = "day", _("a day")
    ONCE = "once", _("once")


PER_YEAR: dict[str, int] = {Period.MONTH: 12, Period.QUARTER: 4, Period.HALF_YEAR: 2}  # every other one: 1


class BenefitKind(models.TextChoices):
    """What is given."""

    CASH = "cash", _("cash")
    IN_KIND = "in_kind", _("in kind")
    SERVICE = "service", _("service")
    LOAN = "loan", _("loan")
    INSURANCE = "insurance", _("insurance")


class Scheme(models.Model):
    """A scheme of a department as it is reported; one that is run here also has a rule and an exact benefit.

    ``amount`` and ``eligibility`` are the words of the report; ``benefit_paisa`` a period is what is paid.
    """

    PER_YEAR: ClassVar[dict[str, int]] = PER_YEAR

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(max_length=200)
    name_ur = models.CharField(max_length=200)
    agency = models.ForeignKey("core.Agency", on_delete=models.PROTECT, related_name="schemes")
    level = models.CharField(_("level"), max_length=20, help_text="federal, province, joint, NGO")
    kind = models.CharField(_("kind"), max_length=40)
    pillar = models.CharField(_("pillar"), max_length=30)
    stage = models.CharField(_("stage of life"), max_length=30)
    target = models.CharField(_("target group"), max_length=40)
    target_group_en = models.CharField(max_length=200)
    target_group_ur = models.CharField(max_length=200)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    amount = models.CharField(_("amount as reported"), max_length=200, blank=True)
    benefit_paisa = models.BigIntegerField(_("benefit"), null=True)
    period = models.CharField(_("period"), max_length=10, choices=Period.choices, blank=True)
    eligibility = models.CharField(_("who may be in it, as reported"), max_length=500, blank=True)
    year = models.CharField(_("year"), max_length=20)
    source = models.CharField(_("source"), max_length=300)
    confirmed = models.BooleanField(_("confirmed"))
    rule = models.ForeignKey(
        "scoring.Rule",
        on_delete=models.PROTECT,
        related_name="schemes",
        null=True,
        help_text="run here by it",
    )
    objects = SchemeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(benefit_paisa=None) | Q(benefit_paisa__gt=0),
                name="a_benefit_is_more_than_nothing",
            ),
            models.CheckConstraint(
                condition=Q(rule=None) | Q(benefit_paisa__isnull=False), name="what_is_run_here_has_a_benefit"
            ),
        ]

    def __str__(self) -> str:
        return self.name_ur if translation.get_language() == "ur" else self.name_en

    @property
    def yearly_paisa(self) -> int:
        """What a place gives in a year; what is given once counts once."""
        return (self.benefit_paisa or 0) * PER_YEAR.get(self.period, 1)


class DaysOf(Func):
    """The days of a row as a range, the last one excluded."""

    function = "daterange"
    output_field = DateRangeField()


class Enrolment(models.Model):
    """A place in a scheme, from a day, until a day: of a household, or of one person in it (``scheme.unit``).

    Of a department's list: ``list_no`` (the department's own number), ``subject`` (whom it named) and
    ``batch`` (the newest that said so); whose person or household is not known has none. Run here:
    ``cycle``. ``household`` is that of the person now; ``area_path`` its area, else the list's district.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="enrolments")
    household = models.ForeignKey(
        "registry.Household", on_delete=models.PROTECT, related_name="enrolments", null=True
    )
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="enrolments", null=True
    )
    area_path = LTreeField()
    state = models.CharField(max_length=10, choices=EnrolmentState.choices, default=EnrolmentState.PROPOSED)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # None = still open; the day itself is excluded
    benefit = models.CharField(max_length=10, choices=BenefitKind.choices, default=BenefitKind.CASH)
    amount_paisa = models.BigIntegerField(default=0, help_text="a period; 0 where no amount is given")
    period = models.CharField(max_length=10, choices=Period.choices)
    yearly_paisa = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=10, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    # of a list
    list_no = models.CharField(max_length=80, blank=True)
    subject = models.ForeignKey("intake.Subject", on_delete=models.PROTECT, related_name="+", null=True)
    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="+", null=True)
    seen_on = models.DateField(null=True, help_text="day of the newest list that names it")
    # run here
    cycle = models.ForeignKey(
        "programmes.Cycle", on_delete=models.PROTECT, related_name="enrolments", null=True
    )
    reason = models.CharField(max_length=500, blank=True, help_text="of the last step")
    made_at = models.DateTimeField(db_default=Now())
    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        indexes = [
            models.Index(
                fields=["household"], condition=Q(state__in=OPEN_STATES), name="enrolment_household"
            ),
            models.Index(fields=["person"], condition=Q(state__in=OPEN_STATES), name="enrolment_person"),
            models.Index(fields=["subject"], name="enrolment_subject"),
            models.Index(fields=["scheme", "state"], name="enrolment_scheme"),
            GistIndex(fields=["area_path"], name="enrolment_area"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "list_no"], condition=~Q(list_no=""), name="a_list_number_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="enrolment_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(list_no="", cycle__isnull=False) | (~Q(list_no="") & Q(cycle=None)),
                name="of_a_list_or_of_a_cycle",
            ),
            models.CheckConstraint(
                condition=Q(amount_paisa__gte=0, yearly_paisa__gte=0), name="no_negative_benefit"
            ),
            ExclusionConstraint(
                name="one_place_of_a_person",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (DaysOf("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=OPEN_STATES, cycle__isnull=False, person__isnull=False),
            ),
            ExclusionConstraint(
                name="one_place_of_a_household",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    ("household", RangeOperators.EQUAL),
                    (DaysOf("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=OPEN_STATES, cycle__isnull=False, person=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.pk}"
