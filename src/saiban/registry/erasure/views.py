"""Pages of erasures: asked for, listed, looked at, decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core.errors import NotVisible
from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import get_visible, require
from saiban.data.errors import BadInput
from saiban.registry.erasure import forgetting, holds, pages, queries, services
from saiban.registry.erasure.forms import CHOICES, AskForm, DecideForm, ErasureFilters
from saiban.registry.erasure.tables import ErasureTable
from saiban.registry.errors import Erased
from saiban.registry.models import Erasure, Household, Person
from saiban.ui import tables
from saiban.ui.components import Page
from saiban.ui.forms import Form


@duty_required
@require_http_methods(["GET", "POST"])
def erase_household(request: SaibanRequest, household_id: int) -> HttpResponse:
    """Ask for the erasure of a household with all who live there."""
    require(request.actor, "registry.erasure.request")
    rows = Household.objects.defer("village", "address", "latitude", "longitude")
    row = get_visible(rows, actor=request.actor, pk=household_id)
    return _ask(request, Erasure(household=row), back=reverse("registry:household", args=[row.pk]))


@duty_required
@require_http_methods(["GET", "POST"])
def erase_person(request: SaibanRequest, person_id: int) -> HttpResponse:
    """Ask for the erasure of one person."""
    require(request.actor, "registry.erasure.request")
    person = get_visible(Person.objects.all(), actor=request.actor, pk=person_id)
    lives = person.memberships.filter(during__upper_inf=True, cancelled=False).select_related("household")
    home = lives.first()
    if home is None:
        raise NotVisible
    back = reverse("registry:person", args=[person.pk])
    return _ask(request, Erasure(household=home.household, person=person), back=back)


def _ask(request: SaibanRequest, wanted: Erasure, *, back: str) -> HttpResponse:
    if (wanted.person or wanted.household).erased_at is not None:
        raise Erased
    queries.keep_asked(actor=request.actor, wanted=wanted)
    form = AskForm(request.POST or None)
    if form.is_valid():
        whose = {"person_id": wanted.person_id} if wanted.person_id else {"household_id": wanted.household_id}
        asked = _tried(form, services.request_erasure, actor=request.actor, **whose, **form.cleaned_data)
        if asked is not None:
            messages.success(request, _("Asked for. Another person decides."))
            return redirect("registry:erasure", asked.pk)
    whom = forgetting.meant(wanted)
    context = {
        "page": pages.ask_page(wanted.household, wanted.person),
        "banner": pages.against(holds.against(whom.households, whom.persons)),
        "consequences": pages.consequences(whom.people, of_person=wanted.person_id is not None),
        "confirm": _("Ask for erasure"),
        "cancel_url": back,
        "dangerous": True,
        "form": form,
    }
    return render(request, "registry/erase.html", context, status=422 if form.errors else 200)


@duty_required
@require_GET
def erasures(request: SaibanRequest) -> HttpResponse:
    """List erasures; narrow and sort."""
    actor = request.actor
    require(actor, "registry.erasure.view")
    filters = ErasureFilters(request.GET, queryset=queries.erasures(actor=actor))
    table = tables.arrange(request, ErasureTable(filters.qs))
    table.filter = filters
    asked = "&".join(
        f"{name}={request.GET[name][:40]}" for name in ("state", "basis") if request.GET.get(name)
    )
    queries.keep_list(actor=actor, rows=[row.record for row in table.page], query=asked)
    context = {"page": Page(_("Erasures")), "table": table, "waiting": queries.waiting(actor)}
    return render(request, "registry/erasures.html", context)


@duty_required
@require_http_methods(["GET", "POST"])
def erasure(request: SaibanRequest, erasure_id: int) -> HttpResponse:
    """Show one erasure, and decide on it."""
    actor = request.actor
    shown = queries.erasure_page(actor=actor, erasure_id=erasure_id)
    row, form = shown.erasure, None
    if row.state in CHOICES and actor.may("registry.erasure.decide"):
        is_own = row.requested_by_id == actor.pk
        form = DecideForm(request.POST or None, state=row.state, is_own=is_own)
    elif request.method == "POST":
        require(actor, "registry.erasure.decide")
    if form is not None and form.is_valid():
        done = _tried(form, services.decide_erasure, actor=actor, erasure_id=row.pk, **form.cleaned_data)
        if done is not None:
            messages.success(request, _("Decided. The reason is kept."))
            return redirect("registry:erasure", row.pk)
    context = pages.erasure(actor, shown) | {"form": form, "cancel_url": reverse("registry:erasures")}
    is_bad = form is not None and bool(form.errors)
    return render(request, "registry/erasure.html", context, status=422 if is_bad else 200)


def _tried(form: Form, service: Any, **given: Any) -> Erasure | None:
    """Do it; None where the reason has to be mended, which the form then says at its field."""
    try:
        done: Erasure = service(**given)
    except BadInput as error:
        words = {"message": error.message, "expected": error.expected}
        form.add_error("reason", _("%(message)s Expected: %(expected)s.") % words)
        return None
    return done
