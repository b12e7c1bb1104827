"""The tables of core: places, those who act, and what was done."""

from saiban.core.models.actors import Actor, ActorKind, Agency, Duty, Role
from saiban.core.models.areas import Area, AreaLevel
from saiban.core.models.audit import Audit, AuditCheckpoint, AuditIdSet, AuditLink, AuditPending
from saiban.core.models.keys import Rotation
from saiban.core.models.lake import LakeNote
from saiban.core.models.work import Announcement, ChangeSet, ChangeSetItem, PeriodicRun, Progress

__all__ = [
    "Actor",
    "ActorKind",
    "Agency",
    "Announcement",
    "Area",
    "AreaLevel",
    "Audit",
    "AuditCheckpoint",
    "AuditIdSet",
    "AuditLink",
    "AuditPending",
    "ChangeSet",
    "ChangeSetItem",
    "Duty",
    "LakeNote",
    "PeriodicRun",
    "Progress",
    "Role",
    "Rotation",
]
