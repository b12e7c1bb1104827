"""The prescribed format of lists of beneficiaries, as a person reads it, and as a file to fill in."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from saiban.data.dictionary import DictionaryField, Words
from saiban.intake.mapping import ListColumn, all_fields, list_format
from saiban.intake.reasons import row_expected
from saiban.intake.sheets import KINDS, Sheet, as_book, as_csv

DISTRICT: Words = {"en": "District", "ur": "ضلع"}
BY_CODE = {"cnic": "not_cnic", "phone": "not_phone"}
BY_TYPE = {"date": "not_a_date"}


@dataclass(frozen=True)
class PrescribedColumn:
    """One column: what it means in both languages, whether it has to be filled, what it holds, an example."""

    column: str
    label: Words
    required: bool
    holds: str
    example: str

    @property
    def meaning(self) -> str:
        """The label in the reader's language."""
        return self.label["ur" if get_language() == "ur" else "en"]


def prescribed_columns() -> list[PrescribedColumn]:
    """Every column of a list in the order of the template; what it holds is said in the reader's language."""
    return [_column(one) for one in list_format().columns]


def _column(one: ListColumn) -> PrescribedColumn:
    field = all_fields().get(one.field)
    if field is None:
        return PrescribedColumn(
            one.column, DISTRICT, one.required, row_expected("unknown_area", one.example), one.example
        )
    return PrescribedColumn(one.column, field.label, one.required, _holds(field), one.example)


def _holds(field: DictionaryField) -> str:
    if field.answers:
        return row_expected("unknown_answer", ", ".join(field.answers))
    if field.exact:
        return _("rupees, %(places)s") % {"places": row_expected("too_many_places", str(field.places))}
    reason = BY_CODE.get(field.code) or BY_TYPE.get(field.type)
    return row_expected(reason, "") if reason else _("text")


def template(kind: str) -> Sheet:
    """The heading to fill in: a CSV, or a workbook whose second sheet explains each column."""
    columns = prescribed_columns()
    heading = [one.column for one in columns]
    name = f"list-of-beneficiaries.{kind}"
    if kind == "csv":
        return Sheet(name, KINDS[kind], as_csv([heading]))
    explained = [
        [one.column, one.label["en"], one.label["ur"], _filled(one), one.holds, one.example]
        for one in columns
    ]
    top = [_("column"), "English", "اردو", _("has to be filled"), _("what it holds"), _("example")]
    return Sheet(name, KINDS[kind], as_book({"list": [heading], "explained": [top, *explained]}))


def _filled(one: PrescribedColumn) -> str:
    return _("yes") if one.required else _("no")
