"""Points on a plain ground of schematic districts: no outside tiles, and a list for who sees no map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from typing import Any

from django.utils.functional import Promise

from saiban.data import facts
from saiban.ui.components import Words

REACH = 0.75  # degrees of latitude: how far a schematic district reaches from its centroid
Corner = tuple[float, float]


@dataclass(frozen=True)
class Point:
    """A place with its words; ``url`` leads to what stands there."""

    latitude: float
    longitude: float
    label: Words
    url: str = ""


def for_script(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Return the points as the script of the map reads them."""
    return [
        {"at": [point.latitude, point.longitude], "label": _text(point.label), "url": point.url}
        for point in points
    ]


@cache
def outlines() -> dict[str, Any]:
    """Districts as GeoJSON: what is nearer to a district's centroid than to any other, and within
    ``REACH`` of it.

    Schematic, to tell places apart by eye; never used to decide in which district a point lies.
    """
    centres = [area for area in facts.areas().values() if area.level == "district"]
    squeeze = cos(
        radians(31)
    )  # a degree of longitude is that much of a degree of latitude, in the middle of Punjab
    flat = [(float(area.longitude) * squeeze, float(area.latitude)) for area in centres]
    features = []
    for area, centre in zip(centres, flat, strict=True):
        corners = _around(centre)
        for other in flat:
            if other != centre:
                corners = _nearer(corners, centre, other)
        ring = [[round(x / squeeze, 3), round(y, 3)] for x, y in [*corners, corners[0]]]
        names = {"code": area.code, "name_en": area.name_en, "name_ur": area.name_ur}
        features.append(
            {"type": "Feature", "properties": names, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    return {"type": "FeatureCollection", "features": features}


def _around(centre: Corner) -> list[Corner]:
    x, y = centre
    near, far = REACH * 0.414, REACH  # an octagon
    turns = (
        (far, near),
        (near, far),
        (-near, far),
        (-far, near),
        (-far, -near),
        (-near, -far),
        (near, -far),
        (far, -near),
    )
    return [(x + dx, y + dy) for dx, dy in turns]


def _nearer(corners: list[Corner], here: Corner, there: Corner) -> list[Corner]:
    """Keep of a convex outline what lies nearer to ``here`` than to ``there``."""

    def beyond(corner: Corner) -> float:
        return _distance(corner, here) - _distance(corner, there)

    kept: list[Corner] = []
    for begin, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        one, other = beyond(begin), beyond(end)
        if one <= 0:
            kept.append(begin)
        if (one < 0 < other) or (other < 0 < one):
            part = one / (one - other)
            kept.append((begin[0] + part * (end[0] - begin[0]), begin[1] + part * (end[1] - begin[1])))
    return kept


def _distance(one: Corner, other: Corner) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _text(words: str | Promise) -> str:
    return str(words)
