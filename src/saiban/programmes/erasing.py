"""What programmes says to an erasure: who is still in a scheme stays; what waited about the erased lapses."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import locks
from saiban.programmes import taking
from saiban.programmes.models import Enrolment, Overlap, Proposal
from saiban.programmes.queries.overlaps import TO_DECIDE
from saiban.programmes.transitions import ProposalState
from saiban.registry import copying
from saiban.registry.erasure.holds import Hold
from saiban.ui.components import Words


def open_places(household_ids: Sequence[int], person_ids: Sequence[int]) -> list[Words]:
    """Name the schemes in which these have a place today, or are the head of a household that has one."""
    whose = Q(household__in=household_ids) | Q(person__in=person_ids) | _headed_by(person_ids)
    rows = Enrolment.objects.open_on(timezone.localdate()).filter(whose).select_related("scheme")
    schemes = {row.scheme_id: row.scheme for row in rows.order_by("scheme__code")}
    return [_("a place in %(scheme)s is open") % {"scheme": scheme} for scheme in schemes.values()]


def _headed_by(person_ids: Sequence[int]) -> Q:
    """Places of households whose head is one of these: the head is who is paid."""
    return Q(
        person=None,
        household__memberships__person__in=person_ids,
        household__memberships__head=True,
        household__memberships__during__upper_inf=True,
        household__memberships__cancelled=False,
    )


def wait_for_givers() -> None:
    """Wait for cycles that choose and for lists that are taken; they wait until the transaction ends."""
    copying.rows_of("select pg_advisory_xact_lock(%s)", [locks.CYCLE])
    taking.wait_for_others()


def open_overlaps(household_ids: Sequence[int], person_ids: Sequence[int]) -> list[Words]:
    """Say that a double benefit of theirs is still to be decided, or was referred."""
    whose = Q(household__in=household_ids) | Q(person__in=person_ids)
    waits = Overlap.objects.filter(whose, state__in=TO_DECIDE).exists()
    return [_("a double benefit is still to be decided")] if waits else []


def let_proposals_lapse(household_ids: Sequence[int]) -> int:
    """What waits about households, or members, that were erased need not be decided any more; how many."""
    whose = Q(household__in=household_ids, household__erased_at__isnull=False) | Q(
        household__in=household_ids, person__erased_at__isnull=False
    )
    rows = Proposal.objects.filter(whose, state=ProposalState.OPEN)
    return Proposal.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        state=ProposalState.LAPSED
    )


HOLDS = (Hold(open_places, wait_for_givers), Hold(open_overlaps, wait_for_givers))
