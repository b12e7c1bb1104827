"""Questions about sources, batches and observations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from saiban.core import seal
from saiban.core.models import Actor, Progress
from saiban.core.services import get_visible
from saiban.intake.mapping import shipped_mappings
from saiban.intake.models import Batch, Observation, Part, RejectedRow, Reported, Source, Subject
from saiban.intake.reasons import Refusal, refusal
from saiban.intake.transitions import BatchState, PartState
from saiban.partners.models import Agreement
from saiban.partners.queries import agreement_in_force

BLOCK = 5_000
MANY = 20_000  # observations in a part that are worth a process of their own
ABANDONED_AFTER = timedelta(minutes=10)
Blob = bytes | memoryview
INTERNAL_PURPOSE = "keeping the registry in order"
OF_PART = """
select o.id, o.subject_id, s.kind, s.within_id, o.observed_on, c.code, {facts}, o.sealed, s.key, s.salt
from intake_part p
join intake_observation o on o.batch_id = p.batch_id and o.received_at = p.loaded_at
  and o.id between p.first_observation and p.last_observation
join intake_subject s on s.id = o.subject_id and s.salt is not null
join intake_source c on c.id = o.source_id
where p.id = %(part)s
order by o.id
"""
# some of the facts only: most of a survey's answers are of no use where people are made
SOME = "(select json_object_agg(f, o.facts -> f)::text from unnest(%(fields)s::text[]) f where o.facts ? f)"


@dataclass(frozen=True)
class SpokenOf:
    """One observation of a batch as the registry takes it over; ``hidden`` holds the sealed facts, opened."""

    id: int
    subject_id: int
    kind: str
    within_id: int | None
    observed_on: date
    source_code: str
    facts: dict[str, Any]
    hidden: dict[str, Any]


def observations_of_part(part_id: int, *, fields: Sequence[str] | None = None) -> Iterator[SpokenOf]:
    """Walk the observations of a part of a batch in the order in which they were written (households before
    their members); nothing of a part that is not loaded yet, and nothing of whom was erased since.

    ``facts`` holds only ``fields``, where these are given.
    """
    statement = OF_PART.format(facts="o.facts::text" if fields is None else SOME)
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, {"part": part_id, "fields": list(fields or ())})
        while rows := cursor.fetchmany(BLOCK):
            for row in rows:
                yield _spoken_of(row)


def observations_of_batch(batch_id: int) -> Iterator[SpokenOf]:
    """Walk the observations of a batch, part by part."""
    for part_id in Part.objects.filter(batch=batch_id).order_by("no").values_list("pk", flat=True):
        yield from observations_of_part(part_id)


def _spoken_of(row: tuple[Any, ...]) -> SpokenOf:
    number, subject_id, kind, within_id, observed_on, source_code, facts, sealed, key, salt = row
    return SpokenOf(
        id=number,
        subject_id=subject_id,
        kind=kind,
        within_id=within_id,
        observed_on=observed_on,
        source_code=source_code,
        facts=json.loads(facts) if facts else {},
        hidden=open_sealed(key.bytes, salt, sealed),
    )


def open_sealed(key: bytes, salt: Blob | None, sealed: Blob | None) -> dict[str, Any]:
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


def has_parts_to_load(batch_id: int) -> bool:
    """Whether whole parts of a batch are still to be loaded: work for another process."""
    return Part.objects.filter(batch=batch_id, state=PartState.CHECKED, observations__gt=MANY).exists()


def refusal_of(batch: Batch) -> Refusal | None:
    """Say in the reader's language why a batch was refused; None for one that was not. Its text is one
    sentence.
    """
    return refusal(batch.refusal) if batch.refusal else None


def purpose_of(source: Source) -> str:
    """Return the purpose for which a source's data pass: that of its mapping, or of our own rooms."""
    mapping = shipped_mappings().get(source.code)
    return mapping.purpose if mapping else INTERNAL_PURPOSE


# --- pages


def batches(*, actor: Actor) -> QuerySet[Batch]:
    """Deliveries that the actor may see, with their sources."""
    return Batch.objects.visible_to(actor).select_related("source")


def batch_on_page(*, actor: Actor, batch_id: int) -> Batch:
    """The batch of a page, for the page and its panels: with its source and who sent it; asked once per
    request. Raises: NotVisible (404).
    """
    known: dict[int, Batch] = vars(actor).setdefault("batches_on_page", {})
    if batch_id not in known:
        rows = Batch.objects.select_related("source", "received_by")
        known[batch_id] = get_visible(rows, actor=actor, pk=batch_id)
    return known[batch_id]


