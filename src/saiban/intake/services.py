"""The only writers of intake: a file is received, loaded, applied; a single observation is recorded."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from collections.abc import Mapping as Dict
from datetime import date
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, embedded, outbox, seal
from saiban.core.errors import IllegalMove, NotVisible, ReasonMissing
from saiban.core.models import Actor
from saiban.core.progress import measured
from saiban.core.services import get_visible, service
from saiban.data.errors import BadInput
from saiban.intake import lists, pipeline, queries
from saiban.intake.mapping import all_fields
from saiban.intake.models import Batch, Observation, Source, Subject
from saiban.intake.reasons import FileRefused, refusal
from saiban.intake.transitions import BATCH_MOVES, BatchState
from saiban.intake.values import checked_value
from saiban.partners.models import Partner
from saiban.partners.queries import passing_fields

BLOCK = 1 << 20
# the database itself numbers and dates it
INSERT = """
insert into intake_observation (subject_id, source_id, actor_id, observed_on, facts, sealed, reason)
values (%s, %s, %s, %s, %s::jsonb, %s, %s) returning id
"""


def uploads() -> Path:
    """Return the folder in which files lie until they are loaded; only we may read it."""
    folder = Path(settings.SAIBAN_UPLOADS) if settings.SAIBAN_UPLOADS else embedded.home() / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@service("intake.source.add")
def add_source(
    *,
    actor: Actor,
    code: str,
    name_en: str,
    name_ur: str,
    kind: str,
    partner_code: str,
    expected_every_days: int | None,
) -> Source:
    """Add a source; what its columns mean is said by its mapping. Raises: NotVisible (404)."""
    source = Source.objects.create(
        code=code,
        name_en=name_en,
        name_ur=name_ur,
        kind=kind,
        partner=get_visible(Partner.objects.all(), actor=actor, code=partner_code),
        expected_every_days=expected_every_days,
    )
    audit.note(subject=source)
    return source


@service("intake.batch.receive")
def receive_batch(
    *,
    actor: Actor,
    source_code: str,
    file_name: str,
    content: IO[bytes] | None = None,
    path: Path | None = None,
    scheme: str = "",
) -> Batch:
    """Take in a file (an open one, or one of this machine by its path) and keep it until it is loaded.

    ``scheme`` is the code of the scheme that a list of beneficiaries is of.

    Raises: NotVisible (404), BadInput for a source without agreement, a scheme that the source does not send,
    a file that is not there, the same file again.
    """
    source = _source(actor, source_code)
    _ask_at_the_door(source)
    lists.check_scheme(source.code, scheme)
    batch = Batch(source=source, scheme=scheme, file_name=Path(file_name).name[:200], received_by=actor)
    kept = uploads() / f"{uuid4()}"
    try:
        batch.digest, batch.size = _copy(_opened(content, path), kept)
        batch.path = str(kept)
        batch = _receive(batch)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    audit.note(subject=batch, source=source.code)
    return batch


def _source(actor: Actor, code: str) -> Source:
    try:
        return Source.objects.delivered_by(actor).get(code=code)
    except Source.DoesNotExist:
        known = Source.objects.delivered_by(actor).values_list("code", flat=True)
        raise BadInput(_("There is no such source."), place=code, expected=", ".join(known)) from None


def _ask_at_the_door(source: Source) -> None:
    try:
        pipeline.ask_agreement(source)
    except FileRefused as refused:
        raise refusal(refused.refusal).as_bad_input() from None


def _opened(content: IO[bytes] | None, path: Path | None) -> Iterator[bytes]:
    if content is not None:
        yield from iter(lambda: content.read(BLOCK), b"")
        return
    if path is None or not path.is_file():
        raise BadInput(_("There is no such file."), place=str(path), expected=_("a file that can be read"))
    with path.open("rb") as file:
        yield from iter(lambda: file.read(BLOCK), b"")


def _copy(blocks: Iterator[bytes], kept: Path) -> tuple[str, int]:
    """Write the file where only we may read it; return its SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for block in blocks:
            digest.update(block)
            size += len(block)
            out.write(block)
    return digest.hexdigest(), size


def _receive(batch: Batch) -> Batch:
    """Make the batch; the database takes a file once, also when two send it at the same moment."""
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
            return batch
    except IntegrityError:
        same = Batch.objects.filter(source=batch.source, digest=batch.digest)
        former = same.exclude(state=BatchState.REFUSED).get()
        if queries.has_broken_off(former) and Path(former.path).is_file():
            Path(batch.path).unlink()
            return _sent_again(former, batch.scheme)
        day = timezone.localtime(former.received_at).date()
        raise BadInput(
            _("This file was received before, on %(day)s as batch %(batch)s (%(name)s).")
            % {"day": day, "batch": former.pk, "name": former.file_name},
            place=batch.file_name,
            expected=_("a file that has not been sent yet"),
        ) from None


def _sent_again(former: Batch, scheme: str) -> Batch:
    """Take up the batch whose loading broke off, under the scheme that is named now."""
    former.scheme = scheme
    former.save(update_fields=["scheme"])
    return former


