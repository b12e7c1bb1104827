"""What the lake holds: the one table."""

from collections.abc import Sequence

from saiban.core.lake.tables import LakeTable
from saiban.programmes.lake import ENROLMENTS
from saiban.registry.lake import HOUSEHOLDS, PERSONS
from saiban.scoring.lake import SCORES

TABLES: Sequence[LakeTable] = [HOUSEHOLDS, PERSONS, SCORES, ENROLMENTS]
