"""Overlaps found set-wise: of all enrolments, or of those of touched people, compared with what stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from saiban.programmes.models import Scheme
from saiban.registry import copying

if TYPE_CHECKING:
    import pyarrow as pa

TOUCHED = """
with enrolment as (
  select id, person_id, household_id from programmes_enrolment
  where household_id = any(%s::bigint[]) or person_id = any(%s::bigint[])
)
select person_id, household_id from enrolment
union
select o.person_id, o.household_id from programmes_overlap o join enrolment on enrolment.id = o.left_id
union
select o.person_id, o.household_id from programmes_overlap o join enrolment on enrolment.id = o.right_id
"""
FETCH = """
select e.id, s.code, s.unit, e.person_id, e.household_id, e.starts_on, e.ends_on, e.yearly_paisa
from programmes_enrolment e join programmes_scheme s on s.id = e.scheme_id
where e.state = 'approved' and (e.person_id is not null or e.household_id is not null)
"""
OF_TOUCHED = "and (e.person_id = any(%s::bigint[]) or e.household_id = any(%s::bigint[]))"
FOUND_TABLE = """
create temporary table if not exists programmes_overlap_found (
  kind text, level text, policy text, person_id bigint, household_id bigint, left_id bigint, right_id bigint,
  from_on date, yearly_paisa bigint
) on commit drop
"""
COLUMNS = (
    "kind", "level", "policy", "person_id", "household_id", "left_id", "right_id", "from_on", "yearly_paisa",
)  # fmt: skip
# one finding after the other: two at once would each take away what the other has just found
ALONE = "select pg_advisory_xact_lock(hashtext('programmes.overlap.find'))"
SAME = """o.kind = f.kind and o.policy = f.policy and o.left_id = f.left_id
  and o.right_id is not distinct from f.right_id"""
NEW = f"""
insert into programmes_overlap (kind, level, policy, left_id, right_id, person_id, household_id, area_path,
  from_on, yearly_paisa, state, batch_id)
select f.kind, f.level, f.policy, f.left_id, f.right_id, f.person_id, f.household_id, e.area_path,
  f.from_on, f.yearly_paisa, 'open', %s
from programmes_overlap_found f join programmes_enrolment e on e.id = f.left_id
where not exists (select from programmes_overlap o where {SAME})
"""  # noqa: S608 our own words
AGAIN = f"""
update programmes_overlap o set state = 'open', ending_id = null, referred_to_id = null, batch_id = %s,
  found_at = now()
from programmes_overlap_found f where {SAME} and o.state = 'gone'
"""  # noqa: S608
MOVED = f"""
update programmes_overlap o set from_on = f.from_on, yearly_paisa = f.yearly_paisa, level = f.level,
  person_id = f.person_id, household_id = f.household_id, area_path = e.area_path
from programmes_overlap_found f join programmes_enrolment e on e.id = f.left_id
where {SAME} and (o.from_on, o.yearly_paisa, o.person_id, o.household_id, o.area_path)
  is distinct from (f.from_on, f.yearly_paisa, f.person_id, f.household_id, e.area_path)
"""  # noqa: S608
GONE = f"""
update programmes_overlap o set state = 'gone'
where o.state <> 'gone' and not exists (select from programmes_overlap_found f where {SAME})
"""  # noqa: S608
OF_WHOM_FOUND = """
WHERE CASE level WHEN 'person' THEN list_contains(?::BIGINT[], person_id)
      ELSE list_contains(?::BIGINT[], household_id) END
"""
OF_WHOM = """
and case o.level when 'person' then o.person_id = any(%s::bigint[])
    else o.household_id = any(%s::bigint[]) end
"""


@dataclass(frozen=True)
class Found:
    """What a finding changed: overlaps that are new, back again, gone; ``present`` is how many there are."""

    new: int
    again: int
    gone: int
    present: int


@dataclass(frozen=True)
class Touched:
    """Persons and households whose enrolments are looked at anew."""

    person_ids: list[int]
    household_ids: list[int]


def touched(household_ids: Sequence[int], person_ids: Sequence[int]) -> Touched:
    """These, the persons with enrolments in these households, the households of theirs, and
    whoever an overlap of these enrolments spoke of.

    Enrolments of every state count: one that was closed a moment ago is what an overlap may have been about.
    """
    keys = copying.rows_of(TOUCHED, [list(household_ids), list(person_ids)])
    return Touched(
        person_ids=sorted({*person_ids, *(person for person, _ in keys if person)}),
        household_ids=sorted({*household_ids, *(home for _, home in keys if home)}),
    )


def find(*, day: date, batch_id: int | None = None, of: Touched | None = None) -> Found:
    """Find overlaps among the enrolments that run on a day, all or of the touched, and bring the table to it.

    New ones are open, those that are back too; those that are no longer so are gone; the others keep what was
    decided.
    """
    copying.run(ALONE)
    copying.run(FOUND_TABLE)
    copying.run("truncate programmes_overlap_found")
    copying.send("programmes_overlap_found", _found(_enrolments(of), day, of))
    copying.run("analyze programmes_overlap_found")
    gone = copying.run(GONE) if of is None else copying.run(GONE + OF_WHOM, _ids(of))
    again = copying.run(AGAIN, [batch_id])
    copying.run(MOVED)
    new = copying.run(NEW, [batch_id])
    present = copying.rows_of("select count(*) from programmes_overlap_found")
    return Found(new=new, again=again, gone=gone, present=int(present[0][0]))


def _ids(of: Touched) -> list[list[int]]:
    return [of.person_ids, of.household_ids]


def _enrolments(of: Touched | None) -> pa.Table:
    import pyarrow as pa

    schema = pa.schema(
        [
            ("enrolment_id", pa.int64()),
            ("scheme", pa.string()),
            ("unit", pa.string()),
            ("person_id", pa.int64()),
            ("household_id", pa.int64()),
            ("starts_on", pa.date32()),
            ("ends_on", pa.date32()),
            ("yearly_paisa", pa.int64()),
        ]
    )
    if of is None:
        return copying.fetch(FETCH, [], schema)
    return copying.fetch(FETCH + OF_TOUCHED, _ids(of), schema)


def _found(enrolments: pa.Table, day: date, of: Touched | None) -> pa.Table:
    """The overlaps of these enrolments; of the touched, only those of whom all enrolments were at hand."""
    from saiban.calc import engine
    from saiban.calc.overlap import overlaps_sql, shipped_policy

    connection = engine.connect()
    try:
        connection.register("enrolments", enrolments)
        columns = engine.over(connection).table("enrolments").schema()
        codes = list(Scheme.objects.order_by("code").values_list("code", flat=True))
        query = overlaps_sql(shipped_policy(), columns, relation="enrolments", on=day, schemes=codes)
        kept = "" if of is None else OF_WHOM_FOUND
        found = connection.execute(
            f"SELECT {', '.join(COLUMNS)} FROM ({query}) {kept}",  # noqa: S608 our own words
            [] if of is None else _ids(of),
        )
        rows: pa.Table = found.to_arrow_table()
    finally:
        connection.close()
    return rows
