"""What the demo's report says of benefits, against the hidden truth: doubles found, errors of targeting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOUBLES = ("twice_in_list", "across", "across_household")
FOUND_SQL = """
select o.level, ls.code || '/' || l.list_no, rs.code || '/' || r.list_no
from programmes_overlap o
join programmes_enrolment l on l.id = o.left_id join programmes_scheme ls on ls.id = l.scheme_id
join programmes_enrolment r on r.id = o.right_id join programmes_scheme rs on rs.id = r.scheme_id
where o.state <> 'gone' and l.list_no <> '' and r.list_no <> ''
"""
ELIGIBLE_SQL = """
select c.person_id, c.household_id, c.outcome in ('selected', 'enrolled')
from programmes_candidate c where c.cycle_id = %s and c.outcome <> 'unknown'
"""
OLD_SQL = """
select m.person_id, m.household_id from registry_membership m join registry_person p on p.id = m.person_id
where upper_inf(m.during) and not m.cancelled and p.birth_date <= %s::date - interval '65 years'
"""


@dataclass(frozen=True)
class Doubles:
    """Doubles that were planted in the lists, how many of them were found, how many falsely or unplanted."""

    planted: int
    found: int
    false: int
    natural: int


@dataclass(frozen=True)
class Targeting:
    """Errors of a programme: the share of the chosen who should not be, of those who should and are not."""

    group: str
    chosen: int
    should: int
    inclusion: float
    exclusion: float


def doubles(truth: Path) -> Doubles:
    """Compare the overlaps found by number with what was planted.

    False is one whose two rows are not truly of the same person (or, at the level of households, household);
    natural is one that is true, though nobody planted it.
    """
    import pyarrow.parquet as pq
    from django.db import connection

    who: dict[str, tuple[Any, Any]] = {}
    planted: set[frozenset[str]] = set()
    for row in pq.read_table(truth).to_pylist():
        name = f"{row['scheme']}/{row['beneficiary_no']}"
        who[name] = (row["household_no"], row["line_no"])
        if row["kind"] in DOUBLES:
            planted.add(frozenset((name, row["other"])))
    with connection.cursor() as cursor:
        cursor.execute(FOUND_SQL)
        found = {frozenset((left, right)): level for level, left, right in cursor.fetchall()}
    others = {pair: level for pair, level in found.items() if pair not in planted}
    natural = sum(_is_true(pair, level, who) for pair, level in others.items())
    return Doubles(len(planted), len(planted & set(found)), len(others) - natural, natural)


def _is_true(pair: frozenset[str], level: str, who: dict[str, tuple[Any, Any]]) -> bool:
    (home, line), (other_home, other_line) = (who[name] for name in sorted(pair))
    return home is not None and home == other_home and (level == "household" or line == other_line)


def targeting(cycle: Any, consumption: dict[int, int], quota: float = 0.2) -> list[Targeting]:
    """Judge who was eligible, and who was chosen, against those aged 65 in the truly poorest households."""
    from saiban.registry import copying

    poorest = sorted(consumption, key=lambda household: (consumption[household], household))
    poor = set(poorest[: round(quota * len(poorest))])
    judged_on = cycle.figures["judged_on"]
    old = copying.rows_of(OLD_SQL, [judged_on])
    should = {person for person, household in old if household in poor}
    rows = [
        (person, is_chosen)
        for person, household, is_chosen in copying.rows_of(ELIGIBLE_SQL, [cycle.pk])
        if household in consumption
    ]
    eligible = {person for person, _ in rows}
    chosen = {person for person, is_chosen in rows if is_chosen}
    return [_errors("eligible", eligible, should), _errors("in the list", chosen, should)]


def _errors(group: str, chosen: set[int], should: set[int]) -> Targeting:
    return Targeting(
        group,
        len(chosen),
        len(should),
        len(chosen - should) / len(chosen) if chosen else 0.0,
        len(should - chosen) / len(should) if should else 0.0,
    )
