"""The request that our views take, and the two guards before them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from saiban.core.models import Actor


class SaibanRequest(HttpRequest):
    """A request of someone who is logged in and works under a duty."""

    actor: Actor
    htmx: Any


View = Callable[..., HttpResponse]


def duty_required(view: View) -> View:
    """Let in who is logged in and has chosen a duty; others are led to where they do that."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.duty is None:  # type: ignore[attr-defined]
            return redirect("desk:enter")
        return view(request, *args, **kwargs)

    return guarded
