"""What a person decides of a doubtful finding: the same household, not the same, or a second thought."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from saiban.core import audit, changes, locks, outbox, rotation
from saiban.core.errors import NotVisible, Refused
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.registry import copying, refreshing
from saiban.registry.errors import Erased
from saiban.registry.findings import joining, twins
from saiban.registry.findings.joining import Did
from saiban.registry.models import Finding, FindingDecision, Household
from saiban.registry.transitions import FINDING_MOVES, FindingState


class ChangedSince(Refused):
    """What was joined has changed since: taking it apart again would tell something that is not so."""

    code, status = "registry.finding_changed_since", 409


@service("registry.finding.join")
def join_households(*, actor: Actor, finding_id: int, reason: str) -> Finding:
    """Decide that a new household is the earlier one: the earlier one goes on, with people and history.

    Raises: NotVisible (404) also where one of the households lies outside the actor's area; ReasonMissing
    (422); IllegalMove (409).
    """
    finding, other = _to_decide(actor, finding_id)
    FINDING_MOVES.move(finding, to=FindingState.SAME, actor=actor, reason=reason)
    did = joining.join(actor=actor, new=finding.household, old=other)
    _decided(actor, finding, reason, did)
    _let_follow(actor, finding, other)
    return finding


@service("registry.finding.keep_apart")
def keep_households_apart(*, actor: Actor, finding_id: int, reason: str) -> Finding:
    """Decide that a new household is not the earlier one; everything stays as it is.

    Raises: NotVisible (404), ReasonMissing (422), IllegalMove (409).
    """
    finding, _other = _to_decide(actor, finding_id)
    FINDING_MOVES.move(finding, to=FindingState.DIFFERENT, actor=actor, reason=reason)
    _decided(actor, finding, reason, None)
    return finding


@service("registry.finding.reopen")
def reopen_finding(*, actor: Actor, finding_id: int, reason: str) -> Finding:
    """Take a decision back: two households that were joined stand apart as before, and the question is open.

    Raises: NotVisible (404), ReasonMissing (422), IllegalMove (409); ChangedSince (409) where a later roster
    or decision has moved one of them.
    """
    finding, other = _to_decide(actor, finding_id)
    joined = finding.state == FindingState.SAME
    FINDING_MOVES.move(finding, to=FindingState.OPEN, actor=actor, reason=reason)
    if joined:
        last = finding.decisions.filter(state=FindingState.SAME)[0]  # the newest stands first
        did = Did(**last.did)
        _ask_for_no_change(last, did, other)
        joining.part(actor=actor, did=did, new=finding.household, old=other)
    _decided(actor, finding, reason, None)
    if joined:
        _let_follow(actor, finding, other)
    return finding


def _to_decide(actor: Actor, finding_id: int) -> tuple[Finding, Household]:
    """The finding and the earlier household, both locked as nobody else applies a part meanwhile."""
    rotation.hold()
    copying.rows_of("select pg_advisory_xact_lock(%s)", [locks.APPLY])
    rows = Finding.objects.select_for_update(of=("self",)).select_related("household")
    finding: Finding = get_visible(rows, actor=actor, pk=finding_id)
    if finding.other_id is None:
        raise NotVisible
    get_visible(Household.objects.all(), actor=actor, pk=finding.household_id)  # it may have moved away
    other = get_visible(Household.objects.all(), actor=actor, pk=finding.other_id)
    if finding.household.erased_at is not None or other.erased_at is not None:
        raise Erased
    return finding, other


def _ask_for_no_change(last: FindingDecision, did: Did, other: Household) -> None:
    seen_on = other.seen_on.isoformat() if other.seen_on else ""
    both = [did.new, did.old]
    later = FindingDecision.objects.filter(
        Q(finding__household__in=both) | Q(finding__other__in=both),
        pk__gt=last.pk, state=FindingState.SAME, finding__state=FindingState.SAME,
    )  # fmt: skip
    left = twins.left_of(last.finding_id)  # an erased person would be named again
    if left or seen_on != did.seen_on or later.exclude(finding=last.finding_id).exists():
        raise ChangedSince(
            _("A later survey or decision has changed one of these households. It can no longer be undone.")
        )


def _decided(actor: Actor, finding: Finding, reason: str, did: Did | None) -> None:
    finding.save(update_fields=["state"])
    FindingDecision.objects.create(
        finding=finding, state=finding.state, reason=reason.strip(), decided_by=actor,
        did=did.as_json() if did else {},
    )  # fmt: skip
    audit.note(subject=finding, reason=reason.strip(), after=str(finding.state))
    audit.note_set("registry.household", finding.both)


def _let_follow(actor: Actor, finding: Finding, other: Household) -> None:
    """Let links by number, profiles and whatever hangs on them follow the people."""
    both = [finding.household_id, other.pk]
    subject_ids = joining.follow_numbers(actor, both)
    refreshing.refresh(
        actor=actor, household_ids=both, reason="registry.finding.decide",
        source_kind="registry.finding", source_id=finding.pk,
    )  # fmt: skip
    if subject_ids:
        made = changes.change_set(
            actor=actor, kind="intake.subject", reason="registry.finding.decide", ids=subject_ids,
            source_kind="registry.finding", source_id=finding.pk,
        )  # fmt: skip
        outbox.announce("registry.link.moved", key=f"change_set:{made.pk}", change_set_id=made.pk)
