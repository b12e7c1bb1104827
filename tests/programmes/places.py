"""Places in schemes, written directly: for tests of what reads them."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from saiban.core.models import Actor
from saiban.intake.models import Batch, Source
from saiban.programmes.models import Cycle, Enrolment, Scheme
from saiban.programmes.models.schemes import PER_YEAR
from saiban.registry.models import Household, Person
from saiban.scoring.models import Rule

SINCE = date(2025, 1, 1)
NUMBERS = count(1)


def rule(author: Actor, *, text: str = "age >= 65", unit: str = "person") -> Rule:
    """An approved rule."""
    return Rule.objects.create(
        code="elderly",
        version=1,
        title_en="Elderly and poor",
        title_ur="بزرگ اور غریب",
        unit=unit,
        text=text,
        digest="0" * 64,
        reference="tests",
        state="approved",
        author=author,
    )


def of_list(
    scheme: str, household: Household | None = None, person: Person | None = None, **given: Any
) -> Enrolment:
    """A place that a department's list names."""
    row = Scheme.objects.get(code=scheme)
    period = given.pop("period", row.period)
    amount = given.pop("amount_paisa", row.benefit_paisa or 0)
    return Enrolment.objects.create(
        **{
            "scheme": row,
            "household": household,
            "person": person,
            "area_path": household.area_path if household else given.pop("area_path"),
            "state": "approved",
            "starts_on": SINCE,
            "amount_paisa": amount,
            "period": period,
            "yearly_paisa": amount * PER_YEAR.get(period, 1),
            "list_no": f"T-{next(NUMBERS):06}",
            "seen_on": date(2026, 5, 1),
        }
        | given
    )


def batch(by: Actor, **given: Any) -> Batch:
    """A batch of the survey that was applied; its source must be laid."""
    source = Source.objects.get(code="psc-survey")
    said = {"file_name": "x.csv", "digest": "b" * 64, "size": 1, "state": "applied", "received_by": by}
    return Batch.objects.create(source=source, **said | given)


def cycle(scheme: str, by: Actor, rule: Rule, **given: Any) -> Cycle:
    """A cycle of a scheme that is run here from now on."""
    row = Scheme.objects.get(code=scheme)
    row.rule = rule
    row.save(update_fields=["rule"])
    return Cycle.objects.create(
        **{
            "scheme": row,
            "number": 1,
            "area": by.duty.area,
            "starts_on": date(2026, 7, 1),
            "ends_on": date(2027, 7, 1),
            "budget_paisa": 10_000_000,
            "rule": rule,
            "benefit_paisa": row.benefit_paisa,
            "period": row.period,
            "seed": "tests",
            "prepared_by": by,
        }
        | given
    )


def run_here(cycle: Cycle, household: Household, person: Person | None = None, **given: Any) -> Enrolment:
    """A place of a cycle."""
    return Enrolment.objects.create(
        **{
            "scheme": cycle.scheme,
            "cycle": cycle,
            "household": household,
            "person": person,
            "area_path": household.area_path,
            "state": "approved",
            "starts_on": cycle.starts_on,
            "amount_paisa": cycle.benefit_paisa,
            "period": cycle.period,
            "yearly_paisa": cycle.benefit_paisa * PER_YEAR.get(cycle.period, 1),
        }
        | given
    )
