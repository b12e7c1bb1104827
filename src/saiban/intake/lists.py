"""Lists of beneficiaries: which scheme a file may be of, and what is wrong with a row that no single cell
shows.

The columns are prescribed (``data/lists.yaml``); everything else is the way of all files. That one person
stands under two numbers is no fault: it is a double benefit, kept and found downstream.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from saiban.data import facts
from saiban.data.errors import BadInput
from saiban.intake.cells import Test, value_name
from saiban.intake.mapping import Mapping, mapping_of
from saiban.intake.reasons import FileRefused

if TYPE_CHECKING:
    import duckdb

MOST_RUPEES = 99_999_999
LONGEST_NUMBER = 60
SCHEME = value_name("benefit_scheme")


def schemes_of(source: str) -> list[facts.SchemeFact]:
    """The schemes that a source of lists may send: those of its own department; none for other sources."""
    mapping = mapping_of(source)
    if not mapping.is_list:
        return []
    return [scheme for scheme in facts.schemes().values() if scheme.agency == mapping.partner]


def check_scheme(source: str, scheme: str) -> None:
    """Ask at the door whether a file of this source may be of this scheme ("" = of none).

    Raises: BadInput for a list without a scheme, or of one that its department does not run, and for a
        scheme beside any other file.
    """
    if not mapping_of(source).is_list:
        if scheme:
            said = _("Only a list of beneficiaries is of a scheme.")
            raise BadInput(said, place=source, expected=_("no scheme"))
        return
    own = [one.code for one in schemes_of(source)]
    if scheme in own:
        return
    if not scheme:
        said = _("A list of beneficiaries is of one scheme, which has to be named.")
    elif scheme in facts.schemes():
        said = _("This department does not run the scheme %(scheme)s.") % {"scheme": scheme}
    else:
        said = _("There is no scheme %(scheme)s.") % {"scheme": scheme}
    raise BadInput(said, place=source, expected=", ".join(own))


def check_scheme_of_rows(connection: duckdb.DuckDBPyConnection, file_name: str, scheme: str) -> None:
    """Compare the scheme of the rows of ``typed`` with the one that was named, however they are cased.

    Raises: FileRefused with every code and its count, where a row is of another scheme.
    """
    connection.execute(f"UPDATE typed SET {SCHEME} = upper({SCHEME})")  # noqa: S608
    counted = connection.execute(
        f"SELECT {SCHEME}, count(*) FROM typed WHERE {SCHEME} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608
    ).fetchall()
    if all(code == scheme for code, _count in counted):
        return
    found = ", ".join(f"{code[:LONGEST_NUMBER]} ({count})" for code, count in counted)
    reason = "two_schemes" if len(counted) > 1 else "other_scheme"
    raise FileRefused(reason, file_name, scheme=scheme, found=found)


def tests_of(mapping: Mapping, today: date) -> Iterator[tuple[str, tuple[Test, ...]]]:
    """The tests that look at more than one cell of a row, or at today, by the column to blame."""
    column = {fact.field: fact.columns[0] for fact in mapping.facts}
    since, until, paid, amount, kind, number = (
        value_name(f"benefit_{name}") for name in ("since", "until", "paid_on", "amount", "kind", "no")
    )
    first_day = f"CAST({since} AS VARCHAR)"
    yield column["benefit_since"], (_still_to_come(since, today),)
    yield column["benefit_until"], (_is_before(until, since, "ends_before_start", first_day),)
    yield (
        column["benefit_paid_on"],
        (_still_to_come(paid, today), _is_before(paid, since, "paid_before_start", first_day)),
    )
    yield (
        column["benefit_amount"],
        (
            Test(f"coalesce({kind} = 'cash' AND {amount} <= 0, false)", "not_positive"),
            Test(
                f"coalesce({amount} NOT BETWEEN 0 AND {MOST_RUPEES}, false)",
                "out_of_range",
                f"'0–{MOST_RUPEES}'",
            ),
        ),
    )
    yield (
        column["benefit_no"],
        (Test(f"coalesce(length({number}) > {LONGEST_NUMBER}, false)", "too_long", f"'{LONGEST_NUMBER}'"),),
    )
    nameless = f"{value_name('name_en')} IS NULL AND {value_name('name_ur')} IS NULL"
    yield column["name_en"], (Test(nameless, "no_name"),)


def _still_to_come(day: str, today: date) -> Test:
    return Test(f"coalesce({day} > DATE '{today}', false)", "in_future", f"'{today}'")


def _is_before(day: str, first: str, reason: str, expected: str) -> Test:
    return Test(f"coalesce({day} < {first}, false)", reason, expected)


def filled(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> dict[str, int]:
    """How many of the rows that are taken fill each column that may stay empty."""
    optional = [fact for fact in mapping.facts if not fact.required]
    counts = ", ".join(f"count({value_name(fact.field)})" for fact in optional)
    row = connection.execute(f"SELECT {counts} FROM accepted").fetchone() or ()  # noqa: S608
    return {fact.columns[0]: int(count) for fact, count in zip(optional, row, strict=True)}
