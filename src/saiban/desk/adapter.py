# mypy: disable-error-code="misc"
# (allauth has no types: its classes are Any to mypy)
"""Log-in only: nobody signs up alone, the administrator opens log-ins; and what is said at the door."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from saiban.core import audit
from saiban.core.models import Actor

LOG_IN = "core.actor.log_in"


def forget_wrong_passwords(request: HttpRequest, actor: Actor) -> None:
    """Let a log-in be tried at once: with its new password the wrong ones no longer count. Those that came
    from one device still do, whoever was tried there.
    """
    key = get_adapter()._get_login_attempts_cache_key(request, username=actor.username)
    by_name = [rate for rate in settings.ACCOUNT_RATE_LIMITS["login_failed"].split(",") if "/key" in rate]
    limits = {"login_failed": ",".join(by_name)}
    ratelimit.clear(request, app="allauth.account", action="login_failed", config=limits, key=key)


class ClosedDoorAdapter(DefaultAccountAdapter):
    """Log-in only, in our own words; failed tries at an existing log-in are on record."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The log-in name and the password do not fit together."),
        "too_many_login_attempts": _(
            "Too many wrong passwords. Wait five minutes, then try again, "
            "or ask the administrator for a new one."
        ),
        "enter_current_password": _("This is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows says it."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep that someone tried a log-in with a wrong password."""
        actor = Actor.objects.filter(username=credentials.get("username", "")).first()
        if actor is not None:
            audit.refused(LOG_IN, actor)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say that the log-in is closed, and whom to ask."""
        return render(request, "account/inactive.html", status=403)
