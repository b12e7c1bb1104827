# mypy: disable-error-code="misc"
# (django-tables2 has no types: its classes are Any to mypy)
"""What the page that plans a survey hands to its template: the form, the areas in their order, the sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_tables2
from django import forms
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from saiban.core.models import Actor, Area
from saiban.registry.knowledge import planning, queries
from saiban.registry.knowledge.pages import words_of
from saiban.registry.knowledge.planning import Stage
from saiban.ui import tables, words
from saiban.ui.components import Figure, Link, Page
from saiban.ui.forms import Form

MOST_VISITS = 100_000_000


class PlanForm(Form):
    """How many visits there are, and where."""

    visits = forms.IntegerField(
        label=gettext_lazy("Visits"),
        help_text=gettext_lazy("How many households can be visited in all."),
        min_value=1,
        max_value=MOST_VISITS,
    )
    district = forms.ChoiceField(label=gettext_lazy("District"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the districts of the actor."""
        super().__init__(*args, **kwargs)
        urdu = translation.get_language() == "ur"
        rows = Area.objects.visible_to(actor).filter(level="district").order_by("name_en")
        offered = [(one.code, one.name_ur if urdu else one.name_en) for one in rows]
        self.fields["district"].choices = [("", _("all")), *offered]  # type: ignore[attr-defined]


class PlanTable(tables.Table):
    """Areas in the order in which they should be surveyed."""

    exports: ClassVar[Sequence[str]] = ("csv", "xlsx")
    how_it_fills: ClassVar[str | Promise] = gettext_lazy(
        "The plan appears once the number of visits is said."
    )
    name = django_tables2.Column(gettext_lazy("Tehsil"))
    place = tables.NumberColumn(gettext_lazy("Order"))
    district = django_tables2.Column(gettext_lazy("District"))
    old_share = tables.PercentColumn(gettext_lazy("Old answers"), default="—")
    at_stake = tables.NumberColumn(gettext_lazy("At stake"))
    expected = tables.NumberColumn(gettext_lazy("Households expected"))
    visits = tables.NumberColumn(gettext_lazy("Visits"))
    so_far = tables.NumberColumn(gettext_lazy("Visits so far"))

    class Meta(tables.Table.Meta):
        orderable = False
        empty_text = gettext_lazy("No area is in the plan.")


def stages_of(actor: Actor, *, visits: int, district: str) -> list[Stage]:
    """The plan for the tehsils of a district, or of all that the actor sees (2 queries)."""
    return planning.plan(queries.coverage_of_tehsils(actor, district=district), visits=visits)


def table(stages: Sequence[Stage]) -> PlanTable:
    """The stages as a table."""
    return PlanTable([_row(place, one) for place, one in enumerate(stages, start=1)])


def _row(place: int, one: Stage) -> dict[str, Any]:
    area = one.coverage.area
    return {
        "place": place,
        "name": words_of(area),
        "district": words_of(area.parent),
        "old_share": one.coverage.old_share if one.coverage.known.known else None,
        "at_stake": one.coverage.at_stake,
        "expected": one.expected,
        "visits": one.visits,
        "so_far": one.so_far,
    }


def page(form: PlanForm, stages: Sequence[Stage]) -> dict[str, Any]:
    """The page with the form, and what the plan comes to."""
    trail = [Link(_("Survey coverage"), reverse("registry:coverage"))]
    shown: dict[str, Any] = {"page": Page(_("Plan a survey"), trail=trail), "form": form}
    return shown | {"figures": _figures(stages)} if stages else shown


def _figures(stages: Sequence[Stage]) -> list[Figure]:
    at_stake = sum(one.coverage.at_stake for one in stages)
    last = stages[-1]
    part = (
        "" if last.is_whole else _("of the last one only %(visits)s") % {"visits": words.number(last.visits)}
    )
    return [
        Figure(_("Areas"), words.number(len(stages)), part),
        Figure(
            _("Visits"), words.number(last.so_far), _("by the census, or by the registry where it holds more")
        ),
        Figure(
            _("Decisions renewed"),
            words.number(sum(one.renewed for one in stages)),
            _("of %(count)s in these areas that hang on old evidence") % {"count": words.number(at_stake)},
        ),
    ]
