"""The statements that find the households of an earlier survey in a later one, and tell what became of them.

``registry_said`` and ``registry_number_said`` are laid by ``staging``; terms stand in by name, see
``calc.resurvey.Terms``. The rule is explained in docs/algorithms/resurvey.md.
"""

# pieces that several statements share
LIVED = "case when {since} then m.during @> ({on} - %(least_days)s) else upper_inf(m.during) end"
COUNTS = """
cross join lateral (
  select count(*) as now, count(*) filter (where exists (
    select from registry_membership m where m.household_id = {old} and m.person_id = s.person_id
      and not m.cancelled and m.during @> ({on} - %(least_days)s))) as common
  from registry_listed s where s.home_said = {said}
) here
cross join lateral (
  select count(*) as before from registry_membership m
  where m.household_id = {old} and not m.cancelled and m.during @> ({on} - %(least_days)s)
) there
"""
PIECES = {
    "lived_met": LIVED.format(since="t.days >= %(least_days)s", on="t.observed_on"),
    "lived_then": LIVED.format(since="p.since", on="p.observed_on"),
    # most of the earlier household is here; or most of an older roster lives there today
    "continues": """(
  (x.days >= %(least_days)s and x.sure_votes * 100 > x.of * %(majority)s)
  or (x.days <= -%(least_days)s and x.sure_met * 100 > x.of_said * %(majority)s))""",
    "doubts": """(
  (x.days > -%(least_days)s and x.of > 0 and x.votes * 100 >= x.of * %(majority)s)
  or (x.days <= -%(least_days)s and x.met * 100 >= x.of_said * %(majority)s))""",
    "tell": """
insert into registry_finding (batch_id, household_id, kind, other_id, why, state, area_path, before_path,
  members_before, members_now, in_common)""",
    "counts_continued": COUNTS.format(old="h.id", on="b.observed_on", said="b.home_said"),
    "counts_merged": COUNTS.format(old="h.id", on="x.observed_on", said="x.home_said"),
    "counts_fresh": COUNTS.format(old="best.other", on="said.observed_on", said="said.subject_id"),
}


def filled(statement: str) -> str:
    """A statement with the pieces that it names."""
    return statement.format(**PIECES)


