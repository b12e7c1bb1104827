"""Who is listed twice: of two households that a clerk joined, a member of both lives on under one id, and the
other row, the *twin*, stays beside it.

Joining keeps no names of twins: whose links it moved to whom says it (``joining.Did``), while the decision
holds.
"""

from __future__ import annotations

from collections.abc import Iterable

from saiban.registry import copying

# of findings that a condition on f chooses: each twin, and the person who lives on
PAIRS = """
select was.person_id as twin_id, became.person_id
from registry_finding f
cross join lateral (
  select d.did from registry_findingdecision d where d.finding_id = f.id and d.state = 'same'
  order by d.id desc limit 1) d
cross join lateral rows from (
  jsonb_array_elements_text(d.did -> 'links_undone'), jsonb_array_elements_text(d.did -> 'links_made')
) moved (undone, made)
join registry_link was on was.id = moved.undone::bigint
join registry_link became on became.id = moved.made::bigint
where f.state = 'same' and was.person_id <> became.person_id and {of}
"""
LIVED_IN = "array(select m.household_id from registry_membership m where m.person_id = found.id)"
NEXT = """
with recursive found as (
  select unnest(%(persons)s::bigint[]) as id, false as met
  union
  select {next}, true from found cross join lateral ({pairs}) pair where {at}
)
select distinct id from found where met
"""
TWINS_OF = NEXT.format(
    next="pair.twin_id",
    pairs=PAIRS.format(of=f"f.other_id = any({LIVED_IN})"),
    at="pair.person_id = found.id",
)
ALL_OF = NEXT.format(
    next="case pair.twin_id when found.id then pair.person_id else pair.twin_id end",
    pairs=PAIRS.format(of=f"(f.other_id = any({LIVED_IN}) or f.household_id = any({LIVED_IN}))"),
    at="found.id in (pair.twin_id, pair.person_id)",
)
# twins of somebody who was erased that were not: they still say who it was
LEFT = """
select count(distinct twin.id) from ({pairs}) pair
join registry_person twin on twin.id = pair.twin_id and twin.erased_at is null
join registry_person person on person.id = pair.person_id and person.erased_at is not null
"""
LEFT_ANYWHERE = LEFT.format(pairs=PAIRS.format(of="true"))
LEFT_OF = LEFT.format(pairs=PAIRS.format(of="f.id = %(finding)s"))


def twins_of(person_ids: Iterable[int]) -> set[int]:
    """The twins of these persons, also those among them; not who a twin among them is now."""
    return {row[0] for row in copying.rows_of(TWINS_OF, {"persons": list(person_ids)})}


def all_of(person_id: int) -> set[int]:
    """All rows of one human being, whichever of them is asked for."""
    return {person_id, *(row[0] for row in copying.rows_of(ALL_OF, {"persons": [person_id]}))}


def left_of(finding_id: int) -> bool:
    """Whether a twin was left by the erasure of whom it is now."""
    return bool(copying.rows_of(LEFT_OF, {"finding": finding_id})[0][0])
