"""The statements of applying a department's list: whom its numbers name, and stubs for those whom nobody
claims. ``registry_said`` and ``registry_number_said`` are laid by ``staging``, ``registry_named`` by
``statements``.
"""

# someone whom a list names by a number that nobody claims, and whom nobody linked otherwise
STUB_IDS = """
update registry_said s set person_id = nextval('registry_person_id_seq'), fresh = true
from registry_named n
where n.subject_id = s.subject_id and n.namespace = 'cnic' and n.claimants = 0
  and exists (
    select from registry_number_said i where i.observation_id = s.observation_id and i.kind = 'cnic')
  and not exists (
    select from registry_link l where l.subject_id = s.subject_id and l.undone_at is null)
"""
NEW_STUBS = """
insert into registry_person
  (id, name_en, name_ur, father_name_en, father_name_ur, sex, birth_date, seen_on, stub)
select person_id, name_en, name_ur, father_name_en, father_name_ur, sex, birth_date, observed_on, true
from registry_said where fresh
"""
STUB_NUMBERS = """
insert into registry_identifier (person_id, kind, token, sealed, masked, source, since)
select s.person_id, n.kind, n.token, n.sealed, n.masked, n.source, n.since
from registry_said s join registry_number_said n on n.observation_id = s.observation_id and n.kind = 'cnic'
where s.fresh
"""
STUB_LINKS = """
insert into registry_link (subject_id, person_id, how, decided_by_id)
select subject_id, person_id, 'cnic', %s from registry_said where fresh
"""
RENEW_STUBS = """
update registry_person p set
  name_en = coalesce(nullif(s.name_en, ''), p.name_en), name_ur = coalesce(nullif(s.name_ur, ''), p.name_ur),
  father_name_en = coalesce(nullif(s.father_name_en, ''), p.father_name_en),
  father_name_ur = coalesce(nullif(s.father_name_ur, ''), p.father_name_ur),
  sex = coalesce(nullif(s.sex, ''), p.sex), birth_date = coalesce(s.birth_date, p.birth_date),
  seen_on = s.observed_on
from registry_said s
where not s.fresh and p.id = s.person_id and p.stub and p.seen_on <= s.observed_on
"""
COUNTS = """
select count(*) filter (where n.claimants = 1 and not p.stub), count(*) filter (where s.fresh),
  count(*) filter (where n.claimants = 1 and p.stub),
  count(*) filter (where n.claimants = 0 and not s.fresh), count(*) filter (where n.claimants > 1)
from registry_named n join registry_said s on s.subject_id = n.subject_id
left join registry_person p on p.id = n.person_id
"""

# a roster brings the number of a stub: the number is the rostered person's alone, and the stub, whom nothing
# names any more, keeps nothing of anyone. What numbers name is linked anew afterwards.
HAS_STUBS = "select exists (select from registry_person where stub)"
ABSORB_STUBS = """
with given_up as (
  delete from registry_identifier i using registry_number_said n, registry_person p
  where n.kind in ('cnic', 'bform') and n.person_id is not null
    and i.kind = 'cnic' and i.token = n.token and p.id = i.person_id and p.stub
  returning i.person_id
)
update registry_person p set name_en = '', name_ur = '', father_name_en = '', father_name_ur = '', sex = '',
  birth_date = null
from given_up g where p.id = g.person_id
"""
