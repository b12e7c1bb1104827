"""What the pages of erasures show."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from saiban.core.models import Actor
from saiban.registry.erasure.holds import in_words
from saiban.registry.erasure.queries import ErasurePage
from saiban.registry.erasure.tables import whom
from saiban.registry.models import Erasure, Household, Person
from saiban.ui.components import Banner, Link, Page, Words
from saiban.ui.words import number

Context = dict[str, Any]


def consequences(persons: int, *, of_person: bool) -> list[Words]:
    """What will happen, and what stays."""
    whom_words = ngettext(
        "Another person decides; then names, numbers, birth date and address of %(count)s person are gone.",
        "Another person decides; then names, numbers, birth dates and address of %(count)s persons are gone.",
        persons,
    )
    stays_there = (
        _("The household stays. It counts this person until the next survey lists who lives there.")
        if of_person
        else _("The household leaves search, scoring and every list.")
    )
    return [
        whom_words % {"count": number(persons)},
        _("It cannot be undone: nobody can open again what sources said of them."),
        stays_there,
        _("What stays: the code, the dates of living there, and payments by their ids, of nobody."),
        ngettext(
            "Backups hold it until they expire; files for analysts for %(days)s day.",
            "Backups hold it until they expire; files for analysts for %(days)s days.",
            settings.SAIBAN_LAKE_DAYS,
        )
        % {"days": number(settings.SAIBAN_LAKE_DAYS)},
        _("A later survey or list that names them again makes somebody new of them."),
    ]


def ask_page(household: Household, person: Person | None) -> Page:
    """The head of the page that asks for an erasure."""
    trail = [
        Link(_("Households"), reverse("registry:households")),
        Link(household.code, reverse("registry:household", args=[household.pk])),
    ]
    if person is None:
        return Page(_("Ask for the erasure of this household?"), identity=household.code, trail=trail)
    trail.append(Link(str(person), reverse("registry:person", args=[person.pk])))
    return Page(_("Ask for the erasure of this person?"), identity=str(person), trail=trail)


def against(holds: list[Words]) -> Banner | None:
    """What stands against it, before it is asked."""
    if not holds:
        return None
    words = _("It can be asked for, but not approved yet: %(holds)s.")
    return Banner(words % {"holds": in_words(holds)}, "warn")


def erasure(actor: Actor, shown: ErasurePage) -> Context:
    """The page of one erasure."""
    row = shown.erasure
    identity: list[Words] = [row.household.code, whom(row, shown.persons if row.person_id is None else None)]
    return {
        "page": Page(
            _("Erasure"), identity=identity, trail=[Link(_("Erasures"), reverse("registry:erasures"))]
        ),
        "row": row,
        "banner": _banner(actor, shown),
        "who": str(row.person) if row.person and actor.sees("personal") else "",
        "destroyed": _destroyed(row),
        "may_see_household": actor.may("registry.household.view"),
        "may_see_person": actor.may("registry.person.view"),
    }


def _banner(actor: Actor, shown: ErasurePage) -> Banner | None:
    row = shown.erasure
    if shown.holds:
        words = _("It cannot be approved yet: %(holds)s.")
        return Banner(words % {"holds": in_words(list(shown.holds))}, "warn")
    if row.state == "approved":
        return Banner(_("Approved. It is carried out within a moment."), "note")
    if row.state == "requested" and row.requested_by_id == actor.pk:
        return Banner(_("You asked for this: another person has to decide."), "note")
    return None


def _destroyed(row: Erasure) -> list[tuple[Words, int]]:
    """What was destroyed, by kind."""
    labels = {
        "persons": _("persons"),
        "households": _("households"),
        "numbers": _("numbers"),
        "names": _("names by which sources called them"),
        "salts": _("keys of what sources said"),
        "rejected": _("faults of rejected rows"),
        "words": _("words of the search for names"),
    }
    return [(labels[code], row.counts[code]) for code in labels if code in row.counts]
