"""The statements of an erasure: who is meant, what goes, what is left."""

# all who live in the household, and those who lived there last and live nowhere
MEMBERS = """
select distinct m.person_id from registry_membership m
where m.household_id = %(household)s and not exists (
  select from registry_membership o
  where o.person_id = m.person_id and o.household_id <> m.household_id and not o.cancelled
    and (upper_inf(o.during) or lower(o.during) > lower(m.during)))
"""
# in the order in which refreshing and correcting lock: the household, then its people
LOCK_HOUSEHOLDS = "select from registry_household where id = any(%(households)s) order by id for update"
# those that went on as this one, after a second survey or by a decision: their rows are of the same people
JOINED = """
with recursive joined as (
  select %(household)s::bigint as id
  union
  select f.household_id from registry_finding f join joined j on j.id = f.other_id
  where f.state = 'same' or (f.kind = 'merged' and not exists (
    select from registry_membership m
    where m.household_id = f.household_id and upper_inf(m.during) and not m.cancelled))
)
select id from joined
"""
# where a person lives now: they may have moved since it was asked for
HOME = """
select household_id from registry_membership
where person_id = any(%(persons)s) and upper_inf(during) and not cancelled order by household_id limit 1
"""
LOCK_PERSONS = "select from registry_person where id = any(%(persons)s) order by id for update"
NUMBERS = """
select kind, token, sealed from registry_identifier
where household_id = any(%(households)s) or person_id = any(%(persons)s)
"""
# subjects linked to them, and those that their numbers name and nobody else's
SUBJECTS = """
select l.subject_id from registry_link l
where l.undone_at is null and (l.household_id = any(%(households)s) or l.person_id = any(%(persons)s))
union
select k.subject_id from registry_identifier i
join intake_sourcekey k on k.token = i.token
  and k.namespace = case i.kind when 'bform' then 'cnic' else i.kind end
where (i.household_id = any(%(households)s) or i.person_id = any(%(persons)s)) and not exists (
  select from registry_identifier o
  where o.token = i.token and (o.household_id is null or o.household_id <> all(%(households)s))
    and (o.person_id is null or o.person_id <> all(%(persons)s)))
"""
# members of a roster that was loaded, but is not applied yet: nobody knows them otherwise
SUBJECTS_WITHIN = """
select s.id from intake_subject s
where s.within_id = any(%(subjects)s) and not exists (
  select from registry_link l where l.subject_id = s.id and l.undone_at is null)
"""
UNDO_LINKS = """
update registry_link set undone_at = now()
where undone_at is null and (
  household_id = any(%(households)s) or person_id = any(%(persons)s) or subject_id = any(%(subjects)s))
"""
GIVE_UP_NUMBERS = """
with given_up as (
  delete from registry_identifier
  where household_id = any(%(households)s) or person_id = any(%(persons)s) returning kind, token
)
insert into registry_forgotten select kind, token from given_up
"""
BLANK_HOUSEHOLDS = """
update registry_household set village = '', address = '', latitude = null, longitude = null, seen_on = null,
  erased_at = now()
where id = any(%(households)s)
"""
BLANK_PERSONS = """
update registry_person set name_en = '', name_ur = '', father_name_en = '', father_name_ur = '', sex = '',
  birth_date = null, died_on = null, seen_on = null, erased_at = now()
where id = any(%(persons)s)
"""
# what was corrected, and why in words that may name somebody; one that waited or held is over
BLANK_CORRECTIONS = """
update registry_correction set value = 'null', before = null, reason = '', decision = '', ending_reason = '',
  state = case state when 'proposed' then 'withdrawn' when 'approved' then 'ended' else state end,
  ending = case state when 'approved' then 'erased' else ending end,
  ended_at = case state when 'approved' then now() else ended_at end
where household_id = any(%(households)s)
"""
FORGET = (
    BLANK_CORRECTIONS,
    "delete from registry_profile where household_id = any(%(households)s) or person_id = any(%(persons)s)",
    "delete from registry_profilechange where household_id = any(%(households)s)",
    "delete from registry_namekeys where person_id = any(%(persons)s)",
    "delete from registry_relation where person_id = any(%(persons)s) or other_id = any(%(persons)s)",
    BLANK_PERSONS,
    BLANK_HOUSEHOLDS,
)
# words by which people are looked for: of their names, and of the village
NAMES = """
select name_en, name_ur, father_name_en, father_name_ur from registry_person where id = any(%(persons)s)
union all
select village, '', '', '' from registry_household where id = any(%(households)s)
"""
# a word that nobody's keys know any more is nobody's name, father's name or village
FORGET_WORDS = """
delete from registry_nameword w using unnest(%s::text[], %s::text[]) g (word, keys)
where w.word = g.word collate "C" and not exists (
  select from registry_namekeys k where k.keys && g.keys::int[])
"""
