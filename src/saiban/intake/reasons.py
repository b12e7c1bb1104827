"""Why a file or a row is not taken: a permanent code each, with its sentence and what would be right, in
both languages.

Batches and rejected rows keep the code and bare words (names of columns, limits); a page makes the
sentence in its reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saiban.data.errors import BadInput

Sentence = str | Promise


@dataclass(frozen=True)
class Reason:
    """What is wrong, and what should stand there; both may name details as ``%(detail)s``."""

    sentence: Sentence
    expected: Sentence = ""


# of a row: %(expected)s is what the row keeps
OF_ROWS: dict[str, Reason] = {
    "missing": Reason(_("Nothing is given."), _("a value")),
    "not_whole": Reason(_("This is not a whole number."), _("a whole number")),
    "not_decimal": Reason(_("This is not a number."), _("a number with a point, such as 2.5")),
    "too_many_places": Reason(
        _("This amount has more places after the point than money has."),
        _("at most %(expected)s places after the point; nothing is rounded"),
    ),
    "not_positive": Reason(_("Money that is paid out is more than nothing."), _("an amount above 0")),
    "out_of_range": Reason(_("This number is out of range."), _("a number from %(expected)s")),
    "not_yes_no": Reason(_("This is neither yes nor no."), _("yes or no")),
    "unknown_answer": Reason(_("There is no such answer."), _("one of: %(expected)s")),
    "too_long": Reason(_("This is too long."), _("at most %(expected)s letters")),
    "not_a_date": Reason(_("This is not a date."), _("year, month, day, such as 2026-11-14")),
    "day_order": Reason(
        _("This may be a day, but which figure is the month cannot be told."),
        _("year, month, day, such as 2026-11-14"),
    ),
    "two_digit_year": Reason(
        _("The year has two figures; the century cannot be told."),
        _("year, month, day, such as 2026-11-14"),
    ),
    "hijri_year": Reason(
        _("This looks like a year of the Hijri calendar."),
        _("a day of the Gregorian calendar, such as 2026-11-14"),
    ),
    "not_a_month": Reason(_("This is not a month."), _("year and month, such as 2026-11")),
    "no_such_day": Reason(_("There is no such day."), _("a day of the calendar, such as 2026-11-14")),
    "in_future": Reason(_("This day is still to come."), _("a day not after %(expected)s")),
    "too_long_ago": Reason(_("Nobody alive was there on that day."), _("a day not before %(expected)s")),
    "born_after": Reason(_("The birth is after the interview."), _("a day not after %(expected)s")),
    "ends_before_start": Reason(
        _("The last day in the scheme is before the first."), _("a day not before %(expected)s")
    ),
    "paid_before_start": Reason(
        _("The payment is before the first day in the scheme."), _("a day not before %(expected)s")
    ),
    "no_name": Reason(_("No name is given."), _("a name in roman letters or in Urdu")),
    "not_cnic": Reason(_("This is not a CNIC."), _("13 digits, such as 34201-0891231-8")),
    "not_bform": Reason(_("This is not a B-Form number."), _("13 digits, such as 34201-0891231-8")),
    "not_phone": Reason(_("This is not a mobile number of Pakistan."), _("11 digits, such as 0300-1234567")),
    "not_electricity_reference": Reason(
        _("This is not an electricity reference number."), _("14 digits, as printed on the bill")
    ),
    "not_zero_one": Reason(_("This is neither 0 nor 1."), _("0 or 1")),
    "two_answers": Reason(_("Two answers are marked for one question."), _("a 1 in one of: %(expected)s")),
    "unknown_area": Reason(_("There is no such area."), _("the code of an area, such as %(expected)s")),
    "area_outside": Reason(
        _("The smaller area does not lie in the larger one."), _("an area of %(expected)s")
    ),
    "not_agreed_area": Reason(_("No agreement covers this area."), _("an area within %(expected)s")),
    "repeated_in_file": Reason(
        _("This stands more than once in the file."), _("each once; it stands in rows %(expected)s")
    ),
    "repeated_in_household": Reason(
        _("This stands twice in the household."),
        _("a number of its own for each member; see row %(expected)s"),
    ),
    "line_repeated": Reason(
        _("Two members have the same line number."), _("a number for each member; see row %(expected)s")
    ),
    "no_head": Reason(_("The household has no head."), _("one member whose relation is “head”")),
    "two_heads": Reason(_("The household has more than one head."), _("one head; see row %(expected)s")),
    "answers_differ": Reason(
        _("The rows of this household give different answers."), _("the same as in row %(expected)s")
    ),
    "household_rejected": Reason(
        _("Another row of this household has to be mended; it is taken as a whole."),
        _("see row %(expected)s"),
    ),
}

# of a whole file
OF_FILES: dict[str, Reason] = {
    "unknown_kind": Reason(
        _("The name of the file does not say what kind of file it is."), _("a name that ends in %(endings)s")
    ),
    "empty": Reason(_("The file is empty."), _("a heading and at least one row")),
    "no_rows": Reason(_("The file has a heading, but no rows."), _("at least one row")),
    "none_of_these": Reason(
        _("None of the rows is of those that this source takes."), _("rows in which %(column)s is %(value)s")
    ),
    "same_rows": Reason(
        _("The same rows were received before, on %(day)s as batch %(batch)s (%(name)s)."),
        _("rows that have not been sent yet"),
    ),
    "other_kind": Reason(
        _("The file is not what its name says: it begins like %(found)s."),
        _("a %(named)s file, or another name"),
    ),
    "broken": Reason(
        _("The file cannot be read to its end as %(named)s."), _("a whole file; save or send it again")
    ),
    "encoding": Reason(_("The file is not written in UTF-8."), _("a CSV file saved as “UTF-8”")),
    "encoding_other": Reason(
        _("The file is written in %(found)s, not in UTF-8."), _("a CSV file saved as “UTF-8”")
    ),
    "encoding_mixed": Reason(
        _("Up to this row the file is written in UTF-8, here it is not."),
        _("the whole file in UTF-8; perhaps it was put together from two"),
    ),
    "nul_byte": Reason(
        _("There is a NUL byte, which no text has."), _("text; export the file again from where it was made")
    ),
    "quotes": Reason(
        _("A quotation mark is opened and never closed."),
        _("quotation marks in pairs, and within a cell doubled"),
    ),
    "line_ends": Reason(
        _("The lines of the file end in different ways."),
        _("the same end for each line; open the file and save it again"),
    ),
    "line_too_long": Reason(
        _("The line is too long to be a row of answers."), _("lines of at most %(limit)s")
    ),
    "cell_too_long": Reason(
        _("The cell is too long to be an answer."), _("cells of at most %(limit)s letters")
    ),
    "locked": Reason(_("The file is locked with a password."), _("the same file without a password")),
    "bomb": Reason(
        _("The file unpacks to far more than its own size, as no table does."),
        _("at most %(limit)s times its size; send it unpacked or in parts"),
    ),
    "formula_without_value": Reason(
        _("The cell holds a formula whose value was not saved with it."),
        _("values in place of formulas; open the file, save it, and send it again"),
    ),
    "merged_cells": Reason(
        _("Cells are merged, so that it cannot be told which row the answer is of."),
        _("a sheet without merged cells"),
    ),
    "too_many_rows": Reason(
        _("The sheet names a row beyond the last that a sheet can have."),
        _("at most %(limit)s rows; send more as CSV or Parquet"),
    ),
    "too_many_columns": Reason(
        _("The heading has %(found)s columns."),
        _("at most %(limit)s; perhaps rows and columns changed places"),
    ),
    "heading_empty": Reason(_("A column has no name in the heading."), _("a name over each column")),
    "column_twice": Reason(_("The column %(column)s stands twice in the heading."), _("each column once")),
    "column_missing": Reason(_("The column %(column)s is missing."), _("a column with this name")),
    "column_renamed": Reason(
        _("The column %(column)s is missing; there is a column %(nearest)s."), _("the name %(column)s")
    ),
    "ragged": Reason(
        _("This row has %(found)s cells, the heading has %(expected)s."), _("as many cells as the heading")
    ),
    "too_big": Reason(
        _("The file is larger than can be taken at once."), _("at most %(limit)s; send it in parts")
    ),
    "no_month": Reason(
        _("The name of the file does not say which month it is of."),
        _("a name with the month, such as %(example)s"),
    ),
    "month_in_future": Reason(
        _("The month in the name of the file has not ended."), _("a month not after %(expected)s")
    ),
    "not_agreed": Reason(
        _("No agreement in force covers the field %(field)s."),
        _("an agreement that names it, or a file without it"),
    ),
    "no_agreement": Reason(
        _("No agreement with this source is in force."), _("an approved agreement for today")
    ),
    "two_schemes": Reason(
        _("The file has rows of more than one scheme: %(found)s."),
        _("a file for each scheme; this one is to be of %(scheme)s"),
    ),
    "other_scheme": Reason(
        _("The file is named as a list of %(scheme)s, but its rows are of another scheme: %(found)s."),
        _("rows of %(scheme)s, or the scheme of these rows named at the upload"),
    ),
    "source_off": Reason(_("This source is switched off."), _("a source that is switched on")),
}


# of a file that is taken all the same: said on its page and on the terminal
OF_NOTES: dict[str, Sentence] = {
    "strange_columns": _("Columns that this source does not send were passed over: %(columns)s."),
    "sheets": _("Of the workbook the sheet “%(sheet)s” was read; these were not: %(others)s."),
    "in_two_households": _(
        "%(count)s numbers stand in more than one household of the file; these are taken in. Rows: %(rows)s."
    ),
    "age_not_as_born": _(
        "%(count)s ages differ by more than a year from the birth date, which is taken. Rows: %(rows)s."
    ),
    "child_before_head": _(
        "In %(count)s households a child of the head is born before the head; they are taken in. "
        "Rows: %(rows)s."
    ),
}


class FileRefused(Exception):
    """A file that is not taken as a whole: the code of the reason, the place, the details."""

    def __init__(self, code: str, place: str = "", **details: str | int) -> None:
        self.refusal = {
            "code": code,
            "place": place,
            "details": {key: str(value) for key, value in details.items()},
        }
        super().__init__(f"{place}: {code} {details}")


@dataclass(frozen=True)
class Refusal:
    """A refusal as a person reads it."""

    sentence: str
    place: str = ""
    expected: str = ""
    details: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = {"place": self.place, "sentence": self.sentence, "expected": self.expected}
        return gettext("%(place)s: %(sentence)s Expected: %(expected)s.") % parts

    def as_bad_input(self) -> BadInput:
        """The same for the command line."""
        return BadInput(self.sentence, place=self.place, expected=self.expected)


def refusal(kept: dict[str, Any]) -> Refusal:
    """Say in the reader's language why a file was refused; ``kept`` is what ``FileRefused.refusal`` made."""
    reason, details = OF_FILES[kept["code"]], kept["details"]
    return Refusal(str(reason.sentence) % details, kept["place"], str(reason.expected) % details, details)


def note(kept: dict[str, Any]) -> str:
    """Say in the reader's language what is to be noted of a file that was taken."""
    details: dict[str, Any] = kept["details"]
    return str(OF_NOTES[kept["code"]]) % details


def row_sentence(code: str) -> str:
    """Say in the reader's language what is wrong with a row."""
    return str(OF_ROWS[code].sentence)


def row_expected(code: str, expected: str) -> str:
    """Say in the reader's language what should stand in a row."""
    return str(OF_ROWS[code].expected) % {"expected": expected}
