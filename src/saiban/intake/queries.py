"""Questions about sources, batches and observations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from saiban.core import seal
from saiban.intake.mapping import shipped_mappings
from saiban.intake.models import Observation, Source, Subject

BLOCK = 5_000
INTERNAL_PURPOSE = "keeping the registry in order"
OF_BATCH = """
select o.id, o.subject_id, s.kind, s.within_id, o.observed_on, c.code, o.facts::text, o.sealed, s.key, s.salt, k.namespace, k.token
from intake_observation o
join intake_subject s on s.id = o.subject_id
join intake_source c on c.id = o.source_id
left join lateral (
  select namespace, token from intake_sourcekey where subject_id = s.id and namespace = any(%s) limit 1
) k on true
where o.batch_id = %s
order by o.id
"""
NUMBERS = ["cnic", "bform", "phone", "electricity_reference"]


@dataclass(frozen=True)
class SpokenOf:
    """One observation of a batch as the registry takes it over; ``hidden`` holds the sealed facts, opened.

    ``namespace`` and ``token`` say by which number a source named the subject ("" and None where it did not).
    """

    id: int
    subject_id: int
    kind: str
    within_id: int | None
    observed_on: date
    source_code: str
    facts: dict[str, Any]
    hidden: dict[str, Any]
    namespace: str
    token: bytes | None


def observations_of_batch(batch_id: int) -> Iterator[SpokenOf]:
    """Walk the observations of a batch in the order in which they were written (households before their members)."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(OF_BATCH, [NUMBERS, batch_id])
        while rows := cursor.fetchmany(BLOCK):
            for row in rows:
                yield _spoken_of(row)


def _spoken_of(row: tuple[Any, ...]) -> SpokenOf:
    *plain, facts, sealed, key, salt, namespace, token = row
    hidden = open_sealed(key.bytes, salt, sealed)
    return SpokenOf(*plain, json.loads(facts), hidden, namespace or "", bytes(token) if token else None)


def open_sealed(key: bytes, salt: bytes | None, sealed: bytes | None) -> dict[str, Any]:
    """Open sealed facts; nothing where nothing was sealed, or where erasure has destroyed the salt."""
    if sealed is None or salt is None:
        return {}
    facts: dict[str, Any] = json.loads(seal.unseal_for(bytes(salt), bytes(sealed), context=key))
    return facts


def open_facts(observation: Observation) -> dict[str, Any]:
    """Open the identifying facts of one observation."""
    subject = Subject.objects.get(pk=observation.subject_id)
    return open_sealed(subject.key.bytes, subject.salt, observation.sealed)


def observations_of_subjects(ids: Iterable[int]) -> Iterator[Observation]:
    """Walk what was said of these subjects, latest first; nothing that identifies is opened."""
    rows = Observation.objects.of_subjects(list(ids)).defer("sealed")
    return rows.iterator(chunk_size=BLOCK)


def purpose_of(source: Source) -> str:
    """Return the purpose for which a source's data pass: that of its mapping, or of our own rooms."""
    mapping = shipped_mappings().get(source.code)
    return mapping.purpose if mapping else INTERNAL_PURPOSE
