"""Charts drawn on the server as SVG: no script, no inline style, colours by class, a table behind what is
more than a bar.

Lengths are in units of the view box. Charts without words in them are mirrored by the style sheet where
the page runs
from right to left; words stand outside the drawing, in HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from saiban.ui.components import Words

WIDTH, HEIGHT = 600.0, 150.0
LEAST = 1.5  # the shortest bar that is still seen, of 100


@dataclass(frozen=True)
class Bin:
    """One column of a histogram: values from ``low`` up to, and without, ``high``."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Spot:
    """One point of a line: its words (a day, a month) and its value."""

    label: Words
    value: float


@dataclass(frozen=True)
class Part:
    """One part of a whole."""

    label: Words
    value: float


def bar(value: float, largest: float) -> SafeString:
    """Draw a bar as long as the value's share of the largest one; it begins where the line of reading
    begins.
    """
    return format_html(
        '<svg class="mirror" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="f-line" y="4.5" width="100" height="1"/>'
        '<rect class="f-canopy" width="{}" height="10"/></svg>',
        _plain(_length(value, largest)),
    )


def signed_bar(points: float, largest: float) -> SafeString:
    """Draw points of a score from a zero line: what lowers it dark, what raises it light; ``largest`` in
    absolute points.
    """
    length = _length(abs(points), largest)
    return format_html(
        '<svg class="mirror" viewBox="-101 0 202 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="{}" x="{}" y=".5" width="{}" height="9"/>'
        '<line class="s-axis" x1="0" x2="0" y1="0" y2="10"/></svg>',
        "f-lower" if points < 0 else "f-raise",
        _plain(-length if points < 0 else 0),
        _plain(length),
    )


def sparkline(values: Sequence[float], words: Words) -> SafeString:
    """Draw the past of a figure, oldest first; ``words`` say in a sentence what it shows."""
    return format_html(
        '<svg class="spark mirror" viewBox="0 0 80 22" role="img" aria-label="{}">'
        '<polyline class="s-line" points="{}"/></svg>',
        words,
        _polyline(values, 80, 22, margin=2),
    )


def line(spots: Sequence[Spot]) -> SafeString:
    """Draw a line through values in their order; the scale begins at 0, or below where a value is below."""
    return format_html(
        '<svg class="chart plot mirror" viewBox="0 0 {0} {1}" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="s-axis" x1="0" x2="{0}" y1="{1}" y2="{1}"/>'
        '<polyline class="s-line" points="{2}"/></svg>',
        _plain(WIDTH),
        _plain(HEIGHT),
        _polyline([spot.value for spot in spots], WIDTH, HEIGHT, floor=0.0),
    )


def histogram(bins: Sequence[Bin], mark: float | None = None) -> SafeString:
    """Draw counts by columns as wide as their bins; ``mark`` draws a line at a value inside them, such as a
    cut-off.
    """
    first, last = (bins[0].low, bins[-1].high) if bins else (0.0, 1.0)
    tallest = max((one.count for one in bins), default=0) or 1
    scale = WIDTH / ((last - first) or 1)
    columns = [
        _column((one.low - first) * scale, (one.high - first) * scale, one.count / tallest) for one in bins
    ]
    marked = _mark((mark - first) * scale) if mark is not None and first <= mark <= last else ""
    return format_html(
        '<svg class="chart plot mirror" viewBox="0 0 {0} {1}" preserveAspectRatio="none" aria-hidden="true">'
        "{2}{3}"
        '<line class="s-axis" x1="0" x2="{0}" y1="{1}" y2="{1}"/></svg>',
        _plain(WIDTH),
        _plain(HEIGHT),
        format_html_join("", "{}", ((column,) for column in columns)),
        marked,
    )


def _column(begin: float, end: float, share: float) -> SafeString:
    return format_html(
        '<rect class="f-canopy" x="{}" y="{}" width="{}" height="{}"/>',
        _plain(begin + 1),
        _plain(HEIGHT * (1 - share)),
        _plain(max(end - begin - 2, 0.5)),
        _plain(HEIGHT * share),
    )


def _mark(across: float) -> SafeString:
    line = '<line class="s-mark" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
    return format_html(line, _plain(across), _plain(HEIGHT))


def shares(parts: Sequence[Part]) -> SafeString:
    """Draw the parts of a whole in one bar, from light to dark in their order. Raises: ValueError for
    more than five.
    """
    if len(parts) > 5:
        raise ValueError(f"a bar of shares has at most five parts, got {len(parts)}")
    whole = sum(part.value for part in parts) or 1
    pieces, begin = [], 0.0
    for number, part in enumerate(parts, start=1):
        pieces.append((number, _plain(begin), _plain(part.value / whole * 100)))
        begin += part.value / whole * 100
    return format_html(
        '<svg class="chart mirror" viewBox="0 0 100 4" preserveAspectRatio="none" height="14"'
        ' aria-hidden="true">{}</svg>',
        format_html_join("", '<rect class="f-{}" x="{}" width="{}" height="4"/>', pieces),
    )


def _length(value: float, largest: float) -> float:
    if largest <= 0 or value <= 0:
        return 0.0
    return min(max(value / largest * 100, LEAST), 100.0)


def _polyline(
    values: Sequence[float], width: float, height: float, *, margin: float = 0, floor: float | None = None
) -> str:
    low, high = min([*values, *([floor] if floor is not None else [])], default=0), max(values, default=0)
    step, span, room = width / max(len(values) - 1, 1), (high - low) or 1, height - 2 * margin
    return " ".join(
        f"{_plain(i * step)},{_plain(height - margin - (v - low) / span * room)}"
        for i, v in enumerate(values)
    )


def _plain(value: float) -> str:
    """Write a number as SVG reads it, whatever the language of the page."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
