"""Schemes and who is in them; how a scheme that is run here chooses and pays; where benefits overlap."""

from saiban.programmes.models.cycles import Candidate, CandidateOutcome, Cycle, Entitlement, Proposal
from saiban.programmes.models.overlaps import Overlap, OverlapDecision
from saiban.programmes.models.schemes import BenefitKind, Enrolment, Period, Scheme, Unit

__all__ = [
    "BenefitKind",
    "Candidate",
    "CandidateOutcome",
    "Cycle",
    "Enrolment",
    "Entitlement",
    "Overlap",
    "OverlapDecision",
    "Period",
    "Proposal",
    "Scheme",
    "Unit",
]