TABLES = (
    """
create temporary table if not exists registry_claim (
  subject_id bigint, within_id bigint, observed_on date, sex text, birth_date date, relation text,
  token bytea, person_id bigint
) on commit drop
""",
    """
create temporary table if not exists registry_met (
  subject_id bigint, home_said bigint, person_id bigint, observed_on date, heads bool, days int, sure bool
) on commit drop
""",
    """
create temporary table if not exists registry_pair (
  home_said bigint, household_id bigint, observed_on date, days int, votes int, of int, sure_votes int,
  met int, sure_met int, of_said int, heads bool
) on commit drop
""",
    """
create temporary table if not exists registry_before (
  home_said bigint, household_id bigint, area_path ltree, observed_on date, days int, matched bool
) on commit drop
""",
    """
create temporary table if not exists registry_listed (home_said bigint, person_id bigint) on commit drop
""",
    # made while it is empty: an index on rows that this transaction has changed would not be used by it
    "create index if not exists registry_listed_home on registry_listed (home_said)",
    "truncate registry_claim, registry_listed, registry_met, registry_pair, registry_before",
)
# Members whom no subject is linked to, and whose number somebody has. Sure: one person has the number and one
# member says it, sex and birth date do not speak against it, and so long ago that it is another survey.
FIND_CLAIMS = """
insert into registry_claim
select distinct s.subject_id, s.within_id, s.observed_on, s.sex, s.birth_date, s.relation, n.token,
  i.person_id
from registry_number_said n
join registry_said s on s.subject_id = n.subject_id and s.observation_id = n.observation_id
join registry_identifier i on i.kind in ('cnic', 'bform') and i.token = n.token and i.person_id is not null
where n.kind in ('cnic', 'bform') and s.kind = 'person' and s.within_id is not null and s.person_id is null
"""
FIND_MET = """
insert into registry_met
with claims as (
  select *, min(person_id) over same_number = max(person_id) over same_number
    and min(subject_id) over same_number = max(subject_id) over same_number
    and min(person_id) over same_subject = max(person_id) over same_subject
    and min(subject_id) over same_person = max(subject_id) over same_person as alone
  from registry_claim
  window same_number as (partition by token), same_subject as (partition by subject_id),
    same_person as (partition by person_id)
)
select c.subject_id, c.within_id, c.person_id, c.observed_on, bool_or(c.relation = 'head'),
  min(c.observed_on - p.seen_on), %(decides)s and bool_and(
    c.alone and coalesce(abs(c.observed_on - p.seen_on) >= %(least_days)s, false)
    and (coalesce(c.sex, '') = '' or p.sex = '' or c.sex = p.sex)
    and (c.birth_date is null or p.birth_date is null
      or abs(c.birth_date - p.birth_date) <= %(birth_years)s * 366)
    and c.person_id not in (
      select person_id from registry_said where kind = 'person' and person_id is not null))
from claims c join registry_person p on p.id = c.person_id and not p.stub
group by c.subject_id, c.within_id, c.person_id, c.observed_on
"""
# Which households they lived in before this survey, whatever other parts of it have moved since; of a roster
# older than what we know, where they live now. Votes are counted of members whom a number could find.
FIND_PAIRS = filled(
    """
insert into registry_pair
with at_home as (
  select t.home_said, m.household_id, t.person_id, max(t.observed_on) as observed_on, bool_or(m.head) as head,
    bool_or(t.heads and m.head) as heads, bool_or(t.sure) as sure,
    bool_or(t.days >= %(least_days)s) as since
  from registry_met t
  join registry_membership m on m.person_id = t.person_id and not m.cancelled
    and {lived_met}
  join registry_said h on h.kind = 'household' and h.subject_id = t.home_said
    and h.household_id is distinct from m.household_id
  group by t.home_said, m.household_id, t.person_id
), pairs as (
  select home_said, household_id, max(observed_on) as observed_on, bool_or(since) as since,
    sum(case when head then %(head_votes)s else 1 end) as votes,
    coalesce(sum(case when head then %(head_votes)s else 1 end) filter (where sure), 0) as sure_votes,
    count(*) as met, count(*) filter (where sure) as sure_met, bool_or(heads and sure) as heads
  from at_home group by home_said, household_id
)
select p.home_said, p.household_id, p.observed_on, p.observed_on - h.seen_on, p.votes, lived.votes,
  p.sure_votes, p.met, p.sure_met, said.members, coalesce(p.heads, false)
from pairs p
join registry_household h on h.id = p.household_id
cross join lateral (
  select coalesce(sum(case when m.head then %(head_votes)s else 1 end), 0) as votes
  from registry_membership m
  where m.household_id = p.household_id and not m.cancelled
    and {lived_then}
    and exists (select from registry_identifier i where i.person_id = m.person_id
      and i.kind in ('cnic', 'bform'))
) lived
join (
  select s.within_id, count(distinct s.subject_id) as members from registry_said s
  join registry_number_said n on n.subject_id = s.subject_id and n.kind in ('cnic', 'bform')
  where s.kind = 'person' group by s.within_id
) said on said.within_id = p.home_said
"""
)
MATCH_HOUSEHOLDS = filled(
    """
update registry_said s set household_id = c.household_id
from (
  select distinct on (household_id, case when days < 0 then home_said end) * from (
    select distinct on (x.home_said) x.*
    from registry_pair x
    join registry_said h on h.kind = 'household' and h.subject_id = x.home_said and h.household_id is null
    where {continues} and not exists (
      select from registry_said k where k.kind = 'household' and k.household_id = x.household_id)
    order by x.home_said, x.heads desc, x.sure_met desc, x.household_id
  ) best
  order by household_id, case when days < 0 then home_said end, sure_votes desc, sure_met desc, home_said
) c
where s.kind = 'household' and s.subject_id = c.home_said
"""
)
# what was known of the households that are here again, before it is renewed
KEEP_BEFORE = """
insert into registry_before
select s.subject_id, h.id, h.area_path, s.observed_on, s.observed_on - h.seen_on, {matched}
from registry_said s join registry_household h on h.id = s.household_id
where s.kind = 'household' and {which}
"""
KNOWN_BEFORE = KEEP_BEFORE.format(matched="false", which="s.observed_on - h.seen_on >= %(least_days)s")
MATCHED_BEFORE = KEEP_BEFORE.format(
    matched="true",
    which="""not exists (
  select from registry_link l where l.subject_id = s.subject_id and l.undone_at is null)""",
)
# a roster that is older than what we know of a person moves nobody: only one whose household is matched
MATCH_PERSONS = """
update registry_said s set person_id = t.person_id
from registry_met t
join registry_said h on h.kind = 'household' and h.subject_id = t.home_said
left join registry_household k on k.id = h.household_id
where t.sure and s.kind = 'person' and s.subject_id = t.subject_id
  and (t.days > 0 or k.seen_on > t.observed_on)
"""
# whom no number finds: in the same households one of the same name, sex and birth date, and no other
MATCH_BY_NAME = """
with pairs as (
  select distinct s.subject_id, q.id as person_id
  from registry_pair x
  join registry_said s on s.kind = 'person' and s.within_id = x.home_said and s.person_id is null
  join registry_membership m on m.household_id = x.household_id and not m.cancelled and case
    when x.days >= %(least_days)s then m.during @> (x.observed_on - %(least_days)s)
    else upper_inf(m.during) end
  join registry_person q on q.id = m.person_id and q.sex = s.sex and q.birth_date = s.birth_date
    and (lower(q.name_en) = lower(s.name_en) and s.name_en <> '' or q.name_ur = s.name_ur and s.name_ur <> '')
  where x.sure_met > 0 and x.days >= %(least_days)s and s.observed_on - q.seen_on >= %(least_days)s
    and s.subject_id not in (select subject_id from registry_met)
    and q.id not in (select person_id from registry_said where kind = 'person' and person_id is not null)
    and not (s.subject_id in (
        select subject_id from registry_number_said where kind in ('cnic', 'bform'))
      and exists (
        select from registry_identifier i where i.person_id = q.id and i.kind in ('cnic', 'bform')))
), alike as (
  select subject_id, person_id, count(*) over (partition by subject_id) as persons,
    count(*) over (partition by person_id) as subjects from pairs
)
update registry_said s set person_id = a.person_id from alike a
where s.kind = 'person' and s.subject_id = a.subject_id and a.persons = 1 and a.subjects = 1
"""
KEEP_LINKS = """
insert into registry_link (subject_id, household_id, person_id, how, decided_by_id)
select s.subject_id, case when s.kind = 'household' then s.household_id end,
  case when s.kind = 'person' then s.person_id end, 'members', %s
from registry_said s
where (s.kind = 'household' and s.household_id is not null or s.kind = 'person' and s.person_id is not null)
  and not exists (select from registry_link l where l.subject_id = s.subject_id and l.undone_at is null)
"""

