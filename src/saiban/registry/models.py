"""The people: persons, households, who belongs where, and what is known of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saiban.core.ltree import LTreeField
from saiban.registry.correction_models import Correction as Correction
from saiban.registry.erasure_models import Erasure as Erasure
from saiban.registry.finding_models import Finding as Finding
from saiban.registry.finding_models import FindingDecision as FindingDecision
from saiban.registry.knowledge_models import DistrictCount as DistrictCount
from saiban.registry.knowledge_models import Knowledge as Knowledge
from saiban.registry.knowledge_models import TehsilCount as TehsilCount
from saiban.registry.name_models import KnownKey as KnownKey
from saiban.registry.name_models import NameKeys as NameKeys
from saiban.registry.name_models import NamesFilled as NamesFilled
from saiban.registry.name_models import NameWord as NameWord
from saiban.registry.querysets import (
    LIVED_IN,
    HouseholdQuerySet,
    IdentifierQuerySet,
    PersonQuerySet,
    ProfileChangeQuerySet,
    ProfileQuerySet,
)


class Household(models.Model):
    """People who eat from one pot. Holds the readable copy of its address; everything else is in its
    profile."""

    code = models.CharField(_("household"), max_length=20, unique=True)
    area = models.ForeignKey("core.Area", on_delete=models.PROTECT, related_name="+", db_index=False)
    area_path = LTreeField()
    village = models.CharField(_("village or mohalla"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    seen_on = models.DateField(
        null=True, help_text="date of the roster that the readable copy and the members come from"
    )
    made_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True, help_text="since then only the bare row is left")
    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [
            GistIndex(fields=["area_path"], name="registry_household_path"),
            models.Index(fields=["area", "code"], name="registry_household_place"),
        ]

    def __str__(self) -> str:
        return self.code


class Person(models.Model):
    """One human being, whatever the papers say. Holds the readable copy of names and dates; erasure blanks
    it.

    A ``stub`` is someone whom a department's list names by a number that nobody in the registry claims:
    without a household, shown only where benefits are. When a roster brings that number, the stub gives it up
    with its links, and its readable copy is blanked.
    """

    class Sex(models.TextChoices):
        """As on the identity card."""

        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")

    name_en = models.CharField(_("name in roman letters"), max_length=200, blank=True)
    name_ur = models.CharField(_("name in Urdu"), max_length=200, blank=True)
    father_name_en = models.CharField(
        _("father's or husband's name in roman letters"), max_length=200, blank=True
    )
    father_name_ur = models.CharField(_("father's or husband's name in Urdu"), max_length=200, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("birth date"), null=True)
    died_on = models.DateField(_("died on"), null=True)
    seen_on = models.DateField(
        null=True, help_text="date of the observation that the readable copy comes from"
    )
    stub = models.BooleanField(default=False, db_default=False, help_text="known from lists only")
    made_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True, help_text="since then only the bare row is left")
    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(stub=True), name="registry_person_stub"),
        ]

    def __str__(self) -> str:
        if self.erased_at is not None:
            return gettext("erased")
        urdu = translation.get_language() == "ur"
        return (self.name_ur or self.name_en) if urdu else (self.name_en or self.name_ur)


class Membership(models.Model):
    """A person's place in a household, from a day until a day (the day itself excluded)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(_("relation to the head"), max_length=20)
    head = models.BooleanField(default=False)
    line_no = models.PositiveSmallIntegerField(default=1, help_text="order in the roster")
    during = DateRangeField()
    cancelled = models.BooleanField(default=False, db_default=False, help_text="was never true")

    class Meta:
        ordering = ["household", "line_no", "pk"]
        constraints = [
            ExclusionConstraint(
                name="one_household_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(cancelled=False),
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(head=True, during__upper_inf=True, cancelled=False),
                name="one_head_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"


class Relation(models.Model):
    """How two persons are related: ``person`` is the ``kind`` of ``other``."""

    class Kind(models.TextChoices):
        """Relations that the family tree is made of."""

        SPOUSE = "spouse", _("wife or husband")
        CHILD = "child", _("son or daughter")
        PARENT = "parent", _("parent")
        SIBLING = "sibling", _("brother or sister")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_constraint=False, related_name="relations"
    )
    other = models.ForeignKey(Person, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "other", "kind"], name="a_relation_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} of {self.other_id}"


class Identifier(models.Model):
    """A number that someone else issued, sealed; two people may claim the same one, which is a case to
    review."""

    class Kind(models.TextChoices):
        """What number."""

        CNIC = "cnic", _("CNIC")
        BFORM = "bform", _("B-Form")
        PHONE = "phone", _("mobile number")
        ELECTRICITY = "electricity_reference", _("electricity reference")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers", null=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="identifiers", null=True)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    token = models.BinaryField(max_length=33)
    token_next = models.BinaryField(max_length=33, null=True, help_text="its second token, while keys rotate")
    sealed = models.BinaryField()
    masked = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    since = models.DateField()
    objects = IdentifierQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["kind", "token"], condition=Q(token__isnull=False), name="registry_identifier_token"
            ),
            models.Index(
                fields=["kind", "token_next"],
                condition=Q(token_next__isnull=False),
                name="registry_identifier_next",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
                name="a_number_is_of_a_person_or_a_household",
            ),
        ]

    def __str__(self) -> str:
        return self.masked


