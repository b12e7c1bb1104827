"""What the frame of every page knows: the navigation, who acts, the languages, where the links of the bar
lead.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from saiban.ui import navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``frame`` is made when a template first looks at it, so fragments cost nothing."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "actor": actor,
        "sections": navigation.for_actor(actor, request.path) if actor and actor.duty else [],
        "language": language,
        "other_languages": [get_language_info(code) for code, _ in settings.LANGUAGES if code != language],
        "path": request.get_full_path() if request.method == "GET" else request.path,
        "home": address("desk:today", "/"),
        "search": address("desk:search"),
        "duty": address("desk:enter"),
        "password": address("account_change_password"),
        "log_out": address("account_logout"),
        "set_language": address("set_language"),
    }


def address(name: str, otherwise: str = "") -> str:
    """Return the URL of a page that this composition may leave out; a link to it is then not drawn."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return otherwise
