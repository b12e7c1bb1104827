import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saiban.ui import charts
from saiban.ui.charts import Bin, Part, Spot

amounts = st.floats(0, 1e9, allow_nan=False)


def rects(svg: str) -> list[dict[str, str]]:
    root = ET.fromstring(svg)  # noqa: S314 our own drawing; fails where it is not well formed
    return [node.attrib for node in root.iter("rect")]


@given(st.lists(amounts, min_size=2, max_size=20))
def test_longer_value_never_has_the_shorter_bar(values: list[float]) -> None:
    lengths = [float(rects(charts.bar(value, max(values)))[1]["width"]) for value in sorted(values)]
    assert lengths == sorted(lengths)
    assert all(0 <= length <= 100 for length in lengths)


@given(st.floats(-50, 50, allow_nan=False))
def test_points_lie_on_their_side_of_zero(points: float) -> None:
    (drawn,) = rects(charts.signed_bar(points, 50))
    begin, length = float(drawn["x"]), float(drawn["width"])
    if points < 0:
        assert begin + length == pytest.approx(0, abs=0.01)
        assert drawn["class"] == "f-lower"
    else:
        assert begin == 0
        assert drawn["class"] == "f-raise"


def test_bar_of_nothing_has_no_length() -> None:
    assert rects(charts.bar(0, 0))[1]["width"] == "0"


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_histogram_areas_are_in_proportion_to_counts(counts: list[int]) -> None:
    bins = [Bin(number, number + 1, count) for number, count in enumerate(counts)]
    heights = [float(one["height"]) for one in rects(charts.histogram(bins))]
    tallest = max(counts) or 1
    assert heights == pytest.approx([count / tallest * charts.HEIGHT for count in counts], abs=0.01)


def test_mark_stands_at_its_value() -> None:
    drawn = charts.histogram([Bin(0, 50, 3), Bin(50, 100, 1)], mark=30)
    (line,) = re.findall(r'class="s-mark" x1="([^"]+)"', drawn)
    assert float(line) == charts.WIDTH * 0.3


def test_mark_outside_the_columns_is_not_drawn() -> None:
    assert "s-mark" not in charts.histogram([Bin(0, 50, 3)], mark=50.1)


@given(st.lists(amounts, min_size=1, max_size=5))
def test_shares_fill_the_bar(values: list[float]) -> None:
    drawn = rects(charts.shares([Part("x", value) for value in values]))
    assert len(drawn) == len(values)
    if sum(values) > 0:
        assert sum(float(one["width"]) for one in drawn) == pytest.approx(100, abs=0.1)


def test_sixth_part_is_refused() -> None:
    with pytest.raises(ValueError, match="at most five"):
        charts.shares([Part("x", 1)] * 6)


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=0, max_size=30))
def test_line_stays_inside_its_frame(values: list[float]) -> None:
    drawn = charts.line([Spot("day", value) for value in values])
    for x, y in re.findall(r"([-\d.]+),([-\d.]+)", drawn.split('points="')[1]):
        assert -0.01 <= float(x) <= charts.WIDTH + 0.01
        assert -0.01 <= float(y) <= charts.HEIGHT + 0.01


def test_no_drawing_carries_a_style_or_unescaped_words() -> None:
    drawings = [
        charts.bar(1, 2),
        charts.signed_bar(-1, 2),
        charts.sparkline([1, 2], '"><script>'),
        charts.line([]),
    ]
    assert not [one for one in drawings if "style=" in one or "<script" in one]
