"""The province as hexagons, one per district: need or coverage in five classes, each hexagon a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from saiban.data import facts
from saiban.ui.components import Words

RADIUS = 30.0
WIDTH = RADIUS * sqrt(3)
GAP = 1.5  # between two hexagons
CLASSES = 5


@dataclass(frozen=True)
class Cell:
    """One district: where it is drawn, its class (0 = no value), its words."""

    code: str
    name: str
    short: str
    x: float
    y: float
    shade: int
    value: float | None
    words: str
    url: str

    @property
    def label(self) -> str:
        """What is read aloud: it holds the words that are seen, and the whole name."""
        return f"{self.short} {self.words}" + ("" if self.short == self.name else f" ({self.name})")

    @property
    def corners(self) -> str:
        """The six corners as SVG reads them."""
        side, half = RADIUS - GAP, (RADIUS - GAP) * sqrt(3) / 2
        around = (
            (0, -side),
            (half, -side / 2),
            (half, side / 2),
            (0, side),
            (-half, side / 2),
            (-half, -side / 2),
        )
        return " ".join(f"{self.x + dx:.1f},{self.y + dy:.1f}" for dx, dy in around)

    @property
    def name_y(self) -> str:
        """The line that the name stands on."""
        return f"{self.y - 3:.1f}"

    @property
    def value_y(self) -> str:
        """The line that the value stands on."""
        return f"{self.y + 11:.1f}"

    @property
    def centre(self) -> str:
        """The middle, across."""
        return f"{self.x:.1f}"


@dataclass(frozen=True)
class HexMap:
    """A drawn map: cells from north to south, the words of its classes, and what it is called."""

    title: Words
    value_title: Words
    cells: Sequence[Cell]
    legend: Sequence[tuple[int, str]]
    view_box: str


def hexmap(
    values: Mapping[str, float | None],
    *,
    title: Words,
    value_title: Words,
    edges: Sequence[float],
    words: Callable[[float], str],
    url: Callable[[str], str],
) -> HexMap:
    """Draw the districts.

    values  district code → value; a district without one is drawn empty.
    edges   four values, rising; class k holds what is at or above edge k-1 and below edge k (see
    ``even_edges``).
    words   a value as it is read, such as "12 %".
    url     where the hexagon of a district leads; "" for nowhere.
    Raises: ValueError if the edges are not four that rise.
    """
    if len(edges) != CLASSES - 1 or any(low >= high for low, high in pairwise(edges)):
        raise ValueError(f"a hexagon map needs {CLASSES - 1} rising edges, got {list(edges)}")
    places = sorted(facts.hexmap(), key=lambda place: (place.row, place.column))
    cells = [_cell(place, values.get(place.district), edges, words, url(place.district)) for place in places]
    return HexMap(title, value_title, cells, _legend(edges, words), _view_box(cells))


def _cell(
    place: facts.Hexagon, value: float | None, edges: Sequence[float], words: Callable[[float], str], url: str
) -> Cell:
    urdu, area = get_language() == "ur", facts.areas()[place.district]
    return Cell(
        code=place.district,
        name=area.name_ur if urdu else area.name_en,
        short=place.short_ur if urdu else place.short_en,
        x=(place.column + 0.5 + (0.5 if place.shifted else 0)) * WIDTH,
        y=(place.row * 1.5 + 1) * RADIUS,
        shade=0 if value is None else 1 + sum(value >= edge for edge in edges),
        value=value,
        words=_("no value") if value is None else words(value),
        url=url,
    )


def even_edges(values: Sequence[float]) -> list[float]:
    """Choose four edges that put about a fifth of the values into each class; for maps without edges of
    policy.

    >>> even_edges([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    [3, 5, 7, 9]
    """
    ordered = sorted(set(values))
    if len(ordered) < CLASSES:
        ordered += [(ordered[-1] if ordered else 0) + step for step in range(1, CLASSES - len(ordered) + 1)]
    return [ordered[round(len(ordered) * k / CLASSES)] for k in range(1, CLASSES)]


def _legend(edges: Sequence[float], words: Callable[[float], str]) -> list[tuple[int, str]]:
    between = [
        (k, _("%(low)s to under %(high)s") % {"low": words(low), "high": words(high)})
        for k, (low, high) in enumerate(pairwise(edges), start=2)
    ]
    return [
        (1, _("under %(high)s") % {"high": words(edges[0])}),
        *between,
        (CLASSES, _("%(low)s and over") % {"low": words(edges[-1])}),
    ]


def _view_box(cells: Sequence[Cell]) -> str:
    left, right = min(cell.x for cell in cells) - WIDTH / 2, max(cell.x for cell in cells) + WIDTH / 2
    bottom = max(cell.y for cell in cells) + RADIUS
    return f"{left:.1f} 0 {right - left:.1f} {bottom:.1f}"
