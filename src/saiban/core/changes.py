"""ChangeSets: the subjects that a service touched, made with one statement however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from saiban.core.models import Actor, ChangeSet


def change_set(
    *,
    actor: Actor,
    kind: str,
    reason: str,
    ids: Iterable[int],
    source_kind: str = "",
    source_id: int | None = None,
    versions: dict[str, Any] | None = None,
) -> ChangeSet:
    """Keep which subjects were touched, by what. Repeated ids count once."""
    made = ChangeSet.objects.create(
        actor=actor,
        kind=kind,
        reason=reason,
        source_kind=source_kind,
        source_id=source_id,
        versions=versions or {},
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_changesetitem (change_set_id, subject_id) "
            "select %s, id from (select distinct unnest(%s::bigint[]) as id) ids",
            [made.pk, list(ids)],
        )
    return made
