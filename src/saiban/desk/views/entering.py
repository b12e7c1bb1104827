"""The door: choice of duty and language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.i18n import set_language as django_set_language

from saiban.core import administration
from saiban.core.errors import NotVisible
from saiban.core.http import SaibanRequest
from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Actor
from saiban.desk.queries.logins import open_duties
from saiban.ui.components import Page


@login_required
@require_http_methods(["GET", "POST"])
def enter(request: SaibanRequest) -> HttpResponse:
    """Choose the duty to work under; a single one is entered at once."""
    actor = request.actor
    if actor.password_is_temporary:
        return redirect("account_change_password")
    if request.method == "POST":
        return _enter(request, _number(request.POST.get("duty", "")))
    duties = open_duties(actor)
    if len(duties) == 1:
        return _enter(request, duties[0].pk)
    title = _("Under which duty do you work now?") if duties else _("You have no duty here yet")
    shown = {"page": Page(title), "duties": duties, "present": actor.duty}
    return render(request, "desk/enter.html", shown, status=200 if duties else 403)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise NotVisible
    return int(text)


def _enter(request: SaibanRequest, duty_id: int) -> HttpResponse:
    """Take up the duty, and agree on the language: the one chosen on this device, else the one remembered."""
    actor = request.actor
    if actor.duty is None or actor.duty.pk != duty_id:
        duty = administration.enter_duty(actor=actor, duty_id=duty_id)
        request.session[DUTY_KEY] = duty.pk
    response = redirect("desk:today")
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _keep_language(response, actor.language)
    elif actor.language != get_language():
        administration.set_language(actor=actor, language=str(get_language()))
    return response


def _keep_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


@require_http_methods(["POST"])
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages, and remember it with the log-in."""
    response: HttpResponse = django_set_language(request)
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    language = request.POST.get("language", "")
    if actor is not None and language in dict(settings.LANGUAGES) and language != actor.language:
        administration.set_language(actor=actor, language=language)
    return response
