"""What a list to pay comes to: counts and sums, no person among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from saiban.programmes.models import Cycle
from saiban.programmes.transitions import EnrolmentState
from saiban.registry import copying

PERIODS = """
select t.period_from, t.period_until, count(*), sum(t.amount_paisa)::bigint,
  count(*) filter (where e.state <> %s), coalesce(sum(t.amount_paisa) filter (where e.state <> %s), 0)::bigint
from programmes_entitlement t join programmes_enrolment e on e.id = t.enrolment_id
where t.cycle_id = %s group by 1, 2 order by 1
"""


@dataclass(frozen=True)
class PeriodToPay:
    """One period of an approved list: entitlements and their sum, and those of them that are held back."""

    starts_on: date
    ends_on: date
    count: int
    paisa: int
    held: int
    held_paisa: int


def periods_to_pay(cycle: Cycle) -> list[PeriodToPay]:
    """The periods of a cycle that the caller may see (1 query)."""
    approved = EnrolmentState.APPROVED.value
    return [PeriodToPay(*row) for row in copying.rows_of(PERIODS, [approved, approved, cycle.pk])]
