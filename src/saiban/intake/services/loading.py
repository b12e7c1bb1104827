"""A received file is checked, and what is good of it loaded part by part."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from saiban.core import audit, outbox
from saiban.core.errors import IllegalMove
from saiban.core.models import Actor
from saiban.core.progress import Meter, measured
from saiban.core.services import get_visible, service
from saiban.intake import loading, parts, pipeline
from saiban.intake.folder import uploads
from saiban.intake.models import Batch, Part, RejectedRow
from saiban.intake.reasons import FileRefused
from saiban.intake.services.reporting import locked
from saiban.intake.transitions import BATCH_MOVES, PART_MOVES, BatchState, PartState

CHECKS = 3  # so many times a batch is checked in one go, where files of its parts are lost
Meanwhile = Callable[[], object]


def load_batch(*, actor: Actor, batch_id: int, meanwhile: Meanwhile = lambda: None) -> Batch:
    """Check a received file and load what is good of it, or go on where that broke off.

    Each step is a transaction of its own: the check, and each part. The batch is then loaded, or refused with
    the reason (``batch.refusal``); where another process loads its last parts, it is checked. ``meanwhile``
    is called before the first part and after each. Raises: NotVisible (404), IllegalMove (409).
    """
    batch = get_visible(Batch.objects.all(), actor=actor, pk=batch_id)
    if batch.state not in (BatchState.RECEIVED, BatchState.CHECKED):
        raise IllegalMove
    with measured(
        "intake.batch.load", actor_id=actor.pk, subject_kind="intake.batch", subject_id=batch.pk
    ) as meter:
        if batch.state == BatchState.RECEIVED:
            check_batch(actor=actor, batch_id=batch_id, meter=meter)
        for tries_left in reversed(range(CHECKS)):
            try:
                _load_parts(actor, batch, meter, meanwhile)
                break
            except parts.PartLost:
                if not tries_left:
                    raise
                check_batch(actor=actor, batch_id=batch_id, meter=meter)
    batch.refresh_from_db()
    return batch


def _load_parts(actor: Actor, batch: Batch, meter: Meter, meanwhile: Meanwhile) -> None:
    waiting = batch.parts.filter(state=PartState.CHECKED)
    meter.step("load", total=sum(waiting.values_list("observations", flat=True)))
    meanwhile()
    while waiting.exists() and (part := load_next_part(actor=actor, batch_id=batch.pk)):
        meter.advance(part.observations)
        meanwhile()


@service("intake.batch.check")
def check_batch(*, actor: Actor, batch_id: int, meter: Meter) -> Batch:
    """Check a received file, keep its faulty rows and write its good households as parts; all of it or
    nothing. The batch is then checked, or refused with the reason.

    A batch that is checked already is checked again, for the parts that are not loaded yet: their files may
    be lost. Where somebody else has checked it while this waited, nothing is done. Raises: NotVisible (404),
    LoadFailed.
    """
    to_load = Part.objects.filter(batch=batch_id, state=PartState.CHECKED)
    waiting = {part.pk for part in to_load.select_for_update()}
    batch = locked(actor, batch_id)  # parts before their batch, as who loads one locks them
    is_open = batch.state in (BatchState.RECEIVED, BatchState.CHECKED)
    if not is_open or waiting != set(to_load.values_list("pk", flat=True)):
        audit.note(subject=batch, state=str(batch.state))
        return batch
    is_first = batch.state == BatchState.RECEIVED
    _forget_former_check(batch, waiting)
    try:
        written = pipeline.check(batch, meter=meter, folder=uploads())
    except FileRefused as refused:
        if not is_first:
            raise pipeline.LoadFailed(f"batch {batch.pk} was taken, but would be refused now") from None
        _refuse(batch, refused, actor)
    else:
        _keep_parts(batch, written)
        if is_first:
            BATCH_MOVES.move(batch, to=BatchState.CHECKED, actor=actor)
    batch.save()
    audit.note(subject=batch, state=str(batch.state), rows=batch.rows, rejected=batch.rejected_rows)
    return batch


def _forget_former_check(batch: Batch, waiting: set[int]) -> None:
    """Of a check before this one only the parts remain that are loaded; its files go, also those of a check
    that was killed.
    """
    Part.objects.filter(pk__in=waiting).delete()
    RejectedRow.objects.filter(batch=batch).delete()
    for folder in parts.folders(uploads(), batch_id=batch.pk):
        transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True))


def _refuse(batch: Batch, refused: FileRefused, actor: Actor) -> None:
    BATCH_MOVES.move(batch, to=BatchState.REFUSED, actor=actor)
    batch.refusal = refused.refusal
    _drop_file(batch)
    outbox.announce("intake.batch.refused", key=f"batch:{batch.pk}:refused", batch_id=batch.pk)


def _keep_parts(batch: Batch, written: list[parts.Written]) -> None:
    """Parts of a second check are numbered after those of the first that are loaded."""
    loaded = batch.parts.aggregate(last=Max("no"))["last"] or 0
    Part.objects.bulk_create(
        Part(
            batch=batch,
            no=loaded + one.no,
            area=one.area,
            households=one.households,
            subjects=one.subjects,
            observations=one.observations,
            observed_from=one.observed_from,
            observed_until=one.observed_until,
            file=one.file,
            digest=one.digest,
        )
        for one in written
    )


def _drop_file(batch: Batch) -> None:
    """Delete the uploaded file once this transaction has come to pass."""
    kept, batch.path = batch.path, ""
    transaction.on_commit(lambda: Path(kept).unlink(missing_ok=True))


@service("intake.part.load")
def load_next_part(*, actor: Actor, batch_id: int) -> Part | None:
    """Load the next part of a checked batch that nobody else is loading, and announce it; None where there is
    none. With the last part the batch is loaded, and its file deleted.

    Raises: NotVisible (404), IllegalMove (409), PartLost where its file is gone or changed, LoadFailed.
    """
    batch = get_visible(Batch.objects.select_related("source"), actor=actor, pk=batch_id)
    waiting = batch.parts.select_for_update(skip_locked=True).filter(state=PartState.CHECKED)
    part = waiting.order_by("no").first()
    if part is None:
        return None
    rows = parts.read(uploads(), part.file, part.digest)
    with pipeline.quietly(batch):
        loaded = loading.load(rows, source_id=batch.source_id, batch_id=batch.pk, actor_id=actor.pk)
    PART_MOVES.move(part, to=PartState.LOADED, actor=actor)
    part.first_observation, part.last_observation = loaded.first_observation, loaded.last_observation
    _forget_file(part)
    part.loaded_at = loaded.received_at or Now()
    part.save()
    _tell_batch(locked(actor, batch.pk), part, loaded, actor)
    audit.note(subject=batch, part=part.no, observations=part.observations)
    outbox.announce("intake.part.loaded", key=f"part:{part.pk}:loaded", part_id=part.pk)
    return part


def _forget_file(part: Part) -> None:
    file, part.file = part.file, ""
    transaction.on_commit(lambda: parts.forget(uploads(), file))


def _tell_batch(batch: Batch, part: Part, loaded: loading.Loaded, actor: Actor) -> None:
    """Add a part to what the batch holds; with the last one the batch is loaded."""
    batch.subjects += part.subjects
    batch.observations += part.observations
    held = (batch, part)
    batch.observed_from = min((one.observed_from for one in held if one.observed_from), default=None)
    batch.observed_until = max((one.observed_until for one in held if one.observed_until), default=None)
    so_far = batch.outcome.get("load", {})
    batch.outcome["load"] = {name: so_far.get(name, 0) + count for name, count in loaded.counts.items()}
    if not batch.parts.filter(state=PartState.CHECKED).exists():
        BATCH_MOVES.move(batch, to=BatchState.LOADED, actor=actor)
        _drop_file(batch)
    batch.save()