LIST_MEMBERS = """
insert into registry_listed
select within_id, person_id from registry_said where kind = 'person' and person_id is not null
"""

# what is told, once everybody lives where the roster says
TELL_CONTINUED = filled(
    """{tell}
select distinct on (h.id) %(batch)s, h.id,
  case when b.days > 0 and h.area_path <> b.area_path then 'moved' else 'same' end, null::bigint, '', 'told',
  h.area_path, b.area_path, there.before, here.now, here.common
from registry_before b join registry_household h on h.id = b.household_id
{counts_continued}
order by h.id, b.observed_on desc, b.home_said
on conflict do nothing
"""
)
TELL_MERGED = filled(
    """{tell}
select distinct on (x.household_id) %(batch)s, x.household_id, 'merged', s.household_id, '', 'told',
  h.area_path, h.area_path, there.before, here.now, here.common
from registry_pair x
join registry_said s on s.kind = 'household' and s.subject_id = x.home_said and not s.fresh
join registry_household h on h.id = x.household_id
{counts_merged}
where x.days >= %(least_days)s and x.sure_votes * 100 > x.of * %(majority)s
  and s.household_id <> x.household_id
order by x.household_id, x.sure_votes desc, x.home_said
on conflict do nothing
"""
)
TELL_FRESH = filled(
    """{tell}
select %(batch)s, h.id, best.kind, best.other, best.why,
  case best.kind when 'doubtful' then 'open' else 'told' end, h.area_path, h.area_path,
  there.before, here.now,
  greatest(here.common, best.met)
from registry_said said join registry_household h on h.id = said.household_id
cross join lateral (
  select x.household_id as other, case when {doubts} then 'doubtful' else 'split' end as kind, x.met,
    case when not {doubts} then ''
      when x.days between 1 - %(least_days)s and %(least_days)s - 1 then 'again'
      when x.sure_met < x.met then 'numbers' else 'tie' end as why
  from registry_pair x
  where x.home_said = said.subject_id and ({doubts} or x.days > -%(least_days)s and x.sure_met > 0)
  order by {doubts} desc, x.votes desc, x.household_id limit 1
) best
{counts_fresh}
where said.kind = 'household' and said.fresh
on conflict do nothing
"""
)
# where an earlier survey has been, a household of which nobody is known is told too
TELL_NEW = filled(
    """{tell}
select %(batch)s, h.id, 'new', null, '', 'told', h.area_path, h.area_path, 0,
  coalesce(listed.members, 0), 0
from registry_said said join registry_household h on h.id = said.household_id
left join (
  select within_id, count(*) as members from registry_said where kind = 'person' group by within_id
) listed on listed.within_id = said.subject_id
where said.kind = 'household' and said.fresh and said.area in (
  select a.code from (
    select area, min(observed_on) as since from registry_said where kind = 'household' group by area) asked
  join core_area a on a.code = asked.area
  where exists (
      select from registry_household o where o.area_id = a.id and o.seen_on <= asked.since - %(least_days)s)
    or exists (
      select from registry_finding f where f.batch_id = %(batch)s and f.before_path = a.path
        and f.kind in ('same', 'moved', 'merged')))
on conflict do nothing
"""
)
FOUND_LATER = """
update registry_finding f set state = 'found'
from registry_before b
where f.household_id = b.household_id and f.kind = 'not_found' and f.state = 'told'
  and f.batch_id <> %(batch)s
"""
# households that some of the met members lived in: their profiles tell of fewer people now
TOUCHED = """
select household_id from registry_pair union select household_id from registry_before where matched
"""

