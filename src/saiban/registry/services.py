"""The only writers of the registry; those of corrections stand in ``correcting``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from saiban.core import audit, changes, locks, outbox, progress, rotation
from saiban.core.errors import ReasonMissing
from saiban.core.models import Actor, Area, ChangeSet
from saiban.core.services import get_visible, service
from saiban.intake import services as intake
from saiban.intake.models import Batch, Part, Source
from saiban.intake.transitions import PartState
from saiban.registry import applying, copying, naming, publishing, refreshing
from saiban.registry.applying import resurvey
from saiban.registry.findings import joining
from saiban.registry.models import Identifier, Membership
from saiban.registry.numbers import open_number
from saiban.registry.publishing import Published, ScoreOf
from saiban.registry.refreshing import Refreshed

LEAST_REASON = 5


@service("registry.part.apply")
def apply_part(*, actor: Actor, part_id: int) -> ChangeSet:
    """Make or renew the people of a loaded part of a batch, and announce the households whose profiles may
    have moved: ``refresh_part`` is to follow. Returns the change set of these.

    One part at a time is applied, as its numbers are held against those of all others. Applying a part twice
    changes nothing the second time.
    """
    part = _locked(part_id)
    with _measured("registry.part.apply", actor, part) as meter:
        meter.step("people", total=part.observations)
        is_list = part.batch.source.kind == Source.Kind.LIST
        applied = applying.apply(actor=actor, part_id=part_id, is_list=is_list, advance=meter.advance)
    audit.note(subject=part.batch, part=part.no, households=len(applied.household_ids))
    _tell_of_moved(actor, part.batch_id, applied.subject_ids)
    if part.state == PartState.LOADED:
        intake.note_outcome(
            actor=actor, batch_id=part.batch_id, step="people", counts=applied.counts, of=f"part:{part.no}"
        )
    touched = changes.change_set(
        actor=actor, kind="registry.household", reason="registry.part.apply", ids=applied.household_ids
    )
    outbox.announce(
        "registry.part.applied", key=f"change_set:{touched.pk}", part_id=part_id, change_set_id=touched.pk
    )
    return touched


@service("registry.part.renew_names")
def renew_names_of_part(*, actor: Actor, part_id: int, change_set_id: int) -> int:
    """Renew the keys by which the people of a part are looked for; return how many persons. What names
    nobody, such as bills, renews none.

    Renewing them twice changes nothing the second time.
    """
    part = Part.objects.select_related("batch__source").get(pk=part_id)
    persons = 0
    if part.batch.source.kind == Source.Kind.REGISTRY:
        persons = naming.renew(refreshing.change_set_ids(change_set_id))
    audit.note(subject=part.batch, part=part.no, persons=persons)
    return persons


@service("registry.part.refresh")
def refresh_part(*, actor: Actor, part_id: int, change_set_id: int) -> Refreshed:
    """Rebuild the profiles of the households that a part of a batch touched, and tell the batch what came of
    it; parts of other households may be refreshed at the same time.

    Refreshing a part twice changes nothing the second time.
    """
    part = _locked(part_id)
    ids = refreshing.change_set_ids(change_set_id)
    with _measured("registry.part.refresh", actor, part) as meter:
        meter.step("profiles", total=len(ids))
        refreshed = refreshing.refresh(
            actor=actor,
            household_ids=ids,
            reason="registry.part.apply",
            source_kind="intake.batch",
            source_id=part.batch_id,
            area=_path_of(part),
            advance=meter.advance,
        )
    audit.note(subject=part.batch, part=part.no, households=refreshed.households, changed=refreshed.changed)
    if part.state == PartState.LOADED:
        intake.mark_part_applied(actor=actor, part_id=part_id, outcome=_outcome(part, refreshed))
    return refreshed


def _path_of(part: Part) -> str:
    """The path of the area in which the households of a part lie; "" where that is not known."""
    return Area.objects.filter(code=part.area or None).values_list("path", flat=True).first() or ""


def _locked(part_id: int) -> Part:
    return Part.objects.select_related("batch__source").select_for_update(of=("self",)).get(pk=part_id)


def _measured(name: str, actor: Actor, part: Part) -> AbstractContextManager[progress.Meter]:
    return progress.measured(name, actor_id=actor.pk, subject_kind="intake.batch", subject_id=part.batch_id)


def _outcome(part: Part, refreshed: Refreshed) -> dict[str, dict[str, int]]:
    """What the batch keeps; a list of beneficiaries moves no profile."""
    if part.batch.source.kind == Source.Kind.LIST:
        return {}
    counts = {"read": refreshed.households, "changed": refreshed.changed, "new": refreshed.new}
    return {"profiles": counts | {"fields": refreshed.fields}}


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
    audit.note_set("registry.household", homes_of(identifier))
    rotation.hold()
    return open_number(identifier.kind, bytes(identifier.token), bytes(identifier.sealed))


def homes_of(identifier: Identifier) -> list[int]:
    """The household of a number: its own, or where the person lives whose number it is."""
    if identifier.household_id is not None:
        return [identifier.household_id]
    homes = Membership.objects.filter(person=identifier.person_id, during__upper_inf=True, cancelled=False)
    return list(homes.values_list("household_id", flat=True))


@service("registry.profile.publish_scores")
def publish_scores(*, actor: Actor, scores: Sequence[ScoreOf]) -> Published:
    """Write the deciding scorecard's scores and bands into the profiles; return what moved."""
    published = publishing.publish(scores)
    audit.note_set("registry.household", [score.household_id for score in scores])
    return published