class Link(models.Model):
    """Which person or household a subject is, since when, decided by whom; undone rather than deleted."""

    subject = models.ForeignKey("intake.Subject", on_delete=models.PROTECT, related_name="links")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="links", null=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="links", null=True)
    how = models.CharField(max_length=40, help_text="code: roster, cnic, electricity_reference, clerk …")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    decided_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(undone_at=None), name="a_subject_is_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
                name="a_link_leads_to_a_person_or_a_household",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} → {self.person_id or self.household_id}"


class Profile(models.Model):
    """The current best reading of observations, of one household or one person; rebuilt, not typed.

    ``values``  {field: value}: numbers, booleans, strings, dates as ISO text.
    ``origin``  {field: {"source", "on", "observation", "too_old"}} of the value that won.
    ``others``  {field: [{"value", "source", "on", "observation", "disagrees"}]}: newest value of each other
    source.
    """

    household = models.OneToOneField(
        Household, on_delete=models.PROTECT, related_name="profile", null=True, db_constraint=False
    )
    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="profile", null=True, db_constraint=False
    )
    area_path = LTreeField()
    values = models.JSONField(default=dict)
    origin = models.JSONField(default=dict)
    others = models.JSONField(default=dict)
    disagreements = models.PositiveSmallIntegerField(default=0, db_default=0)
    oldest_on = models.DateField(null=True, help_text="date of the oldest value")
    emptied = models.BooleanField(
        default=False, db_default=False, help_text="of a household in which nobody lives any more"
    )
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    band = models.CharField(max_length=10, default="unscored", db_default="unscored")
    resolved_at = models.DateTimeField(db_default=Now())
    objects = ProfileQuerySet.as_manager()

    class Meta:
        indexes = [
            GistIndex(fields=["area_path"], name="registry_profile_path"),
            # of households in which somebody lives, as they are counted and listed: see `lived_in`
            models.Index(
                fields=["area_path", "band"],
                include=["disagreements", "household"],
                condition=LIVED_IN,
                name="registry_profile_place",
            ),
            models.Index(
                fields=["band", "score", "id"], condition=LIVED_IN, name="registry_profile_band_score"
            ),
            models.Index(fields=["score", "id"], condition=LIVED_IN, name="registry_profile_score"),
            models.Index(
                fields=["disagreements", "id"], condition=LIVED_IN, name="registry_profile_disagreements"
            ),
            models.Index(fields=["oldest_on", "id"], condition=LIVED_IN, name="registry_profile_oldest_on"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
                name="a_profile_is_of_a_person_or_a_household",
            ),
        ]

    def __str__(self) -> str:
        return f"profile {self.pk}"


class ProfileChange(models.Model):
    """A value of a household's profile that another one replaced: what moved and why. Made when profiles are
    refreshed.

    ``before`` is None where nothing was known, ``after`` where nothing is known any more; ``source`` gave
    ``after``.
    """

    change_set = models.ForeignKey("core.ChangeSet", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    source = models.CharField(max_length=40, blank=True)
    objects = ProfileChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["change_set", "household", "field"], name="a_field_once_in_a_change_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.household_id}"
