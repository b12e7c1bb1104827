"""A department's list becomes places in its scheme, and places follow the people whom they name: by
statements over sets, in the caller's transaction.

A place is known by scheme and the department's own number. The newest list that names it holds; one that
comes late changes nothing that a newer one said. Who is missing in a newer list keeps the place: only the
department ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from saiban.programmes.models import BenefitKind, Scheme
from saiban.programmes.models.schemes import PER_YEAR
from saiban.programmes.transitions import OPEN_STATES
from saiban.registry import copying

STATES = {"active": "approved", "suspended": "suspended", "ended": "closed"}
# lists and people that move wait for each other: a list that read whom a number means just before it changed
# would otherwise keep the former person
ALONE = "select pg_advisory_xact_lock(hashtext('programmes.list.take'))"
LISTED_TABLE = """
create temporary table if not exists programmes_listed (
  list_no text, subject_id bigint, person_id bigint, household_id bigint, area_path ltree, state text,
  starts_on date, ends_on date, benefit text, amount_paisa bigint, period text, yearly_paisa bigint,
  channel text, paid_on date, seen_on date, unit text
) on commit drop
"""
# the list names the last day, a place the first day after it; only money that is paid out (cash, a pension)
# counts as yearly cost
READ_LIST = f"""
insert into programmes_listed
select f.no, o.subject_id, l.person_id, m.household_id, coalesce(h.area_path, a.path), f.state,
  f.since, f.until + 1, f.kind, f.paisa, f.period,
  case when f.kind in ('{BenefitKind.CASH}', '{BenefitKind.INSURANCE}') then f.paisa * f.times else 0 end,
  f.channel, f.paid_on, o.observed_on, f.unit
from intake_observation o
cross join lateral (select
  o.facts ->> 'benefit_no' as no, o.facts ->> 'benefit_unit' as unit, o.facts ->> 'benefit_kind' as kind,
  case o.facts ->> 'benefit_state' {" ".join(f"when '{said}' then '{kept}'" for said, kept in STATES.items())}
    end as state,
  (o.facts ->> 'benefit_since')::date as since, (o.facts ->> 'benefit_until')::date as until,
  ((o.facts ->> 'benefit_amount')::numeric * 100)::bigint as paisa, o.facts ->> 'benefit_period' as period,
  case o.facts ->> 'benefit_period'
    {" ".join(f"when '{period}' then {times}" for period, times in PER_YEAR.items())} else 1 end as times,
  o.facts ->> 'benefit_channel' as channel, (o.facts ->> 'benefit_paid_on')::date as paid_on
) f
join core_area a on a.code = o.facts ->> 'area'
left join registry_link l on l.subject_id = o.subject_id and l.undone_at is null
left join registry_membership m on m.person_id = l.person_id and upper_inf(m.during) and not m.cancelled
left join registry_household h on h.id = m.household_id
where o.batch_id = %s
"""  # noqa: S608 our own words
SAID = (
    "subject_id", "person_id", "household_id", "area_path", "state", "starts_on", "ends_on", "benefit",
    "amount_paisa", "period", "yearly_paisa", "channel", "paid_on",
)  # fmt: skip
OF_LISTED = ", ".join(f"n.{name}" for name in SAID)
OF_KEPT = ", ".join(f"e.{name}" for name in SAID)
COMPARE = f"""
select count(*) filter (where e.id is null),
  count(*) filter (where e.seen_on <= n.seen_on and ({OF_KEPT}) is distinct from ({OF_LISTED})),
  count(*) filter (where e.seen_on <= n.seen_on and ({OF_KEPT}) is not distinct from ({OF_LISTED})),
  count(*) filter (where e.seen_on > n.seen_on),
  count(*) filter (where n.person_id is null),
  count(*) filter (where n.household_id is null),
  count(*) filter (where n.unit <> %s)
from programmes_listed n
left join programmes_enrolment e on e.scheme_id = %s and e.list_no = n.list_no and e.list_no <> ''
"""  # noqa: S608
# whoever had the place before is looked at too, for an overlap may be gone
TOUCHED = f"""
with known as (
  select e.id, e.person_id, e.household_id, e.seen_on, ({OF_KEPT}) is distinct from ({OF_LISTED}) as differs,
    n.seen_on as now_seen_on, n.person_id as now_person_id, n.household_id as now_household_id
  from programmes_listed n
  left join programmes_enrolment e on e.scheme_id = %s and e.list_no = n.list_no and e.list_no <> ''
), moved as (select * from known where id is null or (differs and seen_on <= now_seen_on))
select person_id, household_id from moved
union select now_person_id, now_household_id from moved
"""  # noqa: S608
WRITE = f"""
insert into programmes_enrolment as e
  (scheme_id, list_no, batch_id, seen_on, reason, {", ".join(SAID)})
select %s, n.list_no, %s, n.seen_on, '', {OF_LISTED} from programmes_listed n
on conflict (scheme_id, list_no) where list_no <> '' do update set
  batch_id = excluded.batch_id, seen_on = excluded.seen_on,
  {", ".join(f"{name} = excluded.{name}" for name in SAID)}
