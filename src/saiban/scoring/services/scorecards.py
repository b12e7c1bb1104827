"""The life of scorecards, and the scores that they give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, outbox
from saiban.core.errors import Refused
from saiban.core.models import Actor, ChangeSet
from saiban.core.services import get_visible, service
from saiban.data.errors import BadInput
from saiban.intake import services as intake
from saiban.intake.queries import has_reported
from saiban.registry import services as registry
from saiban.registry.publishing import ScoreOf
from saiban.registry.refreshing import change_set_ids
from saiban.scoring import computing, queries, trial
from saiban.scoring.computing import Computed
from saiban.scoring.models import Scorecard
from saiban.scoring.transitions import SCORECARD_MOVES, ScorecardState

OF_BATCH = "intake.batch"


class TrialFailed(Refused):
    """The two ways of calculating do not agree, so the scorecard cannot be used."""

    code = "scoring.trial_failed"


class PolicyUnconfirmed(Refused):
    """A scorecard may not decide on a cut-off that nobody has checked against its source."""

    code = "scoring.policy_unconfirmed"


class ProvinceNeeded(Refused):
    """Scorecards and rules hold for everybody, so only a duty for the whole province decides on them."""

    code = "scoring.province_needed"
    status = 403


@service("scoring.scorecard.add")
def add_scorecard(*, actor: Actor, text: str) -> Scorecard:
    """Add a scorecard version from its YAML text, as a draft. Raises: BadInput naming the line and what was
    expected."""
    card = computing.definition_of_text(text)
    row = Scorecard(
        code=card.code,
        version=card.version,
        title_en=card.label["en"],
        title_ur=card.label["ur"],
        text=text,
        digest=card.digest,
        reference=card.reference,
        author=actor,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise BadInput(
            _("This version is there already."),
            place=f"{card.code} {card.version}",
            expected=_("a new version number"),
        ) from None
    audit.note(subject=row, code=card.code, version=card.version, digest=card.digest)
    return row


@service("scoring.scorecard.test")
def test_scorecard(*, actor: Actor, scorecard_id: int) -> Scorecard:
    """Try a draft out and keep the results that it may be approved on. Raises: TrialFailed, IllegalMove
    (409)."""
    row = _locked(actor, scorecard_id)
    SCORECARD_MOVES.move(row, to=ScorecardState.TESTED, actor=actor)
    row.tested = trial.try_out(computing.definition(row))
    if row.tested["equal"] != row.tested["cases"]:
        raise TrialFailed(
            _("Its two ways of calculating do not agree. Report this to the makers of the system.")
        )
    row.save(update_fields=["state", "tested"])
    audit.note(subject=row, households=row.tested["households"])
    return row


@service("scoring.scorecard.approve")
def approve_scorecard(*, actor: Actor, scorecard_id: int, decides: bool) -> Scorecard:
    """Approve a tested scorecard, as another person than its author; ``decides``: bands come from it from now
    on.

    All households are scored anew by it. Raises: ProvinceNeeded, SecondPersonNeeded (403), IllegalMove,
    PolicyUnconfirmed (409).
    """
    ask_area(actor)
    row = _locked(actor, scorecard_id)
    SCORECARD_MOVES.move(row, to=ScorecardState.APPROVED, actor=actor, prepared_by=row.author_id)
    if decides:
        _ask_policy()
        Scorecard.objects.filter(decides=True).update(decides=False)
    row.approver, row.approved_at, row.decides = actor, timezone.now(), decides
    row.save(update_fields=["state", "approver", "approved_at", "decides"])
    audit.note(subject=row, decides=decides)
    outbox.announce("scoring.scorecard.approved", key=f"scorecard:{row.pk}:approved", scorecard_id=row.pk)
    return row


@service("scoring.scorecard.retire")
def retire_scorecard(*, actor: Actor, scorecard_id: int, reason: str) -> Scorecard:
    """Take an approved scorecard out of use; its scores stay. Raises: ProvinceNeeded (403), ReasonMissing
    (422), IllegalMove (409)."""
    ask_area(actor)
    row = _locked(actor, scorecard_id)
    SCORECARD_MOVES.move(row, to=ScorecardState.RETIRED, actor=actor, reason=reason)
    row.decides = False
    row.save(update_fields=["state", "decides"])
    audit.note(subject=row, reason=reason.strip())
    return row


@service("scoring.score.publish")
def score_change_set(*, actor: Actor, change_set_id: int) -> Computed:
    """Score the households whose profile changed, publish what moved, and tell the batch that moved it.

    Scoring a change set twice appends nothing the second time.
    """
    change_set = ChangeSet.objects.get(pk=change_set_id)
    computed = _score(actor, change_set_ids(change_set_id), change_set_id)
    audit.note(subject=change_set, **_figures(computed))
    outbox.announce(
        "scoring.score.published", key=f"change_set:{change_set_id}:scored", change_set_id=change_set_id
    )
    if change_set.source_kind == OF_BATCH and change_set.source_id is not None:
        _tell_batch(actor, change_set, computed)
    return computed


@service("scoring.score.publish")
def score_registry(*, actor: Actor, scorecard_id: int | None = None) -> Computed:
    """Score every household of the registry by all scorecards in use, or by one of them."""
    from saiban.registry import copying

    found = copying.rows_of(
        "select household_id from registry_profile where household_id is not null order by 1"
    )
    computed = _score(actor, [row[0] for row in found], None, scorecard_id)
    audit.note(**_figures(computed))
    return computed


def _locked(actor: Actor, scorecard_id: int) -> Scorecard:
    rows = Scorecard.objects.select_for_update(of=("self",))
    return get_visible(rows, actor=actor, pk=scorecard_id)


def ask_area(actor: Actor) -> None:
    """Refuse who decides for a part only. Raises: ProvinceNeeded (403)."""
    if not queries.covers_province(actor):
        raise ProvinceNeeded(
            _("This holds for the whole province: someone whose duty covers the province decides on it.")
        )


def _ask_policy() -> None:
    from saiban.calc.policy import NoValue, UnconfirmedValue

    try:
        computing.limits(decides=True)
    except (UnconfirmedValue, NoValue) as error:
        raise PolicyUnconfirmed(
            _("The cut-off is not confirmed, so no scorecard may decide yet. %(why)s") % {"why": error}
        ) from error


def _score(
    actor: Actor, household_ids: Iterable[int], change_set_id: int | None, scorecard_id: int | None = None
) -> Computed:
    """Score by each scorecard in use; the figures are those of the one that decides, scores appended those of
    all."""

    def publish(scores: list[ScoreOf]) -> Computed:
        return Computed(**registry.publish_scores(actor=actor, scores=scores).counts())

    ids, total = list(household_ids), Computed()
    chosen = (
        Scorecard.objects.scoring() if scorecard_id is None else Scorecard.objects.filter(pk=scorecard_id)
    )
    for scorecard in chosen:
        computed = computing.score_households(scorecard, ids, change_set_id=change_set_id, publish=publish)
        total = computing.added(total, computed)
    return replace(total, households=len(ids))


def _figures(computed: Computed) -> dict[str, Any]:
    return asdict(computed)


def _tell_batch(actor: Actor, change_set: ChangeSet, computed: Computed) -> None:
    """Keep on the batch what it moved; a repetition that moved nothing does not write over it."""
    batch_id, of = int(change_set.source_id or 0), f"change_set:{change_set.pk}"
    if computed.appended or not has_reported(batch_id=batch_id, step="scores", of=of):
        intake.note_outcome(actor=actor, batch_id=batch_id, step="scores", counts=_figures(computed), of=of)
