"""The page before a step that matters: what will happen to whom, why, and a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saiban.ui.components import Page, Words
from saiban.ui.forms import Form, ReasonForm


def confirmed(
    request: HttpRequest,
    *,
    page: Page,
    consequences: Sequence[Words],
    confirm: Words,
    back: str,
    then: Callable[..., HttpResponse],
    form: type[Form] | Form | None = ReasonForm,
    dangerous: bool = True,
) -> HttpResponse:
    """Show what will happen and ask what the form asks (a reason, if nothing else is said); once it is
    given, do it.

    ``then`` takes what the form found by its names; ``confirm`` is the button, ``back`` the address of who
    leaves it as it is. A refusal of ``then`` becomes a page by the middleware.
    """
    asked = form(request.POST if request.method == "POST" else None) if isinstance(form, type) else form
    if request.method == "POST" and (asked is None or asked.is_valid()):
        return then(**(asked.cleaned_data if asked else {}))
    shown: dict[str, Any] = {
        "page": page,
        "consequences": consequences,
        "form": asked,
        "confirm": confirm,
        "cancel_url": back,
        "dangerous": dangerous,
    }
    return render(
        request, "ui/confirm.html", shown, status=422 if asked is not None and asked.errors else 200
    )
