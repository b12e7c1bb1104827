"""Who works with us, and under which agreement."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from saiban.partners.querysets import AgreementQuerySet, PartnerQuerySet
from saiban.partners.transitions import AgreementState


class Partner(models.Model):
    """An organisation that we exchange data or services with."""

    class Kind(models.TextChoices):
        """What kind of organisation."""

        AGENCY = "agency", _("agency")
        COMPANY = "company", _("company")
        NGO = "ngo", _("NGO")
        INTERNAL = "internal", _("a room of this system")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_ur = models.CharField(_("name in Urdu"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    agency = models.OneToOneField(
        "core.Agency", on_delete=models.PROTECT, related_name="partner", null=True, blank=True
    )
    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name_en"]

    def __str__(self) -> str:
        return self.name_ur if translation.get_language() == "ur" else self.name_en


class Agreement(models.Model):
    """What a partner may send us or see: source, fields, purpose, area, from when until when."""

    code = models.CharField(_("code"), max_length=40)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("partner")
    )
    source = models.CharField(_("source"), max_length=40, help_text=_("code of the source"))
    basis = models.CharField(
        _("legal basis"), max_length=300, help_text=_("the law, notification or memorandum it rests on")
    )
    purpose = models.CharField(_("purpose"), max_length=200)
    fields = ArrayField(models.CharField(max_length=60), verbose_name=_("fields"))
    area = models.ForeignKey("core.Area", on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    during = DateRangeField(_("from, until"))
    state = models.CharField(max_length=10, choices=AgreementState.choices, default=AgreementState.DRAFT)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "source", "pk"]
        constraints = [
            ExclusionConstraint(
                name="one_agreement_in_force_per_source",
                expressions=[("source", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(state="in_force"),
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(state="draft"), name="agreement_code_once"),
        ]

    def __str__(self) -> str:
        return self.code
