"""The only writers of the registry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, changes, locks, outbox, progress, rotation
from saiban.core.errors import ReasonMissing, Refused
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.intake import services as intake
from saiban.intake.models import Batch, Part, Source
from saiban.registry import applying, copying, publishing, refreshing
from saiban.registry.applying import resurvey
from saiban.registry.findings import joining
from saiban.registry.models import Household, Identifier, Link
from saiban.registry.numbers import open_number
from saiban.registry.publishing import Published, ScoreOf
from saiban.registry.refreshing import Refreshed
from saiban.registry.values import parse_value

CLERK = "clerk"
LEAST_REASON = 5


@service("registry.part.apply")
def apply_part(*, actor: Actor, part_id: int) -> Refreshed:
    """Make or renew the people of a loaded part of a batch, refresh their profiles, and tell the batch what
    came of it.

    Applying a part twice changes nothing the second time.
    """
    part = Part.objects.select_related("batch__source").select_for_update(of=("self",)).get(pk=part_id)
    batch = part.batch
    with progress.measured(
        "registry.part.apply", actor_id=actor.pk, subject_kind="intake.batch", subject_id=batch.pk
    ) as meter:
        meter.step("people", total=part.observations)
        is_list = batch.source.kind == Source.Kind.LIST
        applied = applying.apply(actor=actor, part_id=part_id, is_list=is_list, advance=meter.advance)
        meter.step("profiles", total=len(applied.household_ids))
        refreshed = refreshing.refresh(
            actor=actor,
            household_ids=applied.household_ids,
            reason="registry.part.apply",
            source_kind="intake.batch",
            source_id=batch.pk,
            advance=meter.advance,
        )
    audit.note(subject=batch, part=part.no, households=refreshed.households, changed=refreshed.changed)
    _tell_of_moved(actor, batch.pk, applied.subject_ids)
    if part.state == "loaded":
        counts = {"read": refreshed.households, "changed": refreshed.changed, "new": refreshed.new}
        outcome = {"people": applied.counts}
        if not is_list:
            outcome["profiles"] = counts | {"fields": refreshed.fields}
        intake.mark_part_applied(actor=actor, part_id=part_id, outcome=outcome)
    return refreshed


@service("registry.batch.close_survey")
def close_survey(*, actor: Actor, batch_id: int) -> None:
    """Tell which households a survey did not find where it went; what is no survey passes by.

    Nobody is taken out of anything. Closing twice changes nothing the second time.
    """
    batch = Batch.objects.select_related("source").get(pk=batch_id)
    audit.note(subject=batch)
    if batch.source.kind != Source.Kind.REGISTRY or batch.observed_from is None:
        return
    rotation.hold()
    copying.rows_of("select pg_advisory_xact_lock(%s)", [locks.APPLY])
    merged = resurvey.close(actor, batch_id=batch.pk, since=batch.observed_from)
    if merged:
        subject_ids = joining.follow_numbers(actor, merged)
        refresh_profiles(actor=actor, household_ids=merged, reason="registry.batch.close_survey")
        _tell_of_moved(actor, batch.pk, subject_ids)


def _tell_of_moved(actor: Actor, batch_id: int, subject_ids: list[int]) -> None:
    """Announce the subjects named by a number who may now be someone else, or live elsewhere."""
    if not subject_ids:
        return
    made = changes.change_set(
        actor=actor, kind="intake.subject", reason="registry.part.apply", ids=subject_ids,
        source_kind="intake.batch", source_id=batch_id,
    )  # fmt: skip
    outbox.announce("registry.link.moved", key=f"change_set:{made.pk}", change_set_id=made.pk)


@service("registry.profile.refresh")
def refresh_profiles(
    *, actor: Actor, household_ids: Iterable[int], reason: str = "registry.profile.refresh"
) -> Refreshed:
    """Rebuild the profiles of households from their observations; announces those whose values changed."""
    refreshed = refreshing.refresh(actor=actor, household_ids=household_ids, reason=reason)
    audit.note(households=refreshed.households, changed=refreshed.changed)
    return refreshed


@service("registry.value.correct")
def correct_value(
    *,
    actor: Actor,
    household_id: int,
    field: str,
    value: object,
    reason: str,
    observed_on: date | None = None,
) -> Refreshed:
    """Record what a clerk found out as an observation, and refresh the household at once.

    ``value`` is of the field's type, or its text. Raises: NotVisible (404); NotAllowed (403) for a field that
    the duty
    does not show; BadInput for a value that the dictionary does not allow; ReasonMissing (422).
    """
    household = get_visible(Household.objects.select_for_update(of=("self",)), actor=actor, pk=household_id)
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonMissing
    parsed = parse_value(field, value, actor=actor)
    observation = intake.record(
        actor=actor,
        subject_id=own_subject(household_id),
        source_code=CLERK,
        observed_on=observed_on or timezone.localdate(),
        facts={field: parsed},
        reason=reason.strip(),
    )
    audit.note(subject=household, reason=reason.strip(), field=field, observation=observation.id)
    return refreshing.refresh(
        actor=actor, household_ids=[household_id], reason="registry.value.correct",
        source_kind="intake.observation", source_id=observation.id,
    )  # fmt: skip


def own_subject(household_id: int) -> int:
    """The subject under which a household was first spoken of."""
    links = Link.objects.filter(household_id=household_id, undone_at=None, subject__kind="household")
    subject_id = links.order_by("pk").values_list("subject_id", flat=True).first()
    if subject_id is None:
        raise Refused(_("No source has spoken of this household yet, so nothing can be corrected."))
    return subject_id


@service("registry.number.unmask")
def unmask_number(*, actor: Actor, identifier_id: int, reason: str) -> str:
    """Return a number in full, once, for a reason that stays on record.

    Raises: NotVisible (404), ReasonMissing (422).
    """
    identifier = get_visible(
        Identifier.objects.select_related("person", "household"), actor=actor, pk=identifier_id
    )
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonMissing
    audit.note(
        subject=identifier.person or identifier.household, reason=reason.strip(), identifier=identifier.pk
    )
    rotation.hold()
    return open_number(identifier.kind, bytes(identifier.token), bytes(identifier.sealed))


@service("registry.profile.publish_scores")
def publish_scores(*, actor: Actor, scores: Sequence[ScoreOf]) -> Published:
    """Write the deciding scorecard's scores and bands into the profiles; return what moved."""
    published = publishing.publish(scores)
    audit.note_set("registry.household", [score.household_id for score in scores])
    return published
