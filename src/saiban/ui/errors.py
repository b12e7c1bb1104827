"""Refusals that no service makes: a page that does not exist, a form that is too old, a fault of ours."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy as _

from saiban.core import unavailable
from saiban.core.errors import NotAllowed, NotVisible, Refused


class BadRequest(Refused):
    """The request cannot be read."""

    code = "ui.bad_request"
    status = 400
    title = _("This could not be read")
    sentence = _(
        "Your browser sent something that we do not understand. Go back, reload the page, and try again."
    )


class FormTooOld(Refused):
    """The form's token does not fit: it was open for too long, or cookies are switched off."""

    code = "ui.form_too_old"
    status = 403
    title = _("The form was open for too long")
    sentence = _(
        "Go back, reload the page, and send it again. "
        "If this happens each time, let your browser keep cookies."
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return _refusal(request, BadRequest())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return _refusal(request, NotAllowed())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    return _refusal(request, NotVisible())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not fit; the reason is for the log only."""
    return _refusal(request, FormTooOld())


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, with a template that asks nothing of the database; 503 where that is what failed."""
    if answer := unavailable.page(request, sys.exception()):
        return answer
    return HttpResponse(loader.get_template("ui/500.html").render({}), status=500)


def _refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    return render(request, "ui/refused.html", {"refused": refused}, status=refused.status)
