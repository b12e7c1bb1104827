"""Reads of people: each begins at ``visible_to``, shows the fields of the duty only, and is kept in the
audit."""

from saiban.registry.queries.figures import (
    Moved,
    MovedHousehold,
    Totals,
    disagreements_waiting,
    moved,
    poor_by_district,
    spoken_of,
    totals,
)
from saiban.registry.queries.households import (
    HouseholdPage,
    MemberLine,
    ValueLine,
    household_list,
    household_page,
    keep_export,
    keep_list,
    source_names,
    value_lines,
)
from saiban.registry.queries.persons import PersonPage, person_page
from saiban.registry.queries.search import Found, search

__all__ = [
    "Found",
    "HouseholdPage",
    "MemberLine",
    "Moved",
    "MovedHousehold",
    "PersonPage",
    "Totals",
    "ValueLine",
    "disagreements_waiting",
    "household_list",
    "household_page",
    "keep_export",
    "keep_list",
    "moved",
    "person_page",
    "poor_by_district",
    "search",
    "source_names",
    "spoken_of",
    "totals",
    "value_lines",
]
