"""The fields of the dictionary as an agreement names them: in five groups, household before person before
benefit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from saiban.data.dictionary import DictionaryField, Level, fields
from saiban.ui.components import Words
from saiban.ui.words import field_label


@dataclass(frozen=True)
class Group:
    """Fields that are read together: ``codes`` in the order of the dictionary."""

    name: str
    title: Words
    level: Level
    codes: tuple[str, ...]

    def choices(self) -> list[tuple[str, str]]:
        """Each field with its label in the reader's language."""
        return [(code, field_label(code, self.level)) for code in self.codes]

    def lines(self, codes: Collection[str]) -> list[DictionaryField]:
        """Return those of the group's fields that ``codes`` names."""
        return [fields(self.level)[code] for code in self.codes if code in codes]


def groups() -> list[Group]:
    """Return all groups. Derived fields are in none: they are computed here and never delivered."""
    return [
        _group("members", _("Household: members, schooling and work"), "household", _is_counted),
        _group("answers", _("Household: dwelling and belongings"), "household", _is_answer),
        _group("place", _("Household: place and meter"), "household", lambda one: one.identifying),
        _group("person", _("Each person"), "person", lambda one: True),
        _group("benefit", _("Each benefit of a list"), "benefit", lambda one: True),
    ]


def _is_counted(field: DictionaryField) -> bool:
    return field.composition


def _is_answer(field: DictionaryField) -> bool:
    return not field.composition and not field.identifying


def _group(name: str, title: Words, level: Level, belongs: Callable[[DictionaryField], bool]) -> Group:
    reported = [field for field in fields(level).values() if not field.derived]
    return Group(name, title, level, tuple(field.code for field in reported if belongs(field)))
