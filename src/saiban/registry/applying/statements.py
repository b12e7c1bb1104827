"""The statements of applying, in their order; ``registry_said`` and ``registry_number_said`` are laid by
``staging``."""

from saiban.registry.applying.staging import KNOW_NUMBERS, KNOW_SAID

# who is known already
FIND_KNOWN = """
update registry_said s set household_id = l.household_id, person_id = l.person_id
from registry_link l where l.subject_id = s.subject_id and l.undone_at is null
"""
# households: HH-<digits of the tehsil, or what is known of it>-<number>
NEW_HOUSEHOLD_IDS = """
update registry_said set household_id = nextval('registry_household_id_seq'), fresh = true
where kind = 'household' and household_id is null
"""
NEW_HOUSEHOLDS = """
insert into registry_household
  (id, code, area_id, area_path, village, address, latitude, longitude, seen_on)
select s.household_id,
  'HH-' || rpad(substr(a.code, 3), 5, '0') || '-' || lpad(s.household_id::text, greatest(7,
  length(s.household_id::text)), '0'),
  a.id, a.path, s.village, s.address, s.latitude, s.longitude, s.observed_on
from registry_said s join core_area a on a.code = s.area
where s.kind = 'household' and s.fresh
"""
MARK_NEWER_HOUSEHOLDS = """
update registry_said s set newer = s.fresh or h.seen_on is null or h.seen_on <= s.observed_on
from registry_household h where s.kind = 'household' and h.id = s.household_id
"""
RENEW_HOUSEHOLDS = """
update registry_household h set
  area_id = coalesce(a.id, h.area_id), area_path = coalesce(a.path, h.area_path),
  village = coalesce(nullif(s.village, ''), h.village), address = coalesce(nullif(s.address, ''), h.address),
  latitude = coalesce(s.latitude, h.latitude), longitude = coalesce(s.longitude, h.longitude), seen_on =
  s.observed_on
from registry_said s left join core_area a on a.code = s.area
where s.kind = 'household' and not s.fresh and s.newer and h.id = s.household_id
"""
# persons: those of a roster; a person whom a feed names alone is never made up
FIND_HOMES = """
update registry_said p set household_id = h.household_id, newer = h.newer
from registry_said h where p.kind = 'person' and h.kind = 'household' and h.subject_id = p.within_id
"""
NEW_PERSON_IDS = """
update registry_said set person_id = nextval('registry_person_id_seq'), fresh = true
where kind = 'person' and household_id is not null and person_id is null
"""
NEW_PERSONS = """
insert into registry_person
  (id, name_en, name_ur, father_name_en, father_name_ur, sex, birth_date, seen_on)
select person_id, name_en, name_ur, father_name_en, father_name_ur, sex, birth_date, observed_on
from registry_said where kind = 'person' and fresh
"""
RENEW_PERSONS = """
update registry_person p set
  name_en = coalesce(nullif(s.name_en, ''), p.name_en), name_ur = coalesce(nullif(s.name_ur, ''), p.name_ur),
  father_name_en = coalesce(nullif(s.father_name_en, ''), p.father_name_en),
  father_name_ur = coalesce(nullif(s.father_name_ur, ''), p.father_name_ur),
  sex = coalesce(nullif(s.sex, ''), p.sex), birth_date = coalesce(s.birth_date, p.birth_date), seen_on =
  s.observed_on
from registry_said s
where s.kind = 'person' and not s.fresh and s.household_id is not null and p.id = s.person_id
  and (p.seen_on is null or p.seen_on <= s.observed_on)
"""
NEW_LINKS = """
insert into registry_link (subject_id, household_id, person_id, how, decided_by_id)
select subject_id, case when kind = 'household' then household_id end, case when kind = 'person' then
person_id end, 'roster', %s
from registry_said where fresh
"""
# memberships: a newer roster says who lives here
LEAVE_OTHER_HOMES = """
update registry_membership m set during = daterange(lower(m.during), greatest(s.observed_on, lower(m.during) +
1)),
  cancelled = lower(m.during) >= s.observed_on
from registry_said s
where s.kind = 'person' and s.newer and m.person_id = s.person_id and m.household_id <> s.household_id
  and upper_inf(m.during) and not m.cancelled
"""
LEAVE_THIS_HOME = """
update registry_membership m set during = daterange(lower(m.during), greatest(h.observed_on, lower(m.during) +
1)),
  cancelled = lower(m.during) >= h.observed_on
from registry_said h
where h.kind = 'household' and h.newer and not h.fresh and m.household_id = h.household_id
  and upper_inf(m.during) and not m.cancelled
  and exists (select from registry_said s where s.kind = 'person' and s.within_id = h.subject_id)
  and not exists (select from registry_said s where s.kind = 'person' and s.household_id = m.household_id and
  s.person_id = m.person_id)
"""
STEP_DOWN = """
update registry_membership m set head = false
from registry_said s
where s.kind = 'person' and s.newer and not s.fresh and m.person_id = s.person_id and m.household_id =
s.household_id
  and upper_inf(m.during) and not m.cancelled and m.head and s.relation <> 'head'
"""
RENEW_MEMBERSHIPS = """
update registry_membership m set head = s.relation = 'head', relation = s.relation, line_no =
coalesce(s.line_no, m.line_no)
from registry_said s
where s.kind = 'person' and s.newer and not s.fresh and s.relation is not null
  and m.person_id = s.person_id and m.household_id = s.household_id and upper_inf(m.during) and not
  m.cancelled
  and (m.head, m.relation, m.line_no) is distinct from (s.relation = 'head', s.relation, coalesce(s.line_no,
  m.line_no))
"""
NEW_MEMBERSHIPS = """
insert into registry_membership (person_id, household_id, relation, head, line_no, during)
select s.person_id, s.household_id, coalesce(s.relation, 'not_related'), coalesce(s.relation = 'head', false),
  coalesce(s.line_no, 1), daterange(s.observed_on, null)
from registry_said s
where s.kind = 'person' and s.newer and s.household_id is not null
  and (s.fresh or not exists (
    select from registry_membership m where m.person_id = s.person_id and upper_inf(m.during) and not
    m.cancelled))
"""
# relations to the head, said from both ends
NEW_RELATIONS = """
insert into registry_relation (person_id, other_id, kind, source)
select case way when 1 then s.person_id else head.person_id end, case way when 1 then head.person_id else
s.person_id end,
  case when way = 1 or s.relation in ('spouse', 'sibling') then s.relation
    when s.relation = 'child' then 'parent' else 'child' end,
  s.source
from registry_said s
join registry_said head on head.within_id = s.within_id and head.kind = 'person' and head.relation = 'head'
cross join generate_series(1, 2) way
where s.kind = 'person' and s.newer and s.relation in ('spouse', 'child', 'parent', 'sibling')
on conflict do nothing
"""
# numbers: a newer word of the same source replaces its former one; each owner by a join of its own, which
# stays quick
OWN_NUMBERS = """
update registry_number_said n set fresh = s.fresh,
  household_id = case when s.kind = 'household' then s.household_id end,
  person_id = case when s.kind = 'person' then s.person_id end
from registry_said s
where s.subject_id = n.subject_id and s.observation_id = n.observation_id and s.newer
"""
FORGOTTEN_TABLE = """
create temporary table if not exists registry_forgotten (kind text, token bytea) on commit drop
"""
FORGET_REPLACED_NUMBERS = """
with forgotten as (
  delete from registry_identifier i using registry_number_said n
  where not n.fresh and n.{owner} is not null and i.{owner} = n.{owner}
    and i.kind = n.kind and i.source = n.source and i.token <> n.token
  returning i.kind, i.token
)
insert into registry_forgotten select kind, token from forgotten
"""
NEW_NUMBERS = """
insert into registry_identifier ({owner}, kind, token, sealed, masked, source, since)
select n.{owner}, n.kind, n.token, n.sealed, n.masked, n.source, n.since
from registry_number_said n
where n.{owner} is not null and not exists (
  select from registry_identifier i
  where i.{owner} = n.{owner} and i.kind = n.kind and i.token = n.token and i.source = n.source)
"""
APPLY_NUMBERS = (
    FORGOTTEN_TABLE,
    "truncate registry_forgotten",
    OWN_NUMBERS,
    KNOW_NUMBERS,
    *(
        statement.format(owner=owner)
        for owner in ("household_id", "person_id")
        for statement in (FORGET_REPLACED_NUMBERS, NEW_NUMBERS)
    ),
)

