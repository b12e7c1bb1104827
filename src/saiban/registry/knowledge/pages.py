"""What the pages on knowledge hand to their templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from saiban.calc.precedence import UNRANKED, shipped_precedence
from saiban.core.models import Actor
from saiban.data.dictionary import Level, fields
from saiban.registry.knowledge import queries
from saiban.registry.knowledge.queries import Counted, Known
from saiban.registry.queries import source_names
from saiban.ui import words
from saiban.ui.charts import Part
from saiban.ui.components import Figure, Link, Page
from saiban.ui.hexmap import CLASSES, HexMap, even_edges, hexmap
from saiban.ui.words import field_label


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is called, where it leads, how much is known."""

    label: str
    known: Known
    url: str = ""


def all_fields(actor: Actor) -> dict[str, Any]:
    """The page of all fields."""
    counted = queries.counted(actor)
    levels: list[tuple[str, Level]] = [(_("Of households"), "household"), (_("Of persons"), "person")]
    groups = [
        (title, level, [_line(level, code, known) for code, known in _by_field(actor, level, counted)])
        for title, level in levels
    ]
    return {
        "page": Page(_("What is known, and how old it is"), identity=_as_of(counted)),
        "figures": _totals(counted, [line for _title, _level, lines in groups for line in lines]),
        "groups": groups,
        "counted": counted,
    }


def _by_field(actor: Actor, level: Level, counted: Counted) -> list[tuple[str, Known]]:
    return queries.by_field(actor, level, counted.of(level))


def _line(level: Level, code: str, known: Known) -> Line:
    return Line(field_label(code, level), known, reverse("registry:field", args=[level, code]))


def _as_of(counted: Counted) -> str:
    if counted.counted_at is None:
        return ""
    return _("counted %(when)s or later") % {"when": words.moment(counted.counted_at)}


def _totals(counted: Counted, lines: list[Line]) -> list[Figure]:
    values = sum(line.known.known for line in lines)
    fresh = sum(line.known.ages[0] + line.known.ages[1] for line in lines)
    contradicted = sum(line.known.contradicted for line in lines)
    return [
        Figure(_("Households"), words.number(counted.households), _("in the area of your duty")),
        Figure(_("Persons"), words.number(counted.persons), _("who live in one")),
        Figure(_("Not older than a year"), _share(fresh, values), _("of all values that hold")),
        Figure(_("Contradicted"), _share(contradicted, values), _("another source says otherwise")),
    ]


def _share(part: int, whole: int) -> str:
    return words.percent(part / whole) if whole else words.NOTHING


def one_field(actor: Actor, level: Level, code: str) -> dict[str, Any]:
    """The page of one field."""
    counted = queries.counted(actor)
    of = counted.of(level)
    sources = queries.by_source(actor, level, code, of)
    known = dict(queries.by_field(actor, level, of))[code]
    names = source_names()
    districts = queries.by_district(actor, level, code)
    trail = [Link(_("What is known"), reverse("registry:fields"))]
    return {
        "page": Page(field_label(code, level), identity=[code, _as_of(counted)], trail=trail),
        "figures": _figures(level, code, known),
        "ages": _ages(known) if known.known else [],
        "sources": [Line(names.get(source, source), one) for source, one in sources],
        "districts": [Line(words_of(count.area), one) for count, one in districts],
        "map": _map(districts) if len(districts) > 1 else None,
        "order": _order(code, names),
    }


def _figures(level: Level, code: str, known: Known) -> list[Figure]:
    field = fields(level)[code]
    of = {"known": words.number(known.known), "of": words.number(known.of)}
    greatest = _("no greatest age")
    if field.max_age is not None:
        greatest = _("greatest age %(months)s months") % {"months": field.max_age}
    return [
        Figure(_("Known"), words.percent(known.share), _("%(known)s of %(of)s") % of),
        Figure(_("Not older than a year"), _share(known.ages[0] + known.ages[1], known.known), _since(known)),
        Figure(_("Too old"), words.number(known.too_old), greatest),
        Figure(_("Contradicted"), words.number(known.contradicted), _("another source says otherwise")),
    ]


def _since(known: Known) -> str:
    if known.oldest_on is None:
        return ""
    days = {"oldest": words.day(known.oldest_on), "newest": words.day(known.newest_on)}
    return _("from %(oldest)s to %(newest)s") % days


def _ages(known: Known) -> list[Part]:
    labels = (
        _("up to 3 months"), _("up to a year"), _("up to 2 years"), _("up to 5 years"), _("older"),
    )  # fmt: skip
    return [Part(label, count) for label, count in zip(labels, known.ages, strict=True)]


def words_of(area: Any) -> str:
    """The name of an area in the reader's language."""
    from django.utils.translation import get_language

    return str(area.name_ur if get_language() == "ur" and area.name_ur else area.name_en)


def _map(districts: list[tuple[Any, Known]]) -> HexMap:
    shares = {count.area.code: known.share for count, known in districts if known.of}
    different = {round(share, 2) for share in shares.values()}
    edges = even_edges(sorted(different)) if len(different) >= CLASSES else (0.2, 0.4, 0.6, 0.8)
    return hexmap(
        shares,
        title=_("Known, by district"),
        value_title=_("Known"),
        edges=edges,
        words=words.percent,
        url=lambda code: "",
    )


def _order(code: str, names: dict[str, str]) -> list[tuple[int, str, bool]]:
    """In which order sources are heard: place, name, whether people speak of themselves in it."""
    precedence = shipped_precedence()
    ranked = sorted((precedence.rank(code, source), source) for source in precedence.sources)
    return [
        (place, names.get(source, source), precedence.sources[source].self_report)
        for place, source in ranked
        if place != UNRANKED
    ]
