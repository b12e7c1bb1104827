"""Search: one box, and a longer form. What is looked for goes by POST only: it is in no address and in no
log."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor
from saiban.desk.forms import PeopleForm, SearchForm
from saiban.registry.queries import Found, Hit, Narrowed
from saiban.registry.queries import search as look_for
from saiban.ui import words
from saiban.ui.components import Page

LEAST_LETTERS = 2
HOW: dict[str, str | Promise] = {
    "number": gettext_lazy("By number"),
    "code": gettext_lazy("By household code"),
    "written": gettext_lazy("Written so"),
    "sounds": gettext_lazy("Sounds alike"),
    "slip": gettext_lazy("Perhaps meant"),
}
WHERE: dict[str, str | Promise] = {
    "n": gettext_lazy("name"),
    "f": gettext_lazy("father's or husband's name"),
    "v": gettext_lazy("place"),
}


@dataclass(frozen=True)
class Line:
    """A hit as it is shown; ``where`` says what fitted besides the name."""

    hit: Hit
    where: list[str | Promise]


@dataclass(frozen=True)
class Group:
    """Hits that were found in one way, best first."""

    title: str | Promise
    name: str
    lines: list[Line]


@never_cache
@duty_required
@require_http_methods(["GET", "POST"])
def search(request: SaibanRequest) -> HttpResponse:
    """Show the forms; by POST, what fits. The registry keeps how one looked and what was found."""
    is_long = "name" in request.POST
    people = PeopleForm(request.POST if is_long else None, actor=request.actor)
    form = SearchForm(request.POST if request.POST and not is_long else None)
    found = _found(request.actor, form, people)
    if found and found.kind != "name":
        form = SearchForm()  # a number is not shown again
    shown = {
        "page": Page(_("Search"), identity=_result(found) if found else ""),
        "form": form,
        "people": people,
        "is_long": is_long,
        "found": found,
        "groups": _groups(found) if found else [],
        "hint": _hint(request.actor, found) if found else "",
        "sees_people": request.actor.may("registry.household.list"),
        "sees_places": request.actor.sees("personal"),
    }
    return render(request, "desk/search.html", shown, status=422 if form.errors or people.errors else 200)


def _found(actor: Actor, form: SearchForm, people: PeopleForm) -> Found | None:
    if people.is_bound and people.is_valid():
        asked = people.cleaned_data
        narrowed = Narrowed(
            own=asked["name"], father=asked["father"], village=asked["village"],
            area=asked["area"], sex=asked["sex"], age=asked["age"],
        )  # fmt: skip
        return look_for(actor=actor, narrowed=narrowed)
    if form.is_bound and form.is_valid():
        return look_for(actor=actor, text=form.cleaned_data["q"])
    return None


def _groups(found: Found) -> list[Group]:
    return [
        Group(
            HOW[how],
            how,
            [Line(hit, [WHERE[one] for one in hit.fields if hit.fields != "n"]) for hit in hits],
        )
        for how, hits in groupby(found.hits, key=lambda hit: hit.how)
    ]


def _result(found: Found) -> str:
    count = len(found.hits)
    said = {"shown": found.looked_for, "count": words.number(count)}
    if found.is_full:
        return _("“%(shown)s”: the best %(count)s are shown, there are more") % said
    return ngettext("“%(shown)s”: %(count)s found", "“%(shown)s”: %(count)s found", count) % said


def _hint(actor: Actor, found: Found) -> str:
    """Say why nothing is found, and what to try."""
    if found.kind == "name" and not actor.sees("personal"):
        return _("Your duty does not show names. Look for a household code instead.")
    if found.kind == "name" and len(found.looked_for) < LEAST_LETTERS:
        return _("This is too short to look for. Type more of the name.")
    return _("Nothing in your area fits. Check what you typed; what lies outside your area is not found.")
