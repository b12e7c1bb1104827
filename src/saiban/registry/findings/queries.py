"""Findings as pages show them: each read begins at ``visible_to`` and is kept in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from saiban.core import audit
from saiban.core.models import Actor, Area
from saiban.core.services import get_visible, look
from saiban.registry.applying.resurvey import terms
from saiban.registry.models import Finding, FindingDecision, Household
from saiban.registry.queries.households import MemberLine, hidden_places, members_of
from saiban.registry.transitions import FindingState


@dataclass(frozen=True)
class HouseholdSide:
    """One of two households that may be the same, with its members: the earlier one as before the survey."""

    household: Household
    area: Area
    members: Sequence[MemberLine]


@dataclass(frozen=True)
class FindingPage:
    """A finding with both households; None where there is none, or it lies outside the area by now."""

    finding: Finding
    household: HouseholdSide | None
    other: HouseholdSide | None
    decisions: Sequence[FindingDecision]


def counts_of(*, actor: Actor, batch_id: int) -> dict[str, int]:
    """How many findings of each kind a batch has in the actor's area (1 query)."""
    rows = Finding.objects.visible_to(actor).filter(batch=batch_id).order_by()
    return dict(rows.values_list("kind").annotate(Count("pk")))


def finding_list(*, actor: Actor) -> QuerySet[Finding]:
    """Findings that the actor sees, for a table, with ``sees_household`` and ``sees_other``: whether these
    are in sight as well. Keep the look by ``keep_list``."""
    places = [*hidden_places("household__"), *hidden_places("other__")]
    rows: QuerySet[Finding] = Finding.objects.visible_to(actor)
    seen = Household.objects.visible_to(actor)
    sight = {
        f"sees_{name}": Exists(seen.filter(pk=OuterRef(f"{name}_id"))) for name in ("household", "other")
    }
    return rows.select_related("household", "other", "batch").defer(*places).annotate(**sight)


@look("registry.finding.list")
def keep_list(*, actor: Actor, household_ids: Sequence[int], query: str) -> None:
    """Keep who saw which households in a list of findings; ``query`` holds codes, never names."""
    audit.note_set("registry.household", household_ids, query=query)


@look("registry.finding.view")
def finding_page(*, actor: Actor, finding_id: int) -> FindingPage:
    """One finding, both households side by side. Raises: NotVisible (404)."""
    rows = Finding.objects.select_related("household__area", "batch__source")
    finding: Finding = get_visible(rows, actor=actor, pk=finding_id)
    audit.note(subject=finding)
    home = Household.objects.visible_to(actor).select_related("area").filter(pk=finding.household_id).first()
    other = _other(actor, finding)
    audit.note_set("registry.household", [finding.household_id, *([other.household.pk] if other else [])])
    return FindingPage(
        finding=finding,
        household=HouseholdSide(home, home.area, members_of(actor, home.pk)) if home else None,
        other=other,
        decisions=list(finding.decisions.select_related("decided_by")),
    )


def _other(actor: Actor, finding: Finding) -> HouseholdSide | None:
    seen = Household.objects.visible_to(actor).select_related("area").filter(pk=finding.other_id or 0).first()
    if seen is None:
        return None
    if finding.state == FindingState.SAME or finding.household.seen_on is None:
        return HouseholdSide(seen, seen.area, members_of(actor, seen.pk))
    before = finding.household.seen_on - timedelta(days=terms().least_days)
    members = members_of(actor, seen.pk, on=before) or members_of(actor, seen.pk)
    return HouseholdSide(seen, seen.area, members)