# a survey ends: of each area that it has covered, those of whom it says nothing
LEFT = """
create temporary table registry_left on commit drop as
with met as (
  select a.id, count(*) as households from registry_finding f join core_area a on a.path = f.before_path
  where f.batch_id = %(batch)s and f.kind in ('same', 'moved', 'merged') group by a.id
), missed as (
  select h.id, h.area_id, h.area_path, (
      select count(*) from registry_membership m
      where m.household_id = h.id and upper_inf(m.during) and not m.cancelled) as members, exists (
      select from registry_finding f where f.batch_id = %(batch)s and f.kind = 'split' and f.other_id = h.id)
      as went_apart
  from registry_household h
  where h.area_id in (select id from met) and h.seen_on <= %(since)s::date - %(least_days)s and not exists (
    select from registry_finding f where f.batch_id = %(batch)s
      and (f.household_id = h.id or f.kind = 'doubtful' and f.other_id = h.id))
), counted as (
  select area_id, count(*) as households from missed where members > 0 or went_apart group by area_id
)
select missed.* from missed join met on met.id = missed.area_id join counted using (area_id)
where met.households * 100 >= %(covered_share)s * (met.households + counted.households)
"""
# who came out of a household that nobody continues may be what is left of it
ASK_OF_LAST = """
update registry_finding f set kind = 'doubtful', why = 'last', state = 'open'
from registry_left g where f.batch_id = %(batch)s and f.kind = 'split' and f.other_id = g.id
"""
TELL_NOT_FOUND = filled(
    """{tell}
select %(batch)s, g.id, 'not_found', null, '', 'told', g.area_path, g.area_path, g.members, 0, 0
from registry_left g
where g.members > 0 and not exists (
  select from registry_finding f where f.batch_id = %(batch)s and f.kind = 'doubtful' and f.other_id = g.id)
on conflict do nothing
"""
)
CLOSE = (LEFT, ASK_OF_LAST, TELL_NOT_FOUND)

# a household that went wholly into another one: what was said of it is said of that one, and its numbers are
# claimed no longer
MERGED = """
create temporary table registry_merged on commit drop as
select f.household_id, f.other_id from registry_finding f
where f.batch_id = %(batch)s and f.kind = 'merged' and not exists (
    select from registry_membership m
    where m.household_id = f.household_id and upper_inf(m.during) and not m.cancelled)
  and exists (select from registry_link l where l.household_id = f.household_id and l.undone_at is null)
"""
HAND_LINKS_OVER = """
with undone as (
  update registry_link l set undone_at = now() from registry_merged g
  where l.household_id = g.household_id and l.undone_at is null and l.how <> 'electricity_reference'
  returning l.subject_id, g.other_id
)
insert into registry_link (subject_id, household_id, how, decided_by_id)
select subject_id, other_id, 'members', %s from undone
"""
GIVE_NUMBERS_UP = """
with given_up as (
  delete from registry_identifier i using registry_merged g where i.household_id = g.household_id
  returning i.kind, i.token
)
insert into registry_forgotten select kind, token from given_up
"""
MERGED_ONES = "select household_id from registry_merged union select other_id from registry_merged"
