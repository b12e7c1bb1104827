"""Sample data of the gallery: invented households, real names of districts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import django_filters
import django_tables2
from django import forms
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor
from saiban.data import facts
from saiban.ui import states
from saiban.ui.charts import Bin, Part, Spot
from saiban.ui.components import Action, Banner, Disagreement, Figure, Job, Link, Moment, Page, Side, Step
from saiban.ui.filters import Filters
from saiban.ui.forms import Form
from saiban.ui.hexmap import HexMap, even_edges, hexmap
from saiban.ui.pointmap import Point
from saiban.ui.tables import DayColumn, NumberColumn, RupeesColumn, StateColumn, Table
from saiban.ui.words import percent, rupees

HEADS = [
    ("Zainab Bibi", "زینب بی بی", 6, 18.4, 5_400_000, "approved"),
    ("Rashid Ali", "راشد علی", 8, 21.0, 1_200_000, "waiting"),
    ("Nasreen Akhtar", "نسرین اختر", 5, 24.7, 0, "draft"),
    ("Muhammad Aslam", "محمد اسلم", 11, 12.9, 4_200_000, "approved"),
    ("Parveen Kausar", "پروین کوثر", 4, 33.3, 0, "refused"),
    ("Ghulam Rasool", "غلام رسول", 9, 15.2, 2_500_000, "running"),
    ("Shamim Mai", "شمیم مائی", 3, 28.0, 1_200_000, "approved"),
]


class HouseholdTable(Table):
    """A list of invented households."""

    caption = _("Invented households, for looking at")
    how_it_fills = _("Choose another state, or show all.")
    exports: ClassVar[list[str]] = ["csv", "xlsx"]
    head = django_tables2.Column(verbose_name=_("Head"))
    members = NumberColumn(verbose_name=_("Members"))
    score = NumberColumn(verbose_name=_("Score"), places=1)
    benefits = RupeesColumn(verbose_name=_("Benefits this year"))
    seen_on = DayColumn(verbose_name=_("Last seen"))
    state = StateColumn(verbose_name=_("State"))

    class Meta(Table.Meta):
        empty_text = _("No household is in this state.")


class HouseholdFilters(Filters):
    """Narrows the invented list."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(code, states.name(code)) for code in ("approved", "waiting", "draft", "refused")],
    )
    least = django_filters.NumberFilter(label=_("Members, at least"))

    @property
    def qs(self) -> Any:
        """Narrow a list as a queryset would be narrowed."""
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        wanted, least = asked.get("state"), asked.get("least") or 0
        return [row for row in rows() if (not wanted or row["state"] == wanted) and row["members"] >= least]


class VisitForm(Form):
    """A small form: words, a choice, a day, a yes."""

    place = forms.CharField(label=_("Village"), max_length=60)
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[
            ("", "—"),
            ("check", _("To check what a source says")),
            ("request", _("The household asked")),
        ],
    )
    on = forms.DateField(label=_("Day of the visit"), help_text=_("Day, month, year: 14/11/2026"))
    told = forms.BooleanField(label=_("The household knows what is asked, and why"))


def home() -> Link:
    """Return the first step of a trail."""
    return Link(_("Pieces"), reverse("ui:gallery"))


def rows() -> list[dict[str, Any]]:
    """Return the invented list."""
    urdu = get_language() == "ur"
    return [
        {
            "head": name_ur if urdu else name_en,
            "members": members,
            "score": score,
            "benefits": benefits,
            "seen_on": date(2026, 11, day),
            "state": state,
        }
        for day, (name_en, name_ur, members, score, benefits, state) in enumerate(HEADS, start=3)
    ]


def table(asked: Mapping[str, Any]) -> HouseholdTable:
    """Make the table as it is narrowed."""
    filters = HouseholdFilters(
        data=asked or None, queryset=Actor.objects.none()
    )  # asked for nothing: the list is invented
    made = HouseholdTable(filters.qs)
    made.filter = filters
    return made


def shown() -> dict[str, Any]:
    """Return what the gallery shows, apart from table and form."""
    here = reverse("ui:gallery")
    return {
        "page": _page(here),
        "banners": [Banner(_("Three answers are older than two years: check them before a new decision."))],
        "more_banners": [
            Banner(_("The list is taken along as shown: narrowed and sorted."), "note", _("Good to know")),
            Banner(_("The file was read. 19,204 rows were accepted."), "ok"),
            Banner(_("The file is not a table: it begins like a picture."), "bad", _("Nothing was read")),
        ],
        "figures": _figures(here),
        "moments": _moments(here),
        "disagreement": _disagreement(here),
        "steps": _steps(here),
        "jobs": _jobs(here),
        "states": ["draft", "waiting", "running", "done", "failed", "retired"],
        **_answers(),
        **_drawings(),
    }