def rejections(*, actor: Actor, batch: Batch) -> QuerySet[RejectedRow]:
    """Return the faults of a batch's rejected rows, masked; the sealed rows are not fetched."""
    return RejectedRow.objects.filter(batch__in=Batch.objects.visible_to(actor).filter(pk=batch.pk)).defer(
        "sealed_row"
    )


def latest_progress(batch: Batch) -> Progress | None:
    """Return the latest piece of work on a batch."""
    return (
        Progress.objects.filter(subject_kind="intake.batch", subject_id=batch.pk)
        .order_by("-updated_at")
        .first()
    )


@dataclass(frozen=True)
class PartsSoFar:
    """How many observations of a batch there are in all parts, in those loaded, in those applied; and when
    the first was loaded and the last applied (None: not yet).
    """

    in_all: int
    loaded: int
    applied: int
    first_loaded_at: datetime | None
    last_applied_at: datetime | None


def parts_so_far(batch: Batch) -> PartsSoFar:
    """Return how far the parts of a batch are."""
    applied = Q(state=PartState.APPLIED)
    return PartsSoFar(
        **batch.parts.aggregate(
            in_all=Coalesce(Sum("observations"), 0),
            loaded=Coalesce(Sum("observations", filter=applied | Q(state=PartState.LOADED)), 0),
            applied=Coalesce(Sum("observations", filter=applied), 0),
            first_loaded_at=Min("loaded_at"),
            last_applied_at=Max("applied_at"),
        )
    )


def has_broken_off(batch: Batch) -> bool:
    """Whether loading a batch failed, or nobody has worked on it for a while, so that it may be tried again.

    Trying again is safe while another process still works: it waits for its lock, then finds it loaded.
    """
    if batch.state not in (BatchState.RECEIVED, BatchState.CHECKED):
        return False
    progress = latest_progress(batch)
    if progress is not None and progress.state == Progress.State.FAILED:
        return True
    touched = progress.updated_at if progress else batch.received_at
    return timezone.now() - touched > ABANDONED_AFTER


def all_scored(batch_id: int) -> int:
    """How many households of a batch were scored, once it is applied and that is every one that it moved; 0
    until then.
    """
    batch = Batch.objects.filter(pk=batch_id, state=BatchState.APPLIED).first()
    scored = households_scored(batch) if batch else 0
    return scored if batch and scored >= households_moved(batch) else 0


def households_moved(batch: Batch) -> int:
    """How many profiles a batch has changed so far."""
    return int(batch.outcome.get("profiles", {}).get("changed", 0))


def households_scored(batch: Batch) -> int:
    """How many of these were scored."""
    return int(batch.outcome.get("scores", {}).get("households", 0))


def households_judged(batch: Batch) -> int:
    """How many of these were judged by the rules of schemes."""
    return int(batch.outcome.get("eligibility", {}).get("households", 0))


def has_reported(*, batch_id: int, step: str, of: str) -> bool:
    """Whether a step has reported already what it made of one change set of a batch."""
    return Reported.objects.filter(batch=batch_id, step=step, of=of).exists()


def sources(*, actor: Actor) -> QuerySet[Source]:
    """Sources that the actor may see, with partner, last_received, batch_count, observation_count and
    is_late.
    """
    days = ExpressionWrapper(
        F("expected_every_days") * Value(timedelta(days=1), output_field=DurationField()),
        output_field=DurationField(),
    )
    rows = Source.objects.visible_to(actor).select_related("partner")
    taken = rows.annotate(
        last_received=Max("batches__received_at"),
        batch_count=Count("batches"),
        observation_count=Sum("batches__observations"),
    )
    is_late = Case(
        When(last_received__lt=Now() - days, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return taken.annotate(is_late=is_late)


def late_sources(*, actor: Actor) -> QuerySet[Source]:
    """Sources that are switched on, deliver by the clock, and whose last delivery is too long ago."""
    return sources(actor=actor).filter(Q(("is_late", True)), on=True)


def batches_to_mend(*, actor: Actor) -> QuerySet[Batch]:
    """Batches of the last three months with rejected rows, for who may download them."""
    recent = batches(actor=actor).filter(
        rejected_rows__gt=0, received_at__gt=timezone.now() - timedelta(days=92)
    )
    return recent if actor.may("intake.batch.download_rejected") else recent.none()


def agreement_of(source: Source) -> Agreement | None:
    """Return the agreement by which a source delivers today."""
    return agreement_in_force(source=source.code, on=timezone.localdate())
