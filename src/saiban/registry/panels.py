"""What the registry shows on the pages of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from saiban.core.models import Actor
from saiban.intake.models import Source
from saiban.registry.knowledge import queries
from saiban.registry.knowledge.pages import Line
from saiban.ui.slots import Panel
from saiban.ui.words import field_label


def what_holds(actor: Actor, source_ids: Sequence[int]) -> dict[str, Any] | None:
    """Fields in which the words of a source hold today (3 queries)."""
    source = Source.objects.filter(pk__in=source_ids).first()
    found = queries.of_source(actor, source.code) if source is not None else []
    if not found:
        return None
    lines = [
        Line(field_label(field, level), known, reverse("registry:field", args=[level, field]))
        for level, field, known in found
    ]
    return {"lines": lines}


PANELS = [
    Panel(
        "intake.source.main",
        "holds",
        "registry.knowledge.view",
        what_holds,
        "registry/source_holds.html",
        order=50,
    ),
]
