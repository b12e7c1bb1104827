"""The only writers of corrections."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, outbox
from saiban.core.errors import ReasonMissing, Refused
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.data.errors import BadInput
from saiban.intake import services as intake
from saiban.intake.models import Source
from saiban.intake.queries import purpose_of
from saiban.intake.values import checked_value
from saiban.partners.queries import passing_fields
from saiban.registry import copying, refreshing
from saiban.registry.correcting.errors import AlreadyProposed, DayHasCome, NotAgreed, OnlyTheProposer
from saiban.registry.correcting.weighing import moves_a_score
from saiban.registry.errors import Erased
from saiban.registry.models import Correction, Household, Link, Profile
from saiban.registry.queries.seen import note_whose
from saiban.registry.transitions import CORRECTION_MOVES, CorrectionState
from saiban.registry.values import parse_value

CLERK = "clerk"
LEAST_REASON = 5


@service("registry.correction.propose")
def propose_correction(
    *,
    actor: Actor,
    household_id: int,
    field: str,
    value: object,
    reason: str,
    ends_on: date | None = None,
    observed_on: date | None = None,
) -> Correction:
    """Propose what is right, until ``ends_on`` (excluded; without one, the usual length).

    Of a field that no scorecard weighs it holds at once, and the household is refreshed; else nothing changes
    until a second person approves it. ``value`` is of the field's type, or its text. Raises: NotVisible
    (404); Erased (410); NotAllowed (403) for a field that the duty does not show; BadInput for a value that
    the dictionary does not allow, or a day out of bounds; ReasonMissing (422); AlreadyProposed, NotAgreed
    (409).
    """
    household = _held(actor, household_id)
    kept = checked_value(field, parse_value(field, value, actor=actor))
    _ask_reason(reason)
    own_subject(household_id)
    _ask_agreement(field)
    if household.corrections.filter(field=field, state=CorrectionState.PROPOSED).exists():
        raise AlreadyProposed
    before = Profile.objects.filter(household=household).first() or Profile()
    row = Correction.objects.create(
        household=household,
        field=field,
        value=kept,
        before=before.values.get(field),
        before_source=before.origin.get(field, {}).get("source", ""),
        moves_score=moves_a_score(field),
        reason=reason.strip(),
        observed_on=observed_on or timezone.localdate(),
        ends_on=checked_end(ends_on),
        state=CorrectionState.PROPOSED,
        proposed_by=actor,
    )
    audit.note(subject=household, reason=row.reason, field=field, correction=row.pk)
    if not row.moves_score:
        row.state = CorrectionState.APPROVED
        _put_in_force(actor, row, because="registry.correction.propose")
    return row


@service("registry.correction.approve")
def approve_correction(*, actor: Actor, correction_id: int) -> Correction:
    """Let a correction hold that somebody else proposed; the household is refreshed at once.

    Raises: NotVisible (404), SecondPersonNeeded (403); IllegalMove, DayHasCome, NotAgreed (409).
    """
    row = _locked(actor, correction_id)
    CORRECTION_MOVES.move(row, to=CorrectionState.APPROVED, actor=actor, prepared_by=row.proposed_by_id)
    if row.ends_on is not None and row.ends_on <= timezone.localdate():
        raise DayHasCome
    _ask_agreement(row.field)
    row.decided_by = actor
    row.decided_at = timezone.now()
    _put_in_force(actor, row, because="registry.correction.approve")
    audit.note(subject=row, field=row.field)
    note_whose(household_id=row.household_id, person_id=None)
    _announce(row)
    return row


@service("registry.correction.refuse")
def refuse_correction(*, actor: Actor, correction_id: int, reason: str) -> Correction:
    """Refuse what somebody else proposed: nothing changes.

    Raises: NotVisible (404), SecondPersonNeeded (403), IllegalMove (409), ReasonMissing (422).
    """
    row = _locked(actor, correction_id)
    _ask_reason(reason)
    CORRECTION_MOVES.move(
        row, to=CorrectionState.REFUSED, actor=actor, reason=reason, prepared_by=row.proposed_by_id
    )
    row.decision = reason.strip()
    _announce(row)
    return _decided(actor, row)


@service("registry.correction.withdraw")
def withdraw_correction(*, actor: Actor, correction_id: int) -> Correction:
    """Take one's own proposal back. Raises: NotVisible (404), OnlyTheProposer (403), IllegalMove (409)."""
    row = _locked(actor, correction_id)
    if row.proposed_by_id != actor.pk:
        raise OnlyTheProposer
    CORRECTION_MOVES.move(row, to=CorrectionState.WITHDRAWN, actor=actor)
    return _decided(actor, row)


