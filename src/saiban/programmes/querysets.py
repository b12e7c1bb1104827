"""Named questions about schemes, enrolments, overlaps and cycles: those of people begin at ``visible_to``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from saiban.core.foundation import own_agency
from saiban.programmes.transitions import OPEN_STATES, RUNNING

if TYPE_CHECKING:
    from saiban.core.models import Actor
    from saiban.programmes.models import Candidate, Cycle, Enrolment, Entitlement, Overlap, Proposal, Scheme


Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def covers(actor: Actor, path: str) -> bool:
    """Whether the area of the duty is that one, or holds it."""
    own = actor.area_path
    return own is not None and (path == own or path.startswith(f"{own}."))


class SchemeQuerySet(models.QuerySet["Scheme"]):
    """Schemes: the catalogue is open to all who may see it."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who may see schemes."""
        return self.all() if actor.may("programmes.scheme.view") else self.none()

    def managed_by(self, actor: Actor) -> Self:
        """Keep those of the duty's agency; all for the owner of the registry."""
        agency = own_agency(actor)
        rows = self.visible_to(actor)
        return rows if agency is None else rows.filter(agency=agency)

    def run_here(self) -> Self:
        """Keep those that are run in this system."""
        return self.filter(rule__isnull=False)


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those in the area of the actor's duty; a department sees its own schemes' only."""
        if not (actor.may("programmes.enrolment.view") and actor.area_path):
            return self.none()
        rows = self.filter(area_path__under=actor.area_path)
        agency = own_agency(actor)
        return rows if agency is None else rows.filter(scheme__agency=agency)

    def open_on(self, day: date) -> Self:
        """Keep places that are held on a day: proposed, approved or suspended."""
        return self._on(day).filter(state__in=OPEN_STATES)

    def running_on(self, day: date) -> Self:
        """Keep places that give something on a day: approved, and within their dates."""
        return self._on(day).filter(state__in=RUNNING)

    def _on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))


class OverlapQuerySet(models.QuerySet["Overlap"]):
    """Overlaps."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those in the duty's area; a department sees those that one of its own schemes is part of, and
        those that were referred to it."""
        if not (actor.may("programmes.overlap.view") and actor.area_path):
            return self.none()
        rows = self.filter(area_path__under=actor.area_path)
        agency = own_agency(actor)
        if agency is None:
            return rows
        of_own = Q(left__scheme__agency=agency) | Q(right__scheme__agency=agency)
        return rows.filter(of_own | Q(referred_to=agency))

    def present(self) -> Self:
        """Keep those that still are."""
        return self.exclude(state="gone")


class CycleQuerySet(models.QuerySet["Cycle"]):
    """Cycles of schemes that are run here."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the schemes of the duty's agency, for who may see them."""
        if not actor.may("programmes.cycle.view"):
            return self.none()
        agency = own_agency(actor)
        return self.all() if agency is None else self.filter(scheme__agency=agency)


class CandidateQuerySet(models.QuerySet["Candidate"]):
    """Candidates of cycles."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those in the duty's area, of schemes of its agency."""
        return _in_area_and_agency(self, actor, "cycle__scheme__agency")


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    """Entitlements."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of enrolments that the actor sees."""
        return _in_area_and_agency(self, actor, "enrolment__scheme__agency", "enrolment__area_path")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those in the duty's area, of schemes of its agency."""
        return _in_area_and_agency(self, actor, "scheme__agency")


def _in_area_and_agency(rows: Rows, actor: Actor, agency_name: str, path_name: str = "area_path") -> Rows:
    if not (actor.may("programmes.enrolment.view") and actor.area_path):
        return rows.none()
    kept = rows.filter(**{f"{path_name}__under": actor.area_path})
    agency = own_agency(actor)
    return kept if agency is None else kept.filter(**{agency_name: agency})
