"""Tags and filters that every template has (builtins of the settings)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from saiban.ui import charts, states, words
from saiban.ui import pointmap as points_of
from saiban.ui.components import Figure, Moment, Step
from saiban.ui.hexmap import HexMap
from saiban.ui.slots import FilledPanel

register = template.Library()

for _filter in (
    words.number,
    words.score,
    words.points,
    words.percent,
    words.rupees,
    words.day,
    words.moment,
    words.duration,
):
    register.filter(_filter.__name__, _filter)
register.simple_tag(words.field_label)
register.simple_tag(words.answer_label)


@register.filter
def unlocalized(value: Any) -> str:
    """Write a number for an attribute: without thousands, with a point."""
    return str(value)


@register.filter
def coordinate(value: Any) -> str:
    """Write degrees with five decimals: about a metre."""
    return words.number(value, 5)


@register.filter
def masked(number: str) -> SafeString:
    """Write an identity number, which is already masked, in its own direction."""
    return format_html('<bdi class="code">{}</bdi>', number) if number else format_html("{}", words.NOTHING)


@register.simple_tag
def in_language(thing: Any, name: str = "name") -> SafeString:
    """Write ``name_ur`` or ``name_en`` of a thing, in the reader's language if it is there; else the
    other, marked.
    """
    mine = "ur" if get_language() == "ur" else "en"
    other = "en" if mine == "ur" else "ur"
    text = getattr(thing, f"{name}_{mine}", "")
    return format_html("{}", text) if text else words_in(getattr(thing, f"{name}_{other}", ""), other)


@register.simple_tag
def words_in(text: str, language: str) -> SafeString:
    """Write a bit of the named language, marked where it is not the page's."""
    if not text or language == (get_language() or "en"):
        return format_html("{}", text)
    return format_html(
        '<span lang="{}" dir="{}">{}</span>', language, "rtl" if language == "ur" else "ltr", text
    )


@register.simple_tag
def state(thing: Any, field: str = "state") -> SafeString:
    """Show the state of a model instance: its words, in its tone."""
    code = str(getattr(thing, field))
    display = getattr(thing, f"get_{field}_display", None)
    return tag(code, display() if display else None)


@register.simple_tag
def tag(code: str, label: Any = None, tone: str | None = None) -> SafeString:
    """Show a short word in a tone (ok, note, warn, bad, ""): that of the state called ``code`` unless one
    is named.
    """
    shown = states.tone(code) if tone is None else tone
    return format_html('<span class="tag {}">{}</span>', shown, states.name(code) if label is None else label)


@register.simple_tag
def bar(value: float, largest: float, label: Any = None) -> SafeString:
    """Show a number with a bar before it."""
    text = words.number(value) if label is None else label
    return format_html(
        '<span class="beside">{}<bdi class="num">{}</bdi></span>',
        charts.bar(float(value), float(largest)),
        text,
    )


@register.simple_tag
def signed_bar(value: float, largest: float) -> SafeString:
    """Show points of a score with a bar from a zero line."""
    drawn = charts.signed_bar(float(value), float(largest))
    return format_html('<span class="beside">{}<bdi class="num">{}</bdi></span>', drawn, words.points(value))


@register.simple_tag
def sparkline(values: Sequence[float], label: Any) -> SafeString:
    """Show the past of a figure; ``label`` says in words what it shows."""
    return charts.sparkline(values, label)


@register.inclusion_tag("ui/line.html")
def line(spots: Sequence[charts.Spot], title: Any) -> dict[str, Any]:
    """Show a line with its ends in words and its table behind."""
    return {
        "spots": spots,
        "last": spots[-1] if spots else None,
        "title": title,
        "drawing": charts.line(spots),
    }


@register.inclusion_tag("ui/histogram.html")
def histogram(
    bins: Sequence[charts.Bin], title: Any, mark: float | None = None, mark_words: Any = ""
) -> dict[str, Any]:
    """Show counts by columns, a mark with its words, and the table behind."""
    ends = {"first": bins[0].low, "last": bins[-1].high} if bins else {}
    return {
        "bins": bins,
        "title": title,
        "mark_words": mark_words,
        "drawing": charts.histogram(bins, mark),
        **ends,
    }


@register.inclusion_tag("ui/shares.html")
def shares(parts: Sequence[charts.Part], title: Any) -> dict[str, Any]:
    """Show the parts of a whole as one bar, with words and figures beneath."""
    whole = sum(part.value for part in parts) or 1
    return {
        "parts": [(part, part.value / whole) for part in parts],
        "title": title,
        "drawing": charts.shares(parts),
    }


@register.inclusion_tag("ui/hexmap.html")
def hexmap(drawn: HexMap) -> dict[str, Any]:
    """Show the hexagon map of the districts, its legend, its table."""
    return {"map": drawn}


@register.inclusion_tag("ui/pointmap.html")
def pointmap(points: Sequence[points_of.Point], title: Any, name: str = "map") -> dict[str, Any]:
    """Show points on a plain ground, and as a list; the page loads ``ui/pointmap_head.html`` in its block
    ``styles``.
    """
    data = points_of.for_script(points)
    return {"points": points, "title": title, "name": name, "script_id": f"{name}-points", "data": data}


@register.inclusion_tag("ui/figures.html")
def figures(these: Sequence[Figure]) -> dict[str, Any]:
    """Show key figures side by side."""
    return {"figures": these}


@register.inclusion_tag("ui/timeline.html")
def timeline(moments: Sequence[Moment]) -> dict[str, Any]:
    """Show what happened, latest first as the view orders it."""
    return {"moments": moments}


@register.inclusion_tag("ui/river.html")
def river(steps: Sequence[Step]) -> dict[str, Any]:
    """Show how many went from step to step."""
    return {"steps": steps}


@register.inclusion_tag("ui/empty.html")
def empty(title: Any, how: Any = "", url: str = "", label: Any = "") -> dict[str, Any]:
    """Say what would be here and how it gets here."""
    return {"title": title, "how": how, "url": url, "label": label}


@register.simple_block_tag(takes_context=True)
def card(
    context: template.Context,
    content: str,
    title: Any,
    name: str = "",
    more: Any = "",
    more_url: str = "",
    tag: Any = "",
    tone: str = "",
) -> SafeString:
    """Put what stands in the block into a card; ``more`` with ``more_url`` is a link, ``tag`` a word in a
    tone.
    """
    shown = {
        "content": content,
        "title": title,
        "name": name,
        "more": more,
        "more_url": more_url,
        "tag": tag,
        "tone": tone,
    }
    return SafeString(render_to_string("ui/card.html", shown))


@register.simple_tag(takes_context=True)
def slot(context: template.Context, panels: Sequence[FilledPanel]) -> SafeString:
    """Show the panels that fill a slot, each with its own context and the frame's."""
    return SafeString("".join(_panel(context, panel) for panel in panels))


def _panel(context: template.Context, panel: FilledPanel) -> str:
    shown: Mapping[str, Any] = panel.context
    request = context.get("request")
    return format_html(
        '<div id="panel-{}">{}</div>',
        panel.name,
        render_to_string(panel.template, dict(shown), request=request),
    )
