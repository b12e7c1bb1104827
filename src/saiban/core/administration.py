"""Log-ins and duties: who may work here, as what, where, from when until when.

Who administers sees and manages the log-ins whose duties all lie in the area of the own duty, and those that
never had one: they are given their first. What has ended no longer counts once another duty holds or is to
come (``ActorManager.visible_to``). Duties are given within the own area only.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, outbox
from saiban.core.errors import NotVisible, ReasonMissing, Refused
from saiban.core.models import Actor, ActorKind, Agency, Area, Audit, Duty, Role
from saiban.core.services import get_visible, service

R = TypeVar("R")
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread when it is written down or read aloud
GROUPS, GROUP = 4, 4
GIVEN_ROLES = [role for role in Role if role != Role.SYSTEM]


def own_affair(action: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Make a function a write that all may do for themselves, without a duty: one transaction, audited.

    The act is the outermost transaction: a refusal is written once that is undone, so nothing may wrap it.
    """

    def decorate(function: Callable[..., R]) -> Callable[..., R]:
        @wraps(function)
        def door(*, actor: Actor, **kwargs: Any) -> R:
            with audit.act(Audit.Kind.WRITE, action, actor):
                return function(actor=actor, **kwargs)

        return door

    return decorate


@own_affair("core.duty.enter")
def enter_duty(*, actor: Actor, duty_id: int) -> Duty:
    """Begin to work under one of one's own open duties. Raises: NotVisible (404)."""
    open_today = Duty.objects.open_on(timezone.localdate()).select_related("area", "agency")
    duty = open_today.filter(actor=actor, pk=duty_id).first()
    if duty is None:
        raise NotVisible
    actor.under(duty)
    audit.note(subject=duty)
    return duty


@own_affair("core.actor.set_language")
def set_language(*, actor: Actor, language: str) -> Actor:
    """Remember the language in which one reads. Raises: Refused for one that the pages do not have."""
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("The pages are in English and Urdu."))
    actor.language = language
    actor.save(update_fields=["language"])
    audit.note(subject=actor, language=language)
    return actor


@own_affair("core.actor.change_password")
def change_password(*, actor: Actor, password: str) -> Actor:
    """Set one's own password, which the caller has checked against the validators."""
    actor.set_password(password)
    actor.password_is_temporary = False
    actor.save(update_fields=["password", "password_is_temporary"])
    audit.note(subject=actor)
    return actor


@service("core.actor.create")
def create_actor(
    *, actor: Actor, username: str, name_en: str, name_ur: str, language: str = "en"
) -> tuple[Actor, str]:
    """Open a log-in for a person and return it with its one-time password, which is kept nowhere.

    Raises: Refused for a name that is taken or cannot be a log-in's.
    """
    password = one_time_password()
    made = Actor(
        username=username.strip().lower(),
        name_en=name_en.strip(),
        name_ur=name_ur.strip(),
        language=language,
        password=make_password(password),
        password_is_temporary=True,
    )
    try:
        made.full_clean()
    except ValidationError as error:
        raise Refused("; ".join(error.messages)) from error
    made.save()
    audit.note(subject=made)
    return made, password


@service("core.actor.deactivate")
def deactivate_actor(*, actor: Actor, actor_id: int, reason: str) -> Actor:
    """Close a log-in; what the person did stays, under the name. Its sessions end with the next page.

    Raises: NotVisible (404), ReasonMissing (422), Refused for oneself and for the last administrator (409).
    """
    closed = _person(actor, actor_id)
    _needs(reason)
    if closed.pk == actor.pk:
        raise Refused(_("Nobody can close their own log-in: another administrator has to do it."))
    _leave_an_administrator(without_actor=closed.pk)
    closed.is_active = False
    closed.save(update_fields=["is_active"])
    audit.note(subject=closed, reason=reason)
    return closed


@service("core.actor.activate")
def activate_actor(*, actor: Actor, actor_id: int, reason: str) -> Actor:
    """Open a closed log-in again, with the duties that it still has.

    Raises: NotVisible (404), ReasonMissing (422).
    """
    opened = _person(actor, actor_id)
    _needs(reason)
    opened.is_active = True
    opened.save(update_fields=["is_active"])
    audit.note(subject=opened, reason=reason)
    return opened


