# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""Tables: sorted, in pages, stacked when narrow, taken along as CSV or XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_tables2
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableQuerysetData

from saiban.core.errors import Refused
from saiban.ui import words
from saiban.ui.components import Words
from saiban.ui.templatetags.saiban import masked, state, tag

PER_PAGE = 25
MOST_COUNTED = 10_000  # who looks for a row among more narrows the list
MOST_EXPORTED = 100_000
_NUMBERS = {"td": {"class": "num"}, "th": {"class": "num"}}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TooManyRows(Refused):
    """More rows than one file carries."""

    code = "ui.too_many_rows"
    status = 422
    sentence = _(
        "This list is too long for one file (at most 100,000 rows). Narrow it, and take it along in parts."
    )


class Counted(TableQuerysetData):
    """Rows of a query, counted no further than a reader pages: of millions, to count is what takes long."""

    data: QuerySet[Any]

    def __len__(self) -> int:
        """Rows, or one more than are counted."""
        if getattr(self, "_length", None) is None and hasattr(self.table, "paginator"):
            self._length = count_up_to(self.data, MOST_COUNTED + 1)
        return int(super().__len__())

    def order_by(self, aliases: Any) -> None:
        """Sort as asked, and those alike by their number: else a row might be on two pages, another on
        none."""
        super().order_by(aliases)
        query = self.data.query
        of_models = not isinstance(query.group_by, tuple) and not query.combinator and not query.is_sliced
        if aliases and query.order_by and of_models:
            last = "-pk" if str(query.order_by[-1]).startswith("-") else "pk"
            self.data = self.data.order_by(*query.order_by, last)


def count_up_to(rows: Any, most: int) -> int:
    """Rows of a query, or ``most`` where there are as many or more; those beyond are not looked for."""
    return int(rows.order_by()[:most].count())


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages of as many rows as are counted; ``is_more``: there are others, which a filter finds."""

    @cached_property
    def count(self) -> int:
        """Rows that can be paged through."""
        return min(len(self.object_list), MOST_COUNTED)

    @property
    def is_more(self) -> bool:
        """Whether rows stand behind the last page."""
        return len(self.object_list) > MOST_COUNTED


class Table(django_tables2.Table):
    """The base of our tables. ``exports`` names the kinds of file a reader may take along; none unless a
    table says so.
    """

    caption: ClassVar[Words] = ""
    how_it_fills: ClassVar[Words] = ""
    exports: ClassVar[Sequence[str]] = ()

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        """``data``: a query, or a list of rows."""
        super().__init__(Counted(data) if TableQuerysetData.validate(data) else data, **kwargs)

    class Meta:
        """What all our tables share; sub-classes inherit it: ``class Meta(Table.Meta)``."""

        attrs: ClassVar[dict[str, str]] = {"class": "grid stack"}
        template_name = "ui/table.html"
        per_page = PER_PAGE
        empty_text = _("Nothing here.")


class NumberColumn(django_tables2.Column):
    """A figure with thousands, aligned at the end."""

    def __init__(self, *args: Any, places: int | None = None, **kwargs: Any) -> None:
        """``places`` fixes the decimals; else two at most."""
        super().__init__(*args, attrs={**_NUMBERS, **kwargs.pop("attrs", {})}, **kwargs)
        self.places = places

    def render(self, value: Any) -> str:
        """Write the figure."""
        return words.number(value, self.places)

    def value(self, value: Any) -> Any:
        """Keep the bare number in files."""
        return value


class RupeesColumn(NumberColumn):
    """Paisa, shown as rupees; rupees in files too."""

    def render(self, value: int) -> str:
        """Write the amount."""
        return words.rupees(value)

    def value(self, value: int) -> Any:
        """Give rupees as a number."""
        whole, rest = divmod(value, 100)
        return whole if not rest else f"{whole}.{rest:02d}"


class PercentColumn(NumberColumn):
    """A share of one, shown as a percentage."""

    def render(self, value: Any) -> str:
        """Write the percentage."""
        return words.percent(value, self.places or 0)


class DayColumn(django_tables2.Column):
    """A day, or a moment with ``clock=True``."""

    def __init__(self, *args: Any, clock: bool = False, **kwargs: Any) -> None:
        """``clock`` adds the time of day."""
        super().__init__(*args, attrs={"td": {"class": "whole"}, **kwargs.pop("attrs", {})}, **kwargs)
        self.clock = clock

    def render(self, value: Any) -> str:
        """Write it in the reader's language."""
        return words.moment(value) if self.clock else words.day(value)

    def value(self, value: Any) -> Any:
        """Give an ISO date in files."""
        return value.isoformat()


class StateColumn(django_tables2.Column):
    """The state of a row's thing, as a tag; rows that are dictionaries give the code."""

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        """Show words and tone."""
        if isinstance(record, dict):
            return tag(str(value))
        return state(record, bound_column.name)

    def value(self, value: Any) -> str:
        """Give the code in files."""
        return str(value)


class NumberInMaskColumn(django_tables2.Column):
    """An identity number, which the query has masked already."""

    def render(self, value: str) -> SafeString:
        """Write it in its own direction."""
        return masked(value)

    def value(self, value: str) -> str:
        """Keep the mask in files."""
        return value


class SourceColumn(django_tables2.Column):
    """A value with its source and date beneath: the record gives ``source`` and ``observed_at`` under
    these names.
    """

    def render(self, value: Any, record: Any) -> SafeString:
        """Write the value, and whence it comes."""
        source, seen = (_of(record, name) for name in ("source", "observed_at"))
        return format_html(
            '<span>{}<span class="from">{} · {}</span></span>',
            value,
            source,
            words.day(seen),
        )


def _of(record: Any, name: str) -> Any:
    return record.get(name) if isinstance(record, dict) else getattr(record, name, None)


def arrange(request: HttpRequest, table: Table, *, per_page: int = PER_PAGE) -> Table:
    """Sort the table and cut the page as the address asks; wrong page numbers show the nearest page."""
    pages = {"per_page": per_page, "paginator_class": Pages}
    django_tables2.RequestConfig(request, paginate=pages).configure(table)
    return table


def export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse | None:
    """Return the file that ``?export=`` asks for, or None. Raises: TooManyRows (422).

    Ask the service for the permission and the audit row before; a cell that a spreadsheet would take for
    a formula is
    written as text.
    """
    from django_tables2.export.export import TableExport

    kind = request.GET.get("export", "")
    if kind not in table.exports:
        return None
    if _has_more_than(table, MOST_EXPORTED):
        raise TooManyRows
    made = TableExport(kind, table)
    for number, row in enumerate(made.dataset):
        made.dataset[number] = tuple(as_text(cell) for cell in row)
    made.dataset.headers = [str(header) for header in made.dataset.headers]
    response: HttpResponse = made.response(f"{name}.{kind}")
    return response


def _has_more_than(table: Table, most: int) -> bool:
    if isinstance(table.data, Counted):
        return count_up_to(table.data.data, most + 1) > most
    return len(table.rows) > most


def as_text(cell: Any) -> Any:
    """Take the sting out of a cell: text that begins like a formula gets an apostrophe.

    >>> as_text("=1+1"), as_text(-3), as_text("Ali")
    ("'=1+1", -3, 'Ali')
    """
    if isinstance(cell, Promise):
        cell = str(cell)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
