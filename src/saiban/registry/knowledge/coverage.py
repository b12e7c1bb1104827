"""What the page on survey coverage hands to its template: whom the registry holds, where to survey first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_tables2
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from saiban.core.models import Actor
from saiban.registry.knowledge import queries
from saiban.registry.knowledge.pages import words_of
from saiban.registry.knowledge.queries import Coverage
from saiban.ui import tables, words
from saiban.ui.components import Figure, Page
from saiban.ui.hexmap import HexMap, hexmap

EDGES = (0.2, 0.4, 0.6, 0.8)
SHOWN = ("share", "old")


class CoverageTable(tables.Table):
    """Districts, in the order in which a survey should come."""

    exports: ClassVar[Sequence[str]] = ("csv", "xlsx")
    how_it_fills: ClassVar[str | Promise] = gettext_lazy(
        "Districts are counted after each batch, and all of them every night."
    )
    name = django_tables2.Column(gettext_lazy("District"))
    households = tables.NumberColumn(gettext_lazy("In the registry"))
    census = tables.NumberColumn(gettext_lazy("By the census"), default="—")
    share = tables.PercentColumn(gettext_lazy("Survey coverage"), default="—")
    old_share = tables.PercentColumn(gettext_lazy("Old answers"), default="—")
    in_question = tables.NumberColumn(gettext_lazy("Poor or near"))
    at_stake = tables.NumberColumn(gettext_lazy("At stake"))

    class Meta(tables.Table.Meta):
        empty_text = gettext_lazy("Your duty sees no district.")


def table(actor: Actor) -> CoverageTable:
    """The districts of the actor's duty."""
    return CoverageTable([_row(one) for one in queries.coverage(actor)])


def _row(one: Coverage) -> dict[str, Any]:
    return {
        "name": words_of(one.area),
        "households": one.households,
        "census": one.census,
        "share": one.share,
        "old_share": one.old_share if one.known.known else None,
        "in_question": one.in_question,
        "at_stake": one.at_stake,
    }


def page(actor: Actor, shows: str) -> dict[str, Any]:
    """The page; ``shows`` (of ``SHOWN``) says what the map shows."""
    districts = queries.coverage(actor)
    return {
        "page": Page(_("Survey coverage, and where to survey first")),
        "figures": _figures(districts),
        "map": _map(districts, shows) if len(districts) > 1 else None,
        "shows": shows,
        "links": [("share", _("Survey coverage")), ("old", _("Old answers"))],
    }


def _figures(districts: list[Coverage]) -> list[Figure]:
    held = sum(one.households for one in districts)
    census = sum(one.census or 0 for one in districts)
    known = sum(one.known.known for one in districts)
    old = sum(one.known.ages[3] + one.known.ages[4] for one in districts)
    never = sum(not one.households for one in districts)
    share = words.percent(min(held / census, 1.0)) if census else words.NOTHING
    of = {"held": words.number(held), "census": words.number(census)}
    return [
        Figure(_("Survey coverage"), share, _("%(held)s of %(census)s households of the census") % of),
        Figure(
            _("Old answers"),
            words.percent(old / known) if known else words.NOTHING,
            _("of what is known of households was seen two years ago or earlier"),
        ),
        Figure(
            _("Decisions on old evidence"),
            words.number(sum(one.at_stake for one in districts)),
            _("households poor or near the limit, by the share of old answers"),
        ),
        Figure(_("Never surveyed"), words.number(never), _("districts without a household in the registry")),
    ]


def _map(districts: list[Coverage], shows: str) -> HexMap:
    old = shows == "old"
    of_old = {one.area.code: one.old_share if one.known.known else None for one in districts}
    shares = of_old if old else {one.area.code: one.share for one in districts}
    return hexmap(
        shares,
        title=_("Old answers, by district") if old else _("Survey coverage, by district"),
        value_title=_("Old answers") if old else _("Survey coverage"),
        edges=EDGES,
        words=words.percent,
        url=lambda code: "",
    )
