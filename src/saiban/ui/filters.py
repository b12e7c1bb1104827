# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Narrowing a list: django-filter with our form."""

from __future__ import annotations

import django_filters

from saiban.ui.forms import NarrowingForm


class Filters(django_filters.FilterSet):
    """The base of our filters: hand it ``data=request.GET`` and a queryset that began at ``visible_to``."""

    def get_form_class(self) -> type[NarrowingForm]:
        """Make the form of this filter's fields."""
        made: type[NarrowingForm] = type(
            "FilterForm", (NarrowingForm,), {name: one.field for name, one in self.filters.items()}
        )
        return made

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return any(self.data.get(name) for name in self.filters) if self.data else False
