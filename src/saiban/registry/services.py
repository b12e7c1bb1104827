"""The only writers of the registry; those of corrections stand in ``correcting``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from saiban.core import audit, changes, outbox, progress, rotation
from saiban.core.errors import ReasonMissing
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.intake import services as intake
from saiban.intake.models import Part, Source
from saiban.registry import applying, publishing, refreshing
from saiban.registry.models import Identifier
from saiban.registry.numbers import open_number
from saiban.registry.publishing import Published, ScoreOf
from saiban.registry.refreshing import Refreshed

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