where e.seen_on <= excluded.seen_on
"""  # noqa: S608
MISSING = """
select count(*) from programmes_enrolment
where scheme_id = %s and list_no <> '' and state = any(%s)
  and seen_on < (select max(seen_on) from programmes_listed)
"""
# where a person lives now; whose number means nobody, or two, has neither person nor household
NOW_OF_SUBJECTS = """
select s.id as subject_id, l.person_id, m.household_id, h.area_path
from core_changesetitem i join intake_subject s on s.id = i.subject_id
left join registry_link l on l.subject_id = s.id and l.undone_at is null
left join registry_membership m on m.person_id = l.person_id and upper_inf(m.during) and not m.cancelled
left join registry_household h on h.id = m.household_id
where i.change_set_id = %s
"""
FOLLOW_SUBJECTS = f"""
update programmes_enrolment e set person_id = n.person_id, household_id = n.household_id,
  area_path = coalesce(n.area_path, e.area_path)
from ({NOW_OF_SUBJECTS}) n
where e.subject_id = n.subject_id and (e.person_id, e.household_id, e.area_path)
  is distinct from (n.person_id, n.household_id, coalesce(n.area_path, e.area_path))
returning old.person_id, old.household_id, new.person_id, new.household_id
"""  # noqa: S608
# a place that names no person is of the household itself, and goes where it goes
FOLLOW_HOUSEHOLDS = """
with home as (
  select h.id, h.area_path from core_changesetitem i join registry_household h on h.id = i.subject_id
  where i.change_set_id = %s
), stands as (
  select e.id, home.id as household_id, home.area_path from home
  join registry_membership m on m.household_id = home.id and upper_inf(m.during) and not m.cancelled
  join programmes_enrolment e on e.person_id = m.person_id
  union all
  select e.id, home.id, home.area_path from home
  join programmes_enrolment e on e.household_id = home.id and e.person_id is null
)
update programmes_enrolment e set household_id = s.household_id, area_path = s.area_path
from stands s
where e.id = s.id and (e.household_id, e.area_path) is distinct from (s.household_id, s.area_path)
returning old.person_id, old.household_id, new.person_id, new.household_id
"""


@dataclass(frozen=True)
class Taken:
    """What a list made of places, by count.

    ``older``: rows of which a newer list has spoken already. ``missing``: open places of the scheme that the
    newest list does not name. ``nobody``: whose number two claim, or no one; ``homeless``: who is known, but
    of no household. ``other_unit``: rows that are for a person where the scheme is for households, or the
    other way round.
    """

    new: int
    changed: int
    unchanged: int
    older: int
    nobody: int
    homeless: int
    other_unit: int
    missing: int

    def counts(self) -> dict[str, int]:
        """As a batch keeps them."""
        return asdict(self)


@dataclass(frozen=True)
class Moved:
    """Persons and households whose places came, changed or went."""

    person_ids: list[int]
    household_ids: list[int]

    def __bool__(self) -> bool:
        return bool(self.person_ids or self.household_ids)


def wait_for_others() -> None:
    """Let lists and people that move come one after the other until the transaction ends: before a batch is
    locked, which the other may be about to do."""
    copying.run(ALONE)


def take(*, scheme: Scheme, batch_id: int) -> tuple[Taken, Moved]:
    """Bring the places of a scheme to what a batch says. Twice is once."""
    wait_for_others()
    copying.run(LISTED_TABLE)
    copying.run("truncate programmes_listed")
    copying.run(READ_LIST, [batch_id])
    copying.run("analyze programmes_listed")
    new, changed, unchanged, older, nobody, homeless, other_unit = copying.rows_of(
        COMPARE, [scheme.unit, scheme.pk]
    )[0]
    moved = _moved(copying.rows_of(TOUCHED, [scheme.pk]))
    copying.run(WRITE, [scheme.pk, batch_id])
    missing = copying.rows_of(MISSING, [scheme.pk, [str(state) for state in OPEN_STATES]])[0][0]
    taken = Taken(new, changed, unchanged, older, nobody, homeless - nobody, other_unit, missing)
    return taken, moved


def follow(*, change_set_id: int, of_subjects: bool) -> Moved:
    """Let places follow the subjects, or the members of the households, of a change set. Twice is once."""
    wait_for_others()
    rows = copying.rows_of(FOLLOW_SUBJECTS if of_subjects else FOLLOW_HOUSEHOLDS, [change_set_id])
    return _moved(pair for row in rows for pair in (row[:2], row[2:]))


def _moved(pairs: Iterable[tuple[int | None, ...]]) -> Moved:
    persons, households = set(), set()
    for person_id, household_id in pairs:
        persons.add(person_id)
        households.add(household_id)
    return Moved(
        sorted(one for one in persons if one is not None),
        sorted(one for one in households if one is not None),
    )
