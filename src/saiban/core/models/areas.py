"""Where: the tree of areas, from the province to the tehsil (and later below)."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from saiban.core.ltree import LTreeField
from saiban.core.querysets import AreaQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager  # noqa: F401


class AreaLevel(models.TextChoices):
    """The levels of the administration."""

    PROVINCE = "province", _("province")
    DIVISION = "division", _("division")
    DISTRICT = "district", _("district")
    TEHSIL = "tehsil", _("tehsil")


class Area(models.Model):
    """A node of the area tree. A moved or split area is a new row that names its predecessors."""

    code = models.CharField(max_length=20, unique=True)
    level = models.CharField(max_length=12, choices=AreaLevel.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="children", null=True)
    path = LTreeField(unique=True)
    name_en = models.CharField(max_length=120)
    name_ur = models.CharField(max_length=120)
    households = models.BigIntegerField(null=True, help_text="census, latest")
    population = models.BigIntegerField(null=True, help_text="census, latest")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    predecessors = models.ManyToManyField("self", symmetrical=False, related_name="successors", blank=True)
    source = models.TextField()
    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [GistIndex(fields=["path"], name="core_area_path")]

    def __str__(self) -> str:
        return self.name_en