@service("intake.batch.load")
def load_batch(*, actor: Actor, batch_id: int) -> Batch:
    """Check a received file, keep its faulty rows and write its good households; all of it or nothing.

    The batch is then loaded, or refused with the reason (``batch.refusal``). Raises: NotVisible (404),
    IllegalMove (409).
    """
    batch = get_visible(
        Batch.objects.select_for_update(of=("self",)).select_related("source"), actor=actor, pk=batch_id
    )
    if batch.state != BatchState.RECEIVED:
        raise IllegalMove
    with measured(
        "intake.batch.load", actor_id=actor.pk, subject_kind="intake.batch", subject_id=batch.pk
    ) as meter:
        try:
            pipeline.run(batch, actor=actor, meter=meter, folder=uploads())
        except FileRefused as refused:
            BATCH_MOVES.move(batch, to=BatchState.REFUSED, actor=actor)
            batch.refusal = refused.refusal
        else:
            BATCH_MOVES.move(batch, to=BatchState.LOADED, actor=actor)
    kept, batch.path = batch.path, ""
    batch.save()
    transaction.on_commit(lambda: Path(kept).unlink(missing_ok=True))
    audit.note(subject=batch, state=str(batch.state), rows=batch.rows, rejected=batch.rejected_rows)
    if batch.state == BatchState.LOADED:
        outbox.announce("intake.batch.accepted", key=f"batch:{batch.pk}:accepted", batch_id=batch.pk)
    else:
        outbox.announce("intake.batch.refused", key=f"batch:{batch.pk}:refused", batch_id=batch.pk)
    return batch


@service("intake.batch.mark_applied")
def mark_applied(*, actor: Actor, batch_id: int, outcome: Dict[str, Any]) -> Batch:
    """Note that the registry has taken the batch over, with the counts of its steps.

    Raises: NotVisible (404), IllegalMove (409).
    """
    batch = get_visible(Batch.objects.select_for_update(of=("self",)), actor=actor, pk=batch_id)
    BATCH_MOVES.move(batch, to=BatchState.APPLIED, actor=actor)
    batch.outcome = {**batch.outcome, **outcome}
    batch.save(update_fields=["state", "outcome"])
    audit.note(subject=batch)
    outbox.announce("intake.batch.applied", key=f"batch:{batch.pk}:applied", batch_id=batch.pk)
    return batch


@service("intake.batch.note_outcome")
def note_outcome(*, actor: Actor, batch_id: int, step: str, counts: Dict[str, Any]) -> Batch:
    """Keep what a later step (profiles, scores) made of a batch; the step again replaces its counts."""
    batch = get_visible(Batch.objects.select_for_update(of=("self",)), actor=actor, pk=batch_id)
    batch.outcome = {**batch.outcome, step: dict(counts)}
    batch.save(update_fields=["outcome"])
    audit.note(subject=batch, step=step)
    return batch


@service("intake.observation.record")
def record(
    *, actor: Actor, subject_id: int, source_code: str, observed_on: date, facts: Dict[str, Any], reason: str
) -> Observation:
    """Keep what a person or a room of this system says of a subject.

    Who may speak of this subject is asked by the room that knows whom it is. Identifying facts are
    sealed. Raises: NotVisible (404), ReasonMissing (422), BadInput for a value or a day that cannot be,
    or a field that no agreement of the source covers.
    """
    if not reason.strip():
        raise ReasonMissing
    source = Source.objects.filter(code=source_code, on=True).first()
    subject = Subject.objects.filter(pk=subject_id).first()
    if source is None or subject is None or subject.salt is None:
        raise NotVisible
    values = {code: checked_value(code, value) for code, value in facts.items()}
    hidden = {code: value for code, value in values.items() if all_fields()[code].identifying}
    _check_recording(source, observed_on, values)
    facts = {code: value for code, value in values.items() if code not in hidden}
    with connection.cursor() as cursor:
        cursor.execute("select intake_ensure_month((now() at time zone 'UTC')::date)")
        row = (subject.pk, source.pk, actor.pk, observed_on, json.dumps(facts), _sealed(subject, hidden))
        cursor.execute(INSERT, (*row, reason.strip()))
        observation = Observation.objects.get(id=cursor.fetchone()[0])
    audit.note(reason=reason, observation_id=observation.id, subject_id=subject.pk, fields=sorted(values))
    outbox.announce(
        "intake.observation.recorded",
        key=f"observation:{observation.id}:recorded",
        observation_id=observation.id,
        subject_id=subject.pk,
    )
    return observation


def _check_recording(source: Source, observed_on: date, facts: Dict[str, Any]) -> None:
    today = timezone.localdate()
    if observed_on > today:
        raise BadInput(_("This day is still to come."), place="observed_on", expected=today.isoformat())
    if not facts:
        raise BadInput(_("Nothing is said."), expected=_("at least one value"))
    agreed = passing_fields(source=source.code, purpose=queries.purpose_of(source), on=today)
    for code in facts:
        if code not in agreed:
            refused = FileRefused("not_agreed", source.code, field=code).refusal
            raise refusal(refused).as_bad_input()


def _sealed(subject: Subject, hidden: dict[str, Any]) -> bytes | None:
    if not hidden or subject.salt is None:
        return None
    text = json.dumps(hidden, ensure_ascii=False).encode()
    return seal.seal_for(bytes(subject.salt), text, context=subject.key.bytes)
