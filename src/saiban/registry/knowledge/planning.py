"""Which areas to survey first with so many visits: where a visit renews most decisions that hang on old
evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from saiban.registry.knowledge.queries import Coverage


@dataclass(frozen=True)
class Stage:
    """An area of the plan: ``expected`` households live there, ``visits`` of them fit, ``so_far`` with those
    before it.
    """

    coverage: Coverage
    expected: int
    visits: int
    so_far: int

    @property
    def is_whole(self) -> bool:
        """Whether the visits are enough for all of its households."""
        return self.visits == self.expected

    @property
    def renewed(self) -> int:
        """About how many decisions on old evidence these visits renew."""
        return self.coverage.at_stake * self.visits // self.expected if self.expected else 0


def expected_of(one: Coverage) -> int:
    """Households to expect: those of the census, or more where the registry holds more."""
    return max(one.census or 0, one.households)


def plan(areas: Iterable[Coverage], *, visits: int) -> list[Stage]:
    """Put areas in their order until the visits are used up; the last one may be visited in part.

    First where most decisions hang on old evidence for each visit; where none do, where the registry holds
    the smallest share. An area of which nobody knows a household is left out.
    """
    stages: list[Stage] = []
    left = visits
    for one in sorted(areas, key=_rank):
        expected = expected_of(one)
        if left <= 0 or expected == 0:
            continue
        here = min(expected, left)
        left -= here
        stages.append(Stage(one, expected, here, visits - left))
    return stages


def _rank(one: Coverage) -> tuple[float, float, str]:
    expected = expected_of(one)
    return (-one.at_stake / expected if expected else 0.0, one.share or 0.0, one.area.code)
