"""What became of a batch: rooms downstream report back, part by part and change set by change set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models.functions import Now

from saiban.core import audit, outbox
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.intake.models import Batch, Part, Reported
from saiban.intake.transitions import BATCH_MOVES, PART_MOVES, BatchState, PartState

Counts = Mapping[str, Any]


@service("intake.part.mark_applied")
def mark_part_applied(*, actor: Actor, part_id: int, outcome: Mapping[str, Counts]) -> Batch:
    """Note that the registry has taken a part over, with the counts of its steps; with the last part the
    batch is applied, and announced.

    Raises: NotVisible (404), IllegalMove (409).
    """
    number = Part.objects.values_list("batch_id", flat=True).get(pk=part_id)
    batch = locked(actor, number)
    part = Part.objects.select_for_update().get(pk=part_id)
    PART_MOVES.move(part, to=PartState.APPLIED, actor=actor)
    part.applied_at = Now()
    part.save(update_fields=["state", "applied_at"])
    for step, counts in outcome.items():
        _add_up(batch, step, counts, of=f"part:{part.no}")
    if not batch.parts.exclude(state=PartState.APPLIED).exists():
        BATCH_MOVES.move(batch, to=BatchState.APPLIED, actor=actor)
        outbox.announce("intake.batch.applied", key=f"batch:{batch.pk}:applied", batch_id=batch.pk)
    batch.save(update_fields=["state", "outcome"])
    audit.note(subject=batch, part=part.no)
    return batch


@service("intake.batch.note_outcome")
def note_outcome(*, actor: Actor, batch_id: int, step: str, counts: Counts, of: str = "") -> Batch:
    """Keep what a later step (scores, eligibility) made of a batch, or of one change set of it (``of``).

    The step again, of the same, replaces its counts; those of all change sets are added up.
    """
    batch = locked(actor, batch_id)
    _add_up(batch, step, counts, of=of)
    batch.save(update_fields=["outcome"])
    audit.note(subject=batch, step=step)
    return batch


def locked(actor: Actor, batch_id: int) -> Batch:
    """The batch, for one writer at a time; who only points at it does not wait. Raises: NotVisible (404)."""
    rows = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("source")
    return get_visible(rows, actor=actor, pk=batch_id)


def _add_up(batch: Batch, step: str, counts: Counts, *, of: str) -> None:
    """Keep a report, and let the batch's outcome be the sum of all; what is no number is as last said."""
    report, is_new = Reported.objects.get_or_create(
        batch=batch, step=step, of=of, defaults={"counts": dict(counts)}
    )
    former: Counts = {} if is_new else report.counts
    if not is_new:
        report.counts = dict(counts)
        report.save(update_fields=["counts"])
    so_far = batch.outcome.get(step, {})
    summed = {name: _sum(so_far.get(name), count, former.get(name)) for name, count in counts.items()}
    batch.outcome = {**batch.outcome, step: {**so_far, **summed}}


def _sum(so_far: Any, count: Any, former: Any) -> Any:
    return (so_far or 0) + count - (former or 0) if isinstance(count, int) else count
