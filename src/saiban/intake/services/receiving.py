"""Sources are added, files received."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.data.errors import BadInput
from saiban.intake import lists, pipeline, queries
from saiban.intake.folder import uploads
from saiban.intake.models import Batch, Source
from saiban.intake.reasons import FileRefused, refusal
from saiban.intake.transitions import BatchState
from saiban.partners.models import Partner

BLOCK = 1 << 20


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