def _page(here: str) -> Page:
    return Page(
        _("Household of Zainab Bibi"),
        identity=["HH-31204-0047712", _("6 members"), _("Rojhan")],
        trail=[home(), Link(_("Households"), here), Link(_("Rajanpur"))],
        actions=[
            Action(_("Correct"), here),
            Action(_("Confirm page"), reverse("ui:gallery-confirm")),
            Action(_("Record a visit"), here + "#form", main=True),
        ],
    )


def _answers() -> dict[str, Any]:
    return {
        "points": [
            ("rooms_per_person", 192, _("survey"), date(2024, 3, 2), -6.1),
            ("max_schooling_years", 5, _("school register"), date(2026, 9, 1), -3.8),
            ("electricity_units", 41, _("electricity company"), date(2026, 10, 31), -3.2),
            ("has_livestock", True, _("survey"), date(2024, 3, 2), 1.9),
        ],
        "members": [
            (_("Zainab Bibi"), 44, "head", "*****-*****21-4"),
            (_("Rashid Ali"), 19, "child", "*****-*****88-1"),
        ],
    }


def _moments(here: str) -> list[Moment]:
    reported = datetime(2026, 11, 14, 4, 40, tzinfo=UTC)
    return [
        Moment(reported, _("Excise reported: no vehicle. The score is unchanged."), here),
        Moment(date(2026, 11, 3), _("Family certificate received: 5 members. Held for a clerk.")),
        Moment(date(2026, 8, 24), _("Flood declared in Rojhan: the household stands in the high zone.")),
    ]


def _disagreement(here: str) -> Disagreement:
    sides = [
        Side(_("survey"), "6", date(2024, 3, 2), wins=True),
        Side(_("family certificate"), "5", date(2026, 11, 3)),
    ]
    return Disagreement(_("Members"), sides, Action(_("Correct"), here), _("A clerk will decide."))


def _steps(here: str) -> list[Step]:
    return [
        Step(_("Rows"), 20_112),
        Step(_("Accepted"), 20_000, _("in 3,104 households")),
        Step(_("Rejected"), 112, _("to mend and send again"), here, rejected=True),
        Step(_("Profiles changed"), 2_871),
        Step(_("Scores changed"), 1_190, _("up 702, down 488")),
    ]


def _figures(here: str) -> list[Figure]:
    fewer = [1440, 1436, 1433, 1432, 1425, 1419, 1412]
    return [
        Figure(_("Poverty score"), "18.4", _("poorest 20 % · approved scorecard 3"), here + "#score"),
        Figure(_("Benefits this year"), rupees(5_400_000), _("2 schemes, 1 conflict")),
        Figure(_("Evidence"), percent(0.71), _("of the score seen within 24 months")),
        Figure(
            _("Poor households in no scheme"),
            "1,412,380",
            _("9,204 fewer than last week"),
            "",
            fewer,
            _("falling for seven weeks"),
        ),
    ]


def _jobs(here: str) -> list[Job]:
    moved, wrong = Link(_("See what it moved"), here), _("Row 13: the date 31/02/2026 does not exist.")
    survey = Job(_("Reading survey.parquet"), 61_000, 128_500, here, seconds=21, name="job-running")
    return [
        replace(survey, step=_("checking rows")),
        Job(_("Reading vehicles.csv"), 0, None, here, "waiting", name="job-waiting"),
        Job(_("Reading bills.csv"), 4_100, 4_100, here, "done", result=moved, name="job-done"),
        Job(_("Reading list.xlsx"), 12, 900, here, "failed", error=wrong, name="job-failed"),
    ]


def _drawings() -> dict[str, Any]:
    return {
        "map": _map(),
        "bins": [
            Bin(low, low + 10, count)
            for low, count in zip(range(0, 100, 10), (4, 16, 38, 61, 74, 66, 41, 22, 9, 3), strict=True)
        ],
        "spots": [
            Spot(f"2026-{month:02d}", value)
            for month, value in enumerate((61, 63, 60, 66, 71, 69, 74), start=4)
        ],
        "parts": [
            Part(_("Younger than a year"), 412),
            Part(_("One to two years"), 218),
            Part(_("Older"), 370),
        ],
        "places": _places(),
    }


def _map() -> HexMap:
    values = {place.district: 4.0 + (place.row * 7 + place.column * 3) % 20 for place in facts.hexmap()}
    return hexmap(
        {**values, "PK601": None},
        title=_("Share of the poor in no scheme, by district (invented)"),
        value_title=_("Poor in no scheme"),
        edges=even_edges(list(values.values())),
        words=lambda value: percent(value / 100),
        url=lambda code: f"{reverse('ui:gallery')}?district={code}",
    )


def _places() -> list[Point]:
    urdu, wanted = get_language() == "ur", ("Rajanpur", "Multan", "Lahore")
    here = reverse("ui:gallery")
    return [
        Point(
            float(area.latitude),
            float(area.longitude),
            area.name_ur if urdu else area.name_en,
            f"{here}?district={area.code}",
        )
        for area in facts.areas().values()
        if area.level == "district" and area.name_en in wanted
    ]
