"""The catalogue that every installation starts from: the schemes as they were reported. Repeatable."""

from __future__ import annotations

from saiban.core.models import Agency
from saiban.data import facts
from saiban.programmes.models import Scheme

REPORTED = [
    "name_en",
    "name_ur",
    "agency",
    "level",
    "kind",
    "pillar",
    "stage",
    "target",
    "target_group_en",
    "target_group_ur",
    "amount",
    "eligibility",
    "year",
    "source",
    "confirmed",
]
GIVEN = ["unit", "benefit_paisa", "period"]


def lay() -> None:
    """Load the catalogue from the carried-over facts.

    A scheme that is run here keeps the benefit that it was set up with, whatever the report says.
    """
    run_here = set(Scheme.objects.run_here().values_list("code", flat=True))
    rows = _reported()
    _write([row for row in rows if row.code in run_here], REPORTED)
    _write([row for row in rows if row.code not in run_here], [*REPORTED, *GIVEN])


def _write(rows: list[Scheme], columns: list[str]) -> None:
    Scheme.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=columns)


def _reported() -> list[Scheme]:
    agencies = Agency.objects.in_bulk(field_name="code")
    return [
        Scheme(
            code=fact.code,
            name_en=fact.name,
            name_ur=fact.name_ur,
            agency=agencies[fact.agency],
            level=fact.level,
            kind=fact.kind,
            pillar=fact.pillar,
            stage=fact.stage,
            target=fact.target,
            target_group_en=fact.target_group,
            target_group_ur=fact.target_group_ur,
            unit=fact.unit,
            amount=fact.amount,
            benefit_paisa=fact.amount_paisa,
            period=fact.period,
            eligibility=fact.eligibility,
            year=fact.year,
            source=fact.source,
            confirmed=fact.confirmed,
        )
        for fact in facts.schemes().values()
    ]
