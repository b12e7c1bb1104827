"""Who acts in this request, under which duty; and refusals as pages."""

from __future__ import annotations

from collections.abc import Callable

from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from saiban.core import unavailable
from saiban.core.errors import Refused
from saiban.core.models import Actor, Duty

DUTY_KEY = "duty"
Response = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Put ``request.actor``: the person who is logged in, under the duty chosen for this session.

    Without an open duty of its own the actor may nothing; a duty that ended while someone worked ends at
    once. No browser keeps what they saw: who comes to the device next could go back to it.
    """

    def __init__(self, get_response: Response) -> None:
        """Keep the next in line."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            actor = self._actor(request)
        except DatabaseFault as error:
            if answer := unavailable.page(request, error):
                return answer
            raise
        request.actor = actor  # type: ignore[attr-defined]
        response = self.get_response(request)
        if actor is not None:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def _actor(self, request: HttpRequest) -> Actor | None:
        if not isinstance(request.user, Actor):
            return None
        duty = (
            Duty.objects.open_on(timezone.localdate())
            .filter(pk=request.session.get(DUTY_KEY, 0), actor=request.user)
            .select_related("area", "agency")
            .first()
        )
        return request.user.under(duty) if duty else request.user


class RefusalMiddleware:
    """Turn what a service refused into a page with its status, its sentence and a way on; so, too, a database
    that is away or was too slow.
    """

    def __init__(self, get_response: Response) -> None:
        """Keep the next in line."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal or an absent database; anything else goes its usual way."""
        if not isinstance(exception, Refused):
            return unavailable.page(request, exception)
        return render(request, "ui/refused.html", {"refused": exception}, status=exception.status)
