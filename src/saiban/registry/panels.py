"""What the registry shows on the pages of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from saiban.core.models import Actor
from saiban.intake.models import Source
from saiban.registry.findings import queries as findings
from saiban.registry.knowledge import queries
from saiban.registry.knowledge.pages import Line
from saiban.registry.models import Finding
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


def what_a_survey_found(actor: Actor, batch_ids: Sequence[int]) -> dict[str, Any] | None:
    """What a batch found of households that were known before; None for a first survey (1 query)."""
    counts = findings.counts_of(actor=actor, batch_id=batch_ids[0]) if batch_ids else {}
    if not counts:
        return None
    address = reverse("registry:findings")
    lines = [
        (Finding.Kind(kind), counts.get(kind, 0), f"{address}?batch={batch_ids[0]}&kind={kind}")
        for kind in Finding.Kind.values
    ]
    return {"lines": lines}


PANELS = [
    Panel(
        "intake.batch.moved",
        "findings",
        "registry.finding.list",
        what_a_survey_found,
        "registry/found_by_batch.html",
        order=5,
    ),
    Panel(
        "intake.source.main",
        "holds",
        "registry.knowledge.view",
        what_holds,
        "registry/source_holds.html",
        order=50,
    ),
]