# in the order of ids, as who refreshes or scores them locks them
LOCK_KNOWN = """
select id from registry_household where id in (
  select household_id from registry_said where kind = 'household' and household_id is not null)
order by id for no key update
"""
FIND_PEOPLE = (FIND_KNOWN, KNOW_SAID, LOCK_KNOWN)
APPLY_ROSTERS = (
    NEW_HOUSEHOLD_IDS,
    NEW_HOUSEHOLDS,
    MARK_NEWER_HOUSEHOLDS,
    RENEW_HOUSEHOLDS,
    FIND_HOMES,
    NEW_PERSON_IDS,
    NEW_PERSONS,
    RENEW_PERSONS,
)
APPLY_MEMBERS = (
    LEAVE_OTHER_HOMES,
    LEAVE_THIS_HOME,
    STEP_DOWN,
    RENEW_MEMBERSHIPS,
    NEW_MEMBERSHIPS,
    NEW_RELATIONS,
    *APPLY_NUMBERS,
)

# Subjects that a number names: of the present batch, and those that its numbers (or the ones that they
# replaced) could be meant by. A subject is linked when exactly one person (or, for a meter, household) claims
# the number; a second claimant undoes a link made so.
NAMED_TABLE = """
create temporary table if not exists registry_named (
  subject_id bigint, namespace text, claimants int, household_id bigint, person_id bigint, in_batch bool
) on commit drop
"""
NAMED_BY_BATCH = """
  select k.subject_id, k.namespace, k.token, true as in_batch from intake_sourcekey k
  join registry_said s on s.subject_id = k.subject_id
  where k.namespace in ('cnic', 'electricity_reference') and s.within_id is null and s.kind <> 'household'
"""
MEANT_BY_NUMBERS = """
  select k.subject_id, k.namespace, k.token, false from intake_sourcekey k
  join {numbers} n on n.token = k.token and k.namespace = case n.kind when 'bform' then 'cnic' else
  n.kind end
  join intake_subject j on j.id = k.subject_id and j.within_id is null and j.kind <> 'household'
  where k.namespace in ('cnic', 'electricity_reference')
"""
COUNT_CLAIMANTS = """
insert into registry_named (subject_id, namespace, claimants, household_id, person_id, in_batch)
select k.subject_id, k.namespace, count(distinct coalesce(i.household_id, i.person_id)),
  min(i.household_id), min(i.person_id), k.in_batch
from ({named}) k
left join registry_identifier i on i.token = k.token and i.kind in (k.namespace, case k.namespace when 'cnic'
then 'bform' end)
group by k.subject_id, k.namespace, k.in_batch
"""
FIND_NAMED = COUNT_CLAIMANTS.format(
    named=" union ".join(
        (
            NAMED_BY_BATCH,
            MEANT_BY_NUMBERS.format(numbers="registry_number_said"),
            MEANT_BY_NUMBERS.format(numbers="registry_forgotten"),
        )
    )
)
FIND_NAMED_BY_LIST = COUNT_CLAIMANTS.format(named=NAMED_BY_BATCH)  # a list claims nothing for anyone
UNDO_LINKS = """
update registry_link l set undone_at = now() from registry_named n
where l.subject_id = n.subject_id and l.undone_at is null and l.how = n.namespace and (
  n.claimants <> 1 or l.household_id is distinct from n.household_id or l.person_id is distinct from
  n.person_id)
returning l.household_id, l.person_id
"""
LINK_BY_NUMBER = """
insert into registry_link (subject_id, household_id, person_id, how, decided_by_id)
select distinct on (n.subject_id) n.subject_id, n.household_id, n.person_id, n.namespace, %s from
registry_named n
where n.claimants = 1 and not exists (
  select from registry_link l where l.subject_id = n.subject_id and l.undone_at is null)
"""
# subjects named by a number that may now be another person, or one who lives elsewhere
MOVED_SUBJECTS = """
select subject_id from registry_named where not in_batch
union
select l.subject_id from registry_said h
join registry_membership m on m.household_id = h.household_id
join registry_link l on l.person_id = m.person_id and l.undone_at is null and l.how <> 'roster'
where h.kind = 'household'
"""
# households whose profile may have moved: of rosters, of linked meters, of linked persons. Who is new in a
# newer roster lives there, and is linked to nobody else.
TOUCHED = """
with meant as (
  select subject_id from registry_named
  union all select subject_id from registry_said where not (fresh and newer))
select household_id from registry_said where household_id is not null
union
select l.household_id from registry_link l
where l.undone_at is null and l.household_id is not null and l.subject_id in (select subject_id from meant)
union
select m.household_id from registry_membership m
where upper_inf(m.during) and not m.cancelled and m.person_id in (
  select l.person_id from registry_link l
  where l.undone_at is null and l.subject_id in (select subject_id from meant)
  union all select unnest(%s::bigint[]))
union
select unnest(%s::bigint[])
"""
COUNTS = """
select count(*) filter (where kind = 'household' and fresh), count(*) filter (where kind = 'household' and not
fresh),
  count(*) filter (where kind = 'person' and fresh),
  count(*) filter (where kind = 'person' and not fresh and household_id is not null and within_id is not null)
from registry_said
"""
NAMED_COUNTS = """
select count(*) filter (where claimants = 1), count(*) filter (where claimants = 0), count(*) filter (where
claimants > 1)
from registry_named where in_batch
"""
