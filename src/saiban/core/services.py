"""The two doors: ``@service`` for a write, ``@look`` for a read of people."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models

from saiban.core import audit
from saiban.core.errors import NotAllowed, NotVisible
from saiban.core.models import Actor, Audit

R = TypeVar("R")
M = TypeVar("M", bound=models.Model)

SERVICES: dict[str, Callable[..., Any]] = {}
LOOKS: dict[str, Callable[..., Any]] = {}


def service(permission: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Make a function a write: one transaction, permission asked, audited; all of it or nothing.

    ``permission`` is dotted and permanent: it is the audit's name of the act too. The function takes
    keywords only,
    ``actor`` among them. Raises: NotAllowed (403) before anything else.
    """

    def decorate(function: Callable[..., R]) -> Callable[..., R]:
        @functools.wraps(function)
        def door(*, actor: Actor, **kwargs: Any) -> R:
            with audit.act(Audit.Kind.WRITE, permission, actor):
                require(actor, permission)
                return function(actor=actor, **kwargs)

        SERVICES[permission] = door
        return door

    return decorate


def look(permission: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Make a function a read of people that is kept: permission asked, one audit row once the rows are
    fetched.
    """

    def decorate(function: Callable[..., R]) -> Callable[..., R]:
        @functools.wraps(function)
        def door(*, actor: Actor, **kwargs: Any) -> R:
            with audit.act(Audit.Kind.LOOK, permission, actor):
                require(actor, permission)
                return function(actor=actor, **kwargs)

        LOOKS[permission] = door
        return door

    return decorate


def require(actor: Actor, permission: str) -> None:
    """Refuse who may not. Raises: NotAllowed (403)."""
    if not actor.may(permission):
        raise NotAllowed


def get_visible(rows: models.QuerySet[M], *, actor: Actor, **lookup: Any) -> M:
    """Return the one row of ``rows`` that the actor may see. Raises: NotVisible (404).

    ``rows`` is cut to what the actor sees by its model's ``visible_to``; pass a locked queryset to lock the
    row.
    """
    row: M | None = rows.visible_to(actor).filter(**lookup).first()  # type: ignore[attr-defined]
    if row is None:
        asked = lookup.get("pk")
        raise NotVisible(subject=(rows.model._meta.label_lower, asked) if isinstance(asked, int) else None)
    return row
