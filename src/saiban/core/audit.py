"""The audit: who did or saw what, on whom, why. Rows are inserted in the caller's transaction, chained
later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from saiban.core.errors import NotAllowed, NotVisible, SecondPersonNeeded
from saiban.core.idsets import pack
from saiban.core.models import Actor, Audit

LARGEST_ID = 2**63  # someone may ask for a page with any number; what no row can have is not kept
INSERT = """
with ids as (
  insert into core_auditidset (kind, blocks, ends, offsets)
  select * from (values (%s::text, %s::bigint[], %s::integer[], %s::bytea)) as given (kind, blocks)
  where blocks is not null returning id
), row as (
  insert into core_audit (actor_id, duty_id, kind, action, purpose, subject_kind, subject_id, reason, detail,
    count, id_set_id)
  values (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, (select id from ids)) returning id
)
insert into core_auditpending (audit_id) select id from row
"""


@dataclass
class Act:
    """An act under way; ``note`` fills it, the end of the block writes it."""

    kind: str
    action: str
    actor: Actor
    subject_kind: str = ""
    subject_id: int | None = None
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    set_kind: str = ""
    ids: list[int] | None = None
    count: int | None = None


_act: ContextVar[Act | None] = ContextVar("act", default=None)


@contextmanager
def act(kind: str, action: str, actor: Actor) -> Iterator[Act]:
    """Open an act: one transaction, whose row is written when the block ends well.

    An act within an act writes a row of its own. What the actor was not let do or see is on record too, once
    the transaction is undone: an act that fails within another is kept by the outer one.
    """
    current = Act(kind, action, actor)
    token = _act.set(current)
    try:
        with transaction.atomic():
            yield current
            _write(current)
    except (NotAllowed, NotVisible, SecondPersonNeeded) as error:
        _keep_refusal(error, current)
        raise
    finally:
        _act.reset(token)


def _keep_refusal(error: NotAllowed | NotVisible | SecondPersonNeeded, current: Act) -> None:
    """Write the refusal of the innermost act that it passed through."""
    if error.refusal is None:
        kind, pk = getattr(error, "subject", None) or (current.subject_kind, current.subject_id)
        error.refusal = Act(Audit.Kind.REFUSED, current.action, current.actor, kind, pk)
    if error.refusal.actor.pk is not None:
        _write(error.refusal)


def note(*, subject: models.Model | None = None, reason: str = "", **detail: Any) -> None:
    """Say on whom the present act works, why, and with which ids. ``detail`` holds ids and codes, never
    values of people.
    """
    current = _current()
    if subject is not None:
        current.subject_kind, current.subject_id = subject._meta.label_lower, int(subject.pk)
    current.reason = reason or current.reason
    current.detail |= detail


def note_set(kind: str, ids: Iterable[int], **detail: Any) -> None:
    """Say which things the present act shows or works on: the ids are kept so that each of them can ask who
    saw it. A subject that was noted stays: a place in a scheme, with the household whose it is.
    """
    current = _current()
    current.set_kind, current.ids = kind, sorted(set(ids))
    current.count = len(current.ids)
    if current.subject_id is None:
        current.subject_kind = kind
    current.detail |= detail


def refused(action: str, actor: Actor) -> None:
    """Keep that an actor tried what its duty does not include."""
    if actor.pk is not None:
        _write(Act(Audit.Kind.REFUSED, action, actor))


def _current() -> Act:
    current = _act.get()
    if current is None:
        raise RuntimeError("audit.note outside of a service or a look")
    return current


def _write(done: Act) -> None:
    packed = pack(done.ids) if done.ids is not None else (None, None, None)
    duty = done.actor.duty
    row = (
        done.set_kind,
        *packed,
        done.actor.pk,
        duty.pk if duty else None,
        str(done.kind),
        done.action,
        duty.purpose if duty else "",
        done.subject_kind,
        done.subject_id if (done.subject_id or 0) < LARGEST_ID else None,
        done.reason,
        json.dumps(done.detail, default=str),
        done.count,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