@service("core.actor.reset_password")
def reset_password(*, actor: Actor, actor_id: int, reason: str) -> str:
    """Give a log-in a one-time password and return it; the old one, and the sessions opened with it, end.

    Raises: NotVisible (404), ReasonMissing (422), Refused for oneself: that is what changing it is for (409).
    """
    theirs = _person(actor, actor_id)
    _needs(reason)
    if theirs.pk == actor.pk:
        raise Refused(_("Change your own password on the page for it; another's is reset here."))
    password = one_time_password()
    theirs.set_password(password)
    theirs.password_is_temporary = True
    theirs.save(update_fields=["password", "password_is_temporary"])
    audit.note(subject=theirs, reason=reason)
    return password


@service("core.duty.give")
def give_duty(
    *,
    actor: Actor,
    actor_id: int,
    role: str,
    area_id: int,
    agency_id: int,
    purpose: str,
    starts_on: date,
    ends_on: date | None = None,
) -> Duty:
    """Give someone a duty within one's own area. ``ends_on`` is the first day on which it no longer holds.

    Raises: NotVisible (404) for a person or area out of sight; Refused for oneself, a role that is not given,
    days out of order, or a duty that the person has already (409).
    """
    theirs = _person(actor, actor_id)
    area = get_visible(Area.objects.all(), actor=actor, pk=area_id)
    _check_duty(actor, theirs, role, area, starts_on, ends_on)
    agency = Agency.objects.filter(pk=agency_id).first()
    if agency is None:
        raise NotVisible
    duty = Duty.objects.create(
        actor=theirs,
        role=role,
        area=area,
        agency=agency,
        purpose=purpose.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    audit.note(subject=duty, actor_id=theirs.pk, role=role, area=area.code)
    outbox.announce("core.duty.given", key=f"duty:{duty.pk}:given", duty_id=duty.pk)
    return duty


@service("core.duty.end")
def end_duty(*, actor: Actor, duty_id: int, reason: str) -> Duty:
    """End a duty today, or before it begins; who works under it can no longer do so with the next page.

    Raises: NotVisible (404), ReasonMissing (422), Refused for one that has ended, and for the last
    administrator's (409).
    """
    # duties of jobs of the system are not administered here
    duties = Duty.objects.select_for_update(of=("self",)).filter(actor__kind=ActorKind.PERSON)
    duty = get_visible(duties, actor=actor, pk=duty_id)
    _needs(reason)
    today = timezone.localdate()
    if duty.ends_on and duty.ends_on <= today:
        raise Refused(_("This duty has ended already."))
    _leave_an_administrator(without_duty=duty.pk)
    audit.note(subject=duty, reason=reason, actor_id=duty.actor_id, role=duty.role)
    duty.ends_on = max(today, duty.starts_on)  # one that has not begun then holds on no day
    duty.save(update_fields=["ends_on"])
    outbox.announce("core.duty.ended", key=f"duty:{duty.pk}:ended", duty_id=duty.pk)
    return duty


def one_time_password() -> str:
    """Draw a password of four groups of four (79 bits), easy to read aloud."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def _person(actor: Actor, actor_id: int) -> Actor:
    """Return the person whose log-in is administered, locked; jobs of the system have none."""
    people = Actor.objects.visible_to(actor).select_for_update(of=("self",)).filter(kind=ActorKind.PERSON)
    theirs = people.filter(pk=actor_id).first() if actor.may("core.actor.view") else None
    if theirs is None:
        raise NotVisible(subject=("core.actor", actor_id))
    return theirs


def _needs(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _check_duty(
    actor: Actor, theirs: Actor, role: str, area: Area, starts_on: date, ends_on: date | None
) -> None:
    if theirs.pk == actor.pk:
        raise Refused(_("Nobody can give themselves a duty: another administrator has to do it."))
    if role not in GIVEN_ROLES:
        raise Refused(_("This role is not given to people."))
    if ends_on and ends_on <= starts_on:
        raise Refused(_("The duty has to end after the day on which it begins."))
    same = Duty.objects.filter(actor=theirs, role=role, area=area).exclude(ends_on__lte=starts_on)
    if same.exists():
        raise Refused(_("This person has this duty already. End it first, if its days or purpose change."))


def _leave_an_administrator(*, without_actor: int = 0, without_duty: int = 0) -> None:
    """Refuse what would leave nobody who can administer; two such steps at once wait for each other."""
    administering = (
        Duty.objects.select_for_update(of=("self",))
        .open_on(timezone.localdate())
        .filter(role=Role.ADMINISTRATOR, actor__is_active=True)
    )
    remaining = [one for one in administering if one.actor_id != without_actor and one.pk != without_duty]
    if administering and not remaining:
        raise Refused(_("This is the last administrator. Give the duty to another person first."))
