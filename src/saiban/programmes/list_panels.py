"""What is shown of departments' lists: the quality of one on its batch's page, of the last ones on the pages
of source and scheme.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from saiban.core.models import Actor
from saiban.intake.mapping import mapping_of
from saiban.intake.models import Batch
from saiban.intake.queries import batch_on_page
from saiban.intake.transitions import BatchState
from saiban.programmes.models import Scheme
from saiban.programmes.queries.lists import ListQuality, lists, quality_of
from saiban.ui import words
from saiban.ui.components import Figure
from saiban.ui.slots import Panel

MOST_LISTS = 6


def quality_of_list(actor: Actor, batch_ids: Sequence[int]) -> dict[str, Any] | None:
    """The quality of the list on the page; None for what is no list (1 query, of the page)."""
    batch = batch_on_page(actor=actor, batch_id=batch_ids[0])
    if not batch.scheme or batch.state != BatchState.APPLIED:
        return None
    found = quality_of(batch)
    return {"figures": _figures(found), "filled": _filled(found), "rest": _rest(found)}


def _figures(found: ListQuality) -> list[Figure]:
    people, places = found.people, found.places
    known = people.get("linked", 0)
    return [
        Figure(_("Rows rejected"), words.percent(found.rejected_share, 1), _of(found.batch.rows)),
        Figure(
            _("Persons known in the registry"),
            words.number(known),
            _("%(stubs)s known from lists only, %(contested)s whose number two claim")
            % {
                "stubs": words.number(found.stubs),
                "contested": words.number(people.get("contested", 0)),
            },
        ),
        Figure(
            _("Enrolments new"),
            words.number(places.get("new", 0)),
            _("%(changed)s changed, %(unchanged)s unchanged")
            % {
                "changed": words.number(places.get("changed", 0)),
                "unchanged": words.number(places.get("unchanged", 0)),
            },
        ),
        Figure(
            _("Missing since the last list"),
            words.number(places.get("missing", 0)),
            _("they stay enrolled until the department ends them"),
        ),
    ]


def _of(rows: int) -> str:
    return _("of %(count)s rows") % {"count": words.number(rows)}


def _filled(found: ListQuality) -> list[tuple[str, str, str]]:
    """Columns that may stay empty: name, what it means, the share of rows that fill it."""
    mapping = mapping_of(found.batch.source.code)
    asked = {fact.columns[0]: fact.known.label for fact in mapping.facts}
    language: Any = "ur" if get_language() == "ur" else "en"
    return [
        (column, asked[column][language], words.percent(share))
        for column, share in found.filled_shares.items()
        if column in asked
    ]


def _rest(found: ListQuality) -> list[str]:
    """What else should be known of it, in sentences."""
    said = {
        "nobody": _("Rows that lead to nobody, for two persons claim the number or none does: %(count)s."),
        "homeless": _("Persons who live in no household that we know: %(count)s."),
        "other_unit": _("Rows for a person where the scheme is for households, or the other way: %(count)s."),
        "older": _("Rows of which a newer list has spoken already: %(count)s."),
    }
    counts = found.places
    return [
        sentence % {"count": words.number(counts[name])}
        for name, sentence in said.items()
        if counts.get(name)
    ]


def lists_of_scheme(actor: Actor, scheme_ids: Sequence[int]) -> dict[str, Any] | None:
    """The last lists of the scheme on the page (2 queries)."""
    codes = Scheme.objects.visible_to(actor).filter(pk__in=scheme_ids).values_list("code", flat=True)
    return _last(lists(actor=actor).filter(scheme__in=list(codes)))


def lists_of_source(actor: Actor, source_ids: Sequence[int]) -> dict[str, Any] | None:
    """The last lists of the source on the page (1 query)."""
    return _last(lists(actor=actor).filter(source__in=source_ids))


def _last(rows: QuerySet[Batch]) -> dict[str, Any] | None:
    found = [quality_of(batch) for batch in rows[:MOST_LISTS]]
    return {"lists": found} if found else None


PANELS = [
    Panel(
        "intake.batch.moved",
        "quality",
        "intake.batch.view",
        quality_of_list,
        "programmes/list_quality.html",
        10,
    ),
    Panel("intake.source.main", "lists", "intake.batch.view", lists_of_source, "programmes/lists.html"),
    Panel(
        "programmes.scheme.side", "lists", "intake.batch.view", lists_of_scheme, "programmes/lists.html", 20
    ),
]