@service("registry.correction.lift")
def lift_correction(*, actor: Actor, correction_id: int, reason: str) -> Correction:
    """End a correction before its day: what sources say holds again at once.

    What needed a second person is lifted by another one than who proposed it.

    Raises: NotVisible (404), SecondPersonNeeded (403), IllegalMove (409), ReasonMissing (422).
    """
    row = _locked(actor, correction_id)
    _ask_reason(reason)
    CORRECTION_MOVES.move(
        row, to=CorrectionState.ENDED, actor=actor, reason=reason, prepared_by=row.not_lifted_by
    )
    Correction.objects.filter(pk=row.pk).update(
        state=row.state,
        ending=Correction.Ending.LIFTED,
        ending_reason=reason.strip(),
        ended_by=actor,
        ended_at=Now(),
    )
    audit.note(subject=row, reason=reason.strip(), field=row.field)
    note_whose(household_id=row.household_id, person_id=None)
    refreshing.refresh(
        actor=actor, household_ids=[row.household_id], reason="registry.correction.lift",
        source_kind="registry.correction", source_id=row.pk,
    )  # fmt: skip
    row.refresh_from_db()
    return row


@service("registry.correction.expire")
def expire_corrections(*, actor: Actor) -> int:
    """Note that those whose day has come have ended, and refresh their households; return how many ended."""
    today = timezone.localdate()
    due = Correction.objects.over_on(today).values_list("household_id", flat=True)
    household_ids = sorted(set(due))
    copying.run(refreshing.LOCK, [household_ids])
    ended = Correction.objects.over_on(today).filter(household__in=household_ids).update(
        state=CorrectionState.ENDED, ending=Correction.Ending.EXPIRED, ended_at=Now()
    )  # fmt: skip
    audit.note_set("registry.household", household_ids, ended=ended)
    refreshing.refresh(actor=actor, household_ids=household_ids, reason="registry.correction.expire")
    return ended


def checked_end(ends_on: date | None) -> date:
    """Return the day on which a correction that begins today ends. Raises: BadInput for one out of bounds."""
    today = timezone.localdate()
    last = today + timedelta(days=settings.SAIBAN_CORRECTION_MOST_DAYS)
    if ends_on is None:
        return usual_end()
    if not today < ends_on <= last:
        raise BadInput(
            _("A correction cannot hold until this day."),
            place="ends_on",
            expected=_("a day after today, at most %(days)s days from now")
            % {"days": settings.SAIBAN_CORRECTION_MOST_DAYS},
        )
    return ends_on


def usual_end() -> date:
    """The day on which a correction ends that begins today, where nobody says otherwise."""
    return timezone.localdate() + timedelta(days=settings.SAIBAN_CORRECTION_DAYS)


def own_subject(household_id: int) -> int:
    """The subject under which a household was first spoken of."""
    links = Link.objects.filter(household_id=household_id, undone_at=None, subject__kind="household")
    subject_id = links.order_by("pk").values_list("subject_id", flat=True).first()
    if subject_id is None:
        raise Refused(_("No source has spoken of this household yet, so nothing can be corrected."))
    return subject_id


def _held(actor: Actor, household_id: int) -> Household:
    """The household, locked; nobody is erased meanwhile, and that is asked first, as an erasure locks."""
    intake.erase_nobody()
    rows = Household.objects.select_for_update(of=("self",), no_key=True)
    household = get_visible(rows, actor=actor, pk=household_id)
    if household.erased_at is not None:
        raise Erased
    return household


def _locked(actor: Actor, correction_id: int) -> Correction:
    """Lock a correction that the actor sees; its household first, as every refresh does."""
    intake.erase_nobody()
    seen = get_visible(Correction.objects.all(), actor=actor, pk=correction_id)
    Household.objects.select_for_update(no_key=True).get(pk=seen.household_id)
    return Correction.objects.select_for_update().get(pk=correction_id)


def _put_in_force(actor: Actor, row: Correction, *, because: str) -> None:
    """Say what the correction says, end the one before it, and refresh the household."""
    Correction.objects.filter(
        household=row.household_id, field=row.field, state=CorrectionState.APPROVED
    ).update(state=CorrectionState.ENDED, ending=Correction.Ending.REPLACED, ended_by=actor, ended_at=Now())
    observation = intake.record(
        actor=actor,
        said_by=row.proposed_by_id,
        subject_id=own_subject(row.household_id),
        source_code=CLERK,
        observed_on=row.observed_on,
        facts={row.field: row.value},
        reason=row.reason,
    )
    row.observation_id = observation.id
    row.save(update_fields=["state", "decided_by", "decided_at", "observation_id"])
    refreshing.refresh(
        actor=actor, household_ids=[row.household_id], reason=because,
        source_kind="registry.correction", source_id=row.pk,
    )  # fmt: skip


def _decided(actor: Actor, row: Correction) -> Correction:
    row.decided_by = actor
    row.decided_at = timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    audit.note(subject=row, reason=row.decision, field=row.field)
    note_whose(household_id=row.household_id, person_id=None)
    return row


def _announce(row: Correction) -> None:
    """Say that a second person has decided."""
    outbox.announce("registry.correction.decided", key=f"correction:{row.pk}:decided", correction_id=row.pk)


def _ask_agreement(field: str) -> None:
    """Refuse where the recording would be, which an agreement has to cover."""
    source = Source.objects.filter(code=CLERK, on=True).first()
    today = timezone.localdate()
    if source is None or field not in passing_fields(source=CLERK, purpose=purpose_of(source), on=today):
        raise NotAgreed


def _ask_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonMissing
