"""Where names are looked for: keys of persons, words that were ever written, and how far old rows are
done."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class NameKeys(models.Model):
    """The keys (``calc.names``) under which one person who lives in a household is looked for: of the own
    name, the father's or husband's, the village, the areas around. Numbers: they need no collation and spell
    no name.
    """

    person = models.OneToOneField(
        "registry.Person",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="name_keys",
        db_constraint=False,
    )
    keys = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="registry_namekeys_keys")]

    def __str__(self) -> str:
        return f"keys of {self.person_id}"


class NameWord(models.Model):
    """A word that occurs in some name, with its keys less one letter: what a slip of the fingers is held
    against. Of whom it is a name is not kept.
    """

    word = models.CharField(primary_key=True, max_length=40, db_collation="C")
    cuts = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=["cuts"], name="registry_nameword_cuts")]

    def __str__(self) -> str:
        return self.word


class KnownKey(models.Model):
    """A key that somebody has, or has had: a reading with one that nobody ever had need not be asked. It
    spells no name, and nobody's key is missing here.
    """

    key = models.IntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.key)


class NamesFilled(models.Model):
    """How far the households that were there before their keys have got them: one row. ``until`` = the last
    household done, ``last`` = the last to do.
    """

    until = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.until} of {self.last}"
