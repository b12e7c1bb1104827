"""What the page on survey coverage hands to its template: whom the registry holds, where to survey first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_tables2
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from saiban.core.errors import NotVisible
from saiban.core.models import Actor, Area
from saiban.registry.knowledge import queries
from saiban.registry.knowledge.pages import words_of
from saiban.registry.knowledge.queries import Coverage
from saiban.ui import tables, words
from saiban.ui.components import Action, Figure, Link, Page
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
    poor_or_near = tables.NumberColumn(gettext_lazy("Poor or near"))
    served = tables.NumberColumn(gettext_lazy("In a scheme"))
    at_stake = tables.NumberColumn(gettext_lazy("At stake"))

    class Meta(tables.Table.Meta):
        empty_text = gettext_lazy("Your duty sees no district.")

    def render_name(self, value: str, record: dict[str, Any]) -> SafeString:
        """Lead from a district down to its tehsils."""
        if not record["url"]:
            return format_html("<span>{}</span>", value)
        return format_html('<a href="{}">{}</a>', record["url"], value)

    def value_name(self, value: str) -> str:
        """Keep the name in files."""
        return value


class TehsilTable(CoverageTable):
    """The tehsils of one district, in the same order."""

    name = django_tables2.Column(gettext_lazy("Tehsil"))

    class Meta(CoverageTable.Meta):
        empty_text = gettext_lazy("Your duty sees no tehsil of this district.")


def table(actor: Actor, district: Area | None) -> CoverageTable:
    """The districts of the actor's duty, or the tehsils of one of them."""
    if district is None:
        return CoverageTable([_row(one, url_of(one.area.code)) for one in queries.coverage(actor)])
    return TehsilTable([_row(one) for one in queries.coverage_of_tehsils(actor, district=district.code)])


def url_of(code: str) -> str:
    """Where the tehsils of a district stand."""
    return f"{reverse('registry:coverage')}?district={code}"


def district_of(actor: Actor, code: str) -> Area | None:
    """The district that an address asks for; None for all. Raises: NotVisible (404)."""
    if not code:
        return None
    district = Area.objects.filter(level="district", code=code).first()
    if district is None or not (actor.area_path and _meet(district.path, actor.area_path)):
        raise NotVisible
    return district


def _meet(one: str, other: str) -> bool:
    """Whether one area lies in the other."""
    shorter, longer = sorted((f"{one}.", f"{other}."), key=len)
    return longer.startswith(shorter)


def _row(one: Coverage, url: str = "") -> dict[str, Any]:
    return {
        "name": words_of(one.area),
        "url": url,
        "households": one.households,
        "census": one.census,
        "share": one.share,
        "old_share": one.old_share if one.known.known else None,
        "poor_or_near": one.poor_or_near,
        "served": one.served,
        "at_stake": one.at_stake,
    }


def page(actor: Actor, shows: str) -> dict[str, Any]:
    """The page of all districts; ``shows`` (of ``SHOWN``) says what the map shows."""
    districts = queries.coverage(actor)
    return {
        "page": Page(_("Survey coverage, and where to survey first"), actions=[_plan()]),
        "figures": _figures(districts),
        "map": _map(districts, shows) if len(districts) > 1 else None,
        "shows": shows,
        "links": [("share", _("Survey coverage")), ("old", _("Old answers"))],
    }


def page_of(actor: Actor, district: Area) -> dict[str, Any]:
    """The page of one district: its tehsils."""
    tehsils = queries.coverage_of_tehsils(actor, district=district.code)
    trail = [Link(_("Survey coverage"), reverse("registry:coverage"))]
    title = _("Survey coverage of %(district)s") % {"district": words_of(district)}
    return {
        "page": Page(title, trail=trail, actions=[_plan(district.code)]),
        "figures": _figures(tehsils, never=_("tehsils without a household in the registry")),
    }


def _plan(district: str = "") -> Action:
    address = reverse("registry:coverage-plan")
    return Action(_("Plan a survey"), f"{address}?district={district}" if district else address, main=True)


def _figures(districts: list[Coverage], *, never: str = "") -> list[Figure]:
    held = sum(one.households for one in districts)
    census = sum(one.census or 0 for one in districts)
    known = sum(one.known.known for one in districts)
    old = sum(one.known.ages[3] + one.known.ages[4] for one in districts)
    without = sum(not one.households for one in districts)
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
            _("households poor, near the limit or in a scheme, by their share of old answers"),
        ),
        Figure(
            _("Never surveyed"),
            words.number(without),
            never or _("districts without a household in the registry"),
        ),
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
        url=lambda code: url_of(code) if code in shares else "",
    )
