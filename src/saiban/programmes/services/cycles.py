"""The life of a cycle: opened with a budget, its list proposed, approved by another person, or withdrawn."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, locks, money, outbox
from saiban.core.models import Actor, Area
from saiban.core.progress import measured
from saiban.core.services import get_visible, service
from saiban.data.errors import BadInput
from saiban.programmes import approving, choosing, periods, reviewing, standing
from saiban.programmes.errors import AreaNeeded, CycleUnderWay, NobodySelected, NotRunHere, RuleNotApproved
from saiban.programmes.models import Cycle, Enrolment, Scheme
from saiban.programmes.querysets import covers
from saiban.programmes.services.schemes import ask_agency, managed_scheme
from saiban.programmes.transitions import CYCLE_MOVES, CycleState, EnrolmentState
from saiban.registry import copying
from saiban.scoring.judging import policy_of
from saiban.scoring.transitions import RuleState

SEED_BYTES = 16
MOST_PAISA = 10**16


@service("programmes.cycle.open")
def open_cycle(
    *,
    actor: Actor,
    scheme_id: int,
    starts_on: date,
    ends_on: date,
    budget_paisa: int,
    area_code: str = "",
) -> Cycle:
    """Open a cycle of a scheme that is run here; rule, benefit and period stay as they are now.

    Without ``area_code`` it covers the area of the duty. Raises: NotVisible (404), OtherAgency (403),
    NotRunHere, RuleNotApproved, CycleUnderWay (409), BadInput for days, budget or area.
    """
    scheme = managed_scheme(actor, scheme_id)
    rule, benefit = scheme.rule, scheme.benefit_paisa
    if rule is None or benefit is None:
        raise NotRunHere
    if rule.state != RuleState.APPROVED:
        raise RuleNotApproved
    _check_days(scheme, starts_on, ends_on)
    _check_budget(budget_paisa, benefit * len(periods.periods_of(starts_on, ends_on, scheme.period)))
    last = Cycle.objects.filter(scheme=scheme).order_by("-number").values_list("number", flat=True).first()
    cycle = Cycle(
        scheme=scheme,
        number=(last or 0) + 1,
        area=_area(actor, area_code),
        starts_on=starts_on,
        ends_on=ends_on,
        budget_paisa=budget_paisa,
        rule=rule,
        benefit_paisa=benefit,
        period=scheme.period,
        seed=secrets.token_hex(SEED_BYTES),
        prepared_by=actor,
    )
    try:
        with transaction.atomic():
            cycle.save(force_insert=True)
    except IntegrityError:
        raise CycleUnderWay from None
    audit.note(subject=cycle, scheme=scheme.code, budget_paisa=budget_paisa, seed=cycle.seed)
    return cycle


@service("programmes.cycle.propose")
def propose_cycle(*, actor: Actor, cycle_id: int) -> Cycle:
    """Make the list of a cycle: judge, check overlaps, put into line, propose enrolments within the budget.

    Every candidate is kept with what became of it. Raises: NotVisible (404), OtherAgency, AreaNeeded (403),
    IllegalMove, RuleNotApproved, PolicyNotConfirmed, PolicyNotSettled (409).
    """
    cycle = locked_cycle(actor, cycle_id)
    CYCLE_MOVES.move(cycle, to=CycleState.PROPOSED, actor=actor)
    ask_ready(cycle)
    _one_at_a_time()
    with measured(
        "programmes.cycle.propose",
        actor_id=actor.pk,
        subject_kind="programmes.cycle",
        subject_id=cycle.pk,
    ) as meter:
        cycle.figures = choosing.choose(cycle, meter=meter)
    cycle.proposed_by, cycle.proposed_at = actor, timezone.now()
    cycle.save(update_fields=["state", "figures", "proposed_by", "proposed_at"])
    audit.note(subject=cycle, **cycle.figures["outcomes"])
    return cycle


@service("programmes.cycle.approve")
def approve_cycle(*, actor: Actor, cycle_id: int) -> Cycle:
    """Approve the list of a cycle, as another person than who opened or proposed it; it is frozen then.

    Who has meanwhile got a place that excludes this one, or where nobody lives any more, falls off, with the
    reason; the others are enrolled, and get an entitlement for each period. A place from an earlier cycle
    where nobody lives any more gets none. Raises: NotVisible (404), OtherAgency, AreaNeeded,
    SecondPersonNeeded (403), IllegalMove, RuleNotApproved, PolicyNotConfirmed, PolicyNotSettled,
    NobodySelected (409).
    """
    cycle = locked_cycle(actor, cycle_id)
    CYCLE_MOVES.move(cycle, to=CycleState.APPROVED, actor=actor, prepared_by=_who_prepared(cycle, actor))
    ask_ready(cycle)
    _one_at_a_time()
    fallen = _refuse_changed(cycle) + approving.gone_on_nowhere(cycle)
    Enrolment.objects.filter(cycle=cycle, state=EnrolmentState.PROPOSED).update(
        state=EnrolmentState.APPROVED, reason=""
    )
    approving.renew(cycle)
    if not approving.entitle(cycle):
        raise NobodySelected
    reviewing.lapse_enrolled(cycle)
    cycle.approved_by, cycle.approved_at = actor, timezone.now()
    cycle.digest = approving.digest_of(cycle)
    cycle.figures = cycle.figures | {"fallen": fallen, "approved_paisa": approving.sum_of(cycle)}
    cycle.save(update_fields=["state", "approved_by", "approved_at", "digest", "figures"])
    audit.note(subject=cycle, digest=cycle.digest, fallen=fallen)
    outbox.announce("programmes.cycle.approved", key=f"cycle:{cycle.pk}:approved", cycle_id=cycle.pk)
    return cycle


@service("programmes.cycle.withdraw")
def withdraw_cycle(*, actor: Actor, cycle_id: int, reason: str) -> Cycle:
    """Give a cycle up that is not approved; the places that it proposed are refused with the reason.

    Raises: NotVisible (404), OtherAgency, AreaNeeded (403), ReasonMissing (422), IllegalMove (409).
    """
    cycle = locked_cycle(actor, cycle_id)
    CYCLE_MOVES.move(cycle, to=CycleState.WITHDRAWN, actor=actor, reason=reason)
    cycle.reason = reason.strip()
    cycle.save(update_fields=["state", "reason"])
    refused = Enrolment.objects.filter(cycle=cycle, state=EnrolmentState.PROPOSED).update(
        state=EnrolmentState.REFUSED, reason=cycle.reason
    )
    audit.note(subject=cycle, reason=cycle.reason, refused=refused)
    return cycle


def locked_cycle(actor: Actor, cycle_id: int) -> Cycle:
    """The cycle, locked, if the duty is of its department and covers its area.

    Raises: NotVisible (404), OtherAgency, AreaNeeded (403).
    """
    rows = Cycle.objects.select_for_update(of=("self",)).select_related("scheme", "rule", "area")
    cycle = get_visible(rows, actor=actor, pk=cycle_id)
    ask_covered(actor, cycle)
    return cycle


def ask_covered(actor: Actor, cycle: Cycle) -> None:
    """Refuse whose duty is of another department or of a part. Raises: OtherAgency, AreaNeeded (403)."""
    ask_agency(actor, cycle.scheme)
    if not covers(actor, cycle.area.path):
        raise AreaNeeded


def ask_ready(cycle: Cycle) -> None:
    """Refuse to choose by a rule or by policy that may not decide.

    Raises: RuleNotApproved, PolicyNotConfirmed, PolicyNotSettled (409).
    """
    if cycle.rule.state != RuleState.APPROVED:
        raise RuleNotApproved
    policy_of(cycle.rule, on=timezone.localdate(), decides=True)
    standing.ask_settled(cycle)


def _who_prepared(cycle: Cycle, actor: Actor) -> int:
    prepared = {cycle.prepared_by_id, cycle.proposed_by_id}
    return actor.pk if actor.pk in prepared else cycle.prepared_by_id


def _one_at_a_time() -> None:
    """Wait until no other cycle is choosing or being approved: then what they chose is seen."""
    copying.rows_of("select pg_advisory_xact_lock(%s)", [locks.CYCLE])


def _refuse_changed(cycle: Cycle) -> int:
    """Take off the list who can no longer be on it; how many."""
    reasons: dict[str, list[int]] = {}
    for pk, why, what in approving.changed_since(cycle):
        reasons.setdefault(approving.why_in_words(why, what), []).append(pk)
    for reason, ids in reasons.items():
        Enrolment.objects.filter(pk__in=ids).update(state=EnrolmentState.REFUSED, reason=reason)
    return sum(len(ids) for ids in reasons.values())


def _check_days(scheme: Scheme, starts_on: date, ends_on: date) -> None:
    periods.periods_of(starts_on, ends_on, scheme.period)
    former = Cycle.objects.filter(scheme=scheme, state=CycleState.APPROVED).order_by("-ends_on").first()
    if former is not None and starts_on < former.ends_on:
        raise BadInput(
            _("Cycle %(number)s covers some of these days, or later ones.") % {"number": former.number},
            place="starts_on",
            expected=_("%(day)s or later") % {"day": former.ends_on.isoformat()},
        )


def _check_budget(budget_paisa: int, cost_paisa: int) -> None:
    if not cost_paisa <= budget_paisa <= MOST_PAISA:
        raise BadInput(
            _("The budget pays for nobody.") if budget_paisa < cost_paisa else _("The budget is too large."),
            place="budget_paisa",
            expected=_("at least %(cost)s, what one place costs in this cycle")
            % {"cost": money.rupees(cost_paisa)},
        )


def _area(actor: Actor, code: str) -> Area:
    if not code:
        duty: Any = actor.duty
        area: Area = duty.area
        return area
    found = Area.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise BadInput(
            _("There is no such area, or it lies outside yours."),
            place="area_code",
            expected=_("the code of an area of your duty"),
        )
    return found
