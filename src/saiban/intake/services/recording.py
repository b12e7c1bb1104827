"""A single observation, of a person or of a room of this system."""

from __future__ import annotations

import json
from collections.abc import Mapping as Dict
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, locks, outbox, seal
from saiban.core.errors import NotVisible, ReasonMissing
from saiban.core.models import Actor
from saiban.core.services import service
from saiban.data.errors import BadInput
from saiban.intake import queries
from saiban.intake.loading import ERASE_NOBODY
from saiban.intake.mapping import all_fields
from saiban.intake.models import Observation, Source, Subject
from saiban.intake.reasons import FileRefused, refusal
from saiban.intake.values import checked_value
from saiban.partners.queries import passing_fields

# the database itself numbers and dates it
INSERT = """
insert into intake_observation (subject_id, source_id, actor_id, observed_on, facts, sealed, reason)
values (%s, %s, %s, %s, %s::jsonb, %s, %s) returning id
"""


def erase_nobody() -> None:
    """Let nobody be erased until the end of the transaction: something is about to be said of them."""
    with connection.cursor() as cursor:
        cursor.execute(ERASE_NOBODY, [locks.ERASURE])


@service("intake.observation.record")
def record(
    *,
    actor: Actor,
    subject_id: int,
    source_code: str,
    observed_on: date,
    facts: Dict[str, Any],
    reason: str,
    said_by: int | None = None,
) -> Observation:
    """Keep what a person or a room of this system says of a subject.

    ``said_by`` is who said it, where that is not the actor: a correction is recorded when another person
    approves it. Who may speak of this subject is asked by the room that knows whom it is. Identifying
    facts are sealed. Raises: NotVisible (404), ReasonMissing (422), BadInput for a value or a day that
    cannot be, or a field that no agreement of the source covers.
    """
    if not reason.strip():
        raise ReasonMissing
    erase_nobody()
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
        said = (observed_on, json.dumps(facts), _sealed(subject, hidden))
        row = (subject.pk, source.pk, said_by or actor.pk, *said)
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
