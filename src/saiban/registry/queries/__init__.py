"""Reads of people: each begins at ``visible_to``, shows the fields of the duty only, and is kept in the
audit."""

from saiban.registry.queries.erased import ErasedPage, household_erased
from saiban.registry.queries.figures import spoken_of
from saiban.registry.queries.history import HistoryPage, household_history, person_history
from saiban.registry.queries.households import (
    HouseholdPage,
    MemberLine,
    ValueLine,
    hidden_places,
    household_list,
    household_page,
    keep_export,
    keep_list,
    source_names,
    value_lines,
    without_places,
)
from saiban.registry.queries.past import PastPage, household_past
from saiban.registry.queries.persons import PersonPage, person_page
from saiban.registry.queries.search import Found, Hit, Narrowed, search
from saiban.registry.queries.seen import about_person, looks_at_person, note_whose

__all__ = [
    "ErasedPage",
    "Found",
    "HistoryPage",
    "Hit",
    "HouseholdPage",
    "MemberLine",
    "Narrowed",
    "PastPage",
    "PersonPage",
    "ValueLine",
    "about_person",
    "hidden_places",
    "household_erased",
    "household_history",
    "household_list",
    "household_page",
    "household_past",
    "keep_export",
    "keep_list",
    "looks_at_person",
    "note_whose",
    "person_history",
    "person_page",
    "search",
    "source_names",
    "spoken_of",
    "value_lines",
    "without_places",
]
