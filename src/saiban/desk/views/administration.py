"""Administration: log-ins and duties, and how the work behind the pages goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from saiban.core import administration
from saiban.core.errors import NotVisible, Refused
from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor, Duty
from saiban.core.services import get_visible, require
from saiban.desk.adapter import forget_wrong_passwords
from saiban.desk.forms import DutyForm, LogInForm
from saiban.desk.queries import logins, trail, work
from saiban.desk.tables import PeopleTable
from saiban.ui import tables
from saiban.ui.components import Action, Link, Page
from saiban.ui.confirming import confirmed
from saiban.ui.forms import Form


def _home() -> Link:
    return Link(_("Administration"), reverse("desk:administration"))


def _person(request: SaibanRequest, actor_id: int) -> Actor:
    """Return the person whom the page is about. Raises: NotAllowed (403), NotVisible (404)."""
    require(request.actor, "core.actor.view")
    person = logins.people(actor=request.actor).filter(pk=actor_id).first()
    if person is None:
        raise NotVisible
    return person


@duty_required
@require_GET
def index(request: SaibanRequest) -> HttpResponse:
    """List the log-ins, and say how the work behind the pages goes."""
    require(request.actor, "core.actor.view")
    may_open = request.actor.may("core.actor.create")
    actions = [Action(_("Open a log-in"), reverse("desk:actor-new"), main=True)] if may_open else []
    shown = {
        "page": Page(_("Administration"), actions=actions),
        "table": tables.arrange(request, PeopleTable(logins.people(actor=request.actor))),
        "outbox": work.outbox_state(),
        "failed": work.failed_announcements(),
        "runs": work.runs(),
        "chain": trail.chain_state(),
    }
    return render(request, "desk/administration.html", shown)


@duty_required
@require_GET
def actor(request: SaibanRequest, actor_id: int) -> HttpResponse:
    """Show one log-in with its duties."""
    person = _person(request, actor_id)
    page = Page(
        person.display_name,
        identity=[person.username, _("open") if person.is_active else _("closed")],
        trail=[_home()],
        actions=_actions(request.actor, person),
    )
    shown = {"page": page, "person": person, "lines": logins.duties_of(person)}
    shown["may_end"] = request.actor.may("core.duty.end")
    return render(request, "desk/actor.html", shown)


def _actions(actor: Actor, person: Actor) -> list[Action]:
    """What may be done with a log-in: nobody administers their own."""
    if actor.pk == person.pk:
        return []
    close, again = _("Close the log-in"), _("Open the log-in again")
    offered = [
        ("core.actor.deactivate", close) if person.is_active else ("core.actor.activate", again),
        ("core.actor.reset_password", _("One-time password")),
        ("core.duty.give", _("Give a duty")),
    ]
    names = {
        "core.actor.deactivate": "desk:actor-deactivate",
        "core.actor.activate": "desk:actor-activate",
        "core.actor.reset_password": "desk:actor-reset-password",
        "core.duty.give": "desk:duty-give",
    }
    allowed = [(permission, label) for permission, label in offered if actor.may(permission)]
    return [
        Action(label, reverse(names[permission], args=[person.pk]), main=permission == "core.duty.give")
        for permission, label in allowed
    ]


@never_cache
@duty_required
@require_http_methods(["GET", "POST"])
def actor_new(request: SaibanRequest) -> HttpResponse:
    """Open a log-in; its one-time password is shown once, on the answer to the form."""
    require(request.actor, "core.actor.create")
    form = LogInForm(request.POST or None)
    if form.is_valid():
        try:
            made, password = administration.create_actor(actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error("username", str(refused.sentence))
        else:
            return _show_password(request, made, password)
    page = Page(_("Open a log-in"), trail=[_home()])
    shown = {"page": page, "form": form, "button": _("Open"), "cancel_url": reverse("desk:administration")}
    return render(request, "desk/form.html", shown, status=422 if form.errors else 200)


def _show_password(request: SaibanRequest, person: Actor, password: str) -> HttpResponse:
    page = Page(_("One-time password"), identity=[person.display_name, person.username], trail=[_home()])
    return render(request, "desk/password.html", {"page": page, "person": person, "password": password})


@duty_required
@require_http_methods(["GET", "POST"])
def duty_give(request: SaibanRequest, actor_id: int) -> HttpResponse:
    """Give a person a duty."""
    require(request.actor, "core.duty.give")
    person = _person(request, actor_id)
    form = DutyForm(request.POST or None, actor=request.actor)
    if form.is_valid() and _give(request.actor, person, form):
        messages.success(request, _("The duty is given, and the person is told."))
        return redirect("desk:actor", person.pk)
    back = reverse("desk:actor", args=[person.pk])
    page = Page(_("Give a duty"), trail=[_home(), Link(person.display_name, back)])
    shown = {"page": page, "form": form, "button": _("Give the duty"), "cancel_url": back}
    return render(request, "desk/form.html", shown, status=422 if form.errors else 200)


def _give(actor: Actor, person: Actor, form: Form) -> bool:
    """Ask the service; what it refuses is said on the form."""
    given = dict(form.cleaned_data)
    area, agency = given.pop("area"), given.pop("agency")
    try:
        administration.give_duty(
            actor=actor, actor_id=person.pk, area_id=area.pk, agency_id=agency.pk, **given
        )
    except Refused as refused:
        form.add_error(None, ValidationError(str(refused.sentence)))
        return False
    return True


@duty_required
@require_http_methods(["GET", "POST"])
def duty_end(request: SaibanRequest, duty_id: int) -> HttpResponse:
    """Ask, then end a duty."""
    require(request.actor, "core.duty.end")
    duty = get_visible(Duty.objects.select_related("actor", "area"), actor=request.actor, pk=duty_id)
    person = duty.actor

    def end(reason: str) -> HttpResponse:
        administration.end_duty(actor=request.actor, duty_id=duty.pk, reason=reason)
        messages.success(request, _("The duty has ended, and the person is told."))
        return redirect("desk:actor", person.pk)

    words = {"name": person.display_name, "duty": duty.label}
    return _confirm(
        request,
        person,
        title=_("End this duty?"),
        consequences=[
            _("%(name)s can no longer work as %(duty)s, from the next page on.") % words,
            _("What was done under this duty stays on record."),
        ],
        confirm=_("End the duty"),
        then=end,
    )


@duty_required
@require_http_methods(["GET", "POST"])
def actor_deactivate(request: SaibanRequest, actor_id: int) -> HttpResponse:
    """Ask, then close a log-in."""
    require(request.actor, "core.actor.deactivate")
    person = _person(request, actor_id)

    def close(reason: str) -> HttpResponse:
        administration.deactivate_actor(actor=request.actor, actor_id=person.pk, reason=reason)
        messages.success(request, _("The log-in is closed."))
        return redirect("desk:actor", person.pk)

    name = {"name": person.display_name}
    return _confirm(
        request,
        person,
        title=_("Close this log-in?"),
        consequences=[
            _("%(name)s is logged out with the next page, and can no longer log in.") % name,
            _("Work so far stays, under this name. The log-in can be opened again."),
        ],
        confirm=_("Close the log-in"),
        then=close,
    )


@duty_required
@require_http_methods(["GET", "POST"])
def actor_activate(request: SaibanRequest, actor_id: int) -> HttpResponse:
    """Ask, then open a closed log-in again."""
    require(request.actor, "core.actor.activate")
    person = _person(request, actor_id)

    def open_again(reason: str) -> HttpResponse:
        administration.activate_actor(actor=request.actor, actor_id=person.pk, reason=reason)
        messages.success(request, _("The log-in is open again."))
        return redirect("desk:actor", person.pk)

    name = {"name": person.display_name}
    return _confirm(
        request,
        person,
        title=_("Open this log-in again?"),
        consequences=[
            _("%(name)s can log in again, with the old password and the duties that still hold.") % name
        ],
        confirm=_("Open the log-in"),
        then=open_again,
        dangerous=False,
    )


@never_cache
@duty_required
@require_http_methods(["GET", "POST"])
def actor_reset_password(request: SaibanRequest, actor_id: int) -> HttpResponse:
    """Ask, then give a one-time password, which is shown once."""
    require(request.actor, "core.actor.reset_password")
    person = _person(request, actor_id)

    def reset(reason: str) -> HttpResponse:
        password = administration.reset_password(actor=request.actor, actor_id=person.pk, reason=reason)
        forget_wrong_passwords(request, person)
        return _show_password(request, person, password)

    name = {"name": person.display_name}
    return _confirm(
        request,
        person,
        title=_("Give a one-time password?"),
        consequences=[
            _("The old password of %(name)s ends, and so do all sessions that were opened with it.") % name,
            _("The new password is shown once. The person has to replace it at the next log-in."),
        ],
        confirm=_("Give a one-time password"),
        then=reset,
    )


def _confirm(
    request: SaibanRequest,
    person: Actor,
    *,
    title: str,
    consequences: Sequence[str],
    confirm: str,
    then: Callable[[str], HttpResponse],
    dangerous: bool = True,
) -> HttpResponse:
    """Ask before a step on a log-in; it leads back to the page of the person."""
    back = reverse("desk:actor", args=[person.pk])
    return confirmed(
        request,
        page=Page(title, trail=[_home(), Link(person.display_name, back)]),
        consequences=consequences,
        confirm=confirm,
        back=back,
        then=then,
        dangerous=dangerous,
    )
