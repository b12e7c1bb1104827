from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from saiban.data import facts
from saiban.ui.hexmap import HexMap, even_edges, hexmap
from saiban.ui.pointmap import Point, for_script, outlines

DISTRICTS = [place.district for place in facts.hexmap()]


def drawn(values: dict[str, float | None], edges: list[float]) -> HexMap:
    return hexmap(
        values,
        title="t",
        value_title="v",
        edges=edges,
        words=lambda value: f"{value:g}",
        url=lambda code: f"/area/{code}/",
    )


def test_every_district_is_drawn_once_and_none_on_another() -> None:
    cells = drawn({}, [1, 2, 3, 4]).cells
    assert sorted(cell.code for cell in cells) == sorted(DISTRICTS)
    assert len({(cell.x, cell.y) for cell in cells}) == len(cells)
    assert all(cell.shade == 0 for cell in cells)


@pytest.mark.parametrize(
    ("value", "shade"), [(0.9, 1), (1.0, 2), (2.5, 3), (3.0, 4), (4.0, 5), (99, 5), (None, 0)]
)
def test_class_begins_at_its_edge(value: float | None, shade: int) -> None:
    cells = drawn({DISTRICTS[0]: value}, [1, 2, 3, 4]).cells
    assert next(cell for cell in cells if cell.code == DISTRICTS[0]).shade == shade


@pytest.mark.parametrize("edges", [[1, 2, 3], [1, 2, 2, 3], [4, 3, 2, 1]])
def test_edges_that_do_not_rise_are_refused(edges: list[float]) -> None:
    with pytest.raises(ValueError, match="rising edges"):
        drawn({}, edges)


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=60))
def test_even_edges_always_rise(values: list[float]) -> None:
    edges = even_edges(values)
    assert len(edges) == 4
    assert all(low < high for low, high in pairwise(edges))


def test_what_is_read_aloud_holds_the_whole_name() -> None:
    with translation.override("ur"):
        for cell in drawn({}, [1, 2, 3, 4]).cells:
            assert cell.name in cell.label
            assert cell.label.startswith(cell.short)


def test_every_district_has_an_outline_around_its_centroid() -> None:
    for feature in outlines()["features"]:
        area = facts.areas()[feature["properties"]["code"]]
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        assert len(ring) >= 4
        assert inside(float(area.longitude), float(area.latitude), ring)


def test_no_centroid_lies_in_the_outline_of_another() -> None:
    rings = {one["properties"]["code"]: one["geometry"]["coordinates"][0] for one in outlines()["features"]}
    for code in rings:
        area = facts.areas()[code]
        place = float(area.longitude), float(area.latitude)
        assert [other for other, ring in rings.items() if inside(*place, ring)] == [code]


def inside(x: float, y: float, ring: list[list[float]]) -> bool:
    """Ray casting, written apart from the code under test."""
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossings += 1
    return crossings % 2 == 1


def test_points_are_handed_to_the_script_as_plain_data() -> None:
    assert for_script([Point(29.1, 70.3, "A", "/a/")]) == [{"at": [29.1, 70.3], "label": "A", "url": "/a/"}]
