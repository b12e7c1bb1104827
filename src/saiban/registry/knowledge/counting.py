"""Counting what is known: two statements per district over its profiles; pages read the counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from saiban.calc.precedence import months_before
from saiban.core import audit, locks
from saiban.core.models import Actor, Area
from saiban.core.services import get_visible, service
from saiban.registry import copying
from saiban.registry.emptied import LIVED_IN
from saiban.registry.models import DistrictCount
from saiban.registry.resolving import reported

MANY = 100_000  # households of a district that are not counted after every batch
AGES = (3, 12, 24, 60)  # months
REST = timedelta(hours=6)
# Who lives in a district today, which the profile of one who has left does not say. Who was erased has a
# membership, but no profile.
LIVING = """living as materialized (
  select m.person_id from registry_household h join registry_membership m on m.household_id = h.id
  where h.area_path <@ %(path)s::ltree and upper_inf(m.during) and not m.cancelled)"""
# Days are compared as text, which ISO dates allow, and those alike are counted first: of a district there are
# millions of values, and some hundred days. The planner takes each value to have a day of its own, and would
# sort all of them on disk, which takes four times as long: it is asked without sorts.
COUNT_FIELDS = f"""
with {LIVING}
insert into registry_knowledge (area_id, level, field, source, known, contradicted, too_old,
  within_3, within_12, within_24, within_60, older, oldest_on, newest_on)
select %(area)s, level, field, source, sum(said), sum(contradicted), sum(too_old),
  coalesce(sum(said) filter (where said_on > %(ago_3)s), 0),
  coalesce(sum(said) filter (where said_on <= %(ago_3)s and said_on > %(ago_12)s), 0),
  coalesce(sum(said) filter (where said_on <= %(ago_12)s and said_on > %(ago_24)s), 0),
  coalesce(sum(said) filter (where said_on <= %(ago_24)s and said_on > %(ago_60)s), 0),
  coalesce(sum(said) filter (where said_on <= %(ago_60)s), 0),
  min(said_on)::date, max(said_on)::date
from (
  select case when p.household_id is null then 'person' else 'household' end as level, o.key as field,
    o.value ->> 'source' as source, (o.value ->> 'on') collate "C" as said_on, count(*) as said,
    count(*) filter (where o.value ? 'too_old') as too_old,
    count(*) filter (where p.disagreements > 0 and p.others ? o.key
      and jsonb_path_exists(p.others -> o.key, '$[*] ? (@.disagrees == true)') is true) as contradicted
  from registry_profile p cross join lateral jsonb_each(p.origin) o
  where p.area_path <@ %(path)s::ltree and ({LIVED_IN} or p.person_id in (select person_id from living))
    and o.key = any(%(fields)s)
  group by 1, 2, 3, 4) days
group by level, field, source
"""  # noqa: S608 our own words
# The district and its tehsils by their households. Much is decided of those that are poor, near the limit or
# in a scheme: what is at stake are these, each by its share of answers that are two years old or older, and
# whole where nothing is known of it.
COUNT_HOUSEHOLDS = f"""
with {LIVING}, house as materialized (
  select p.area_path, p.band, {{served}} as served, said.known, said.old
  from registry_profile p
  cross join lateral (
    select count(*) as known,
      count(*) filter (where (o.value ->> 'on') collate "C" <= %(ago_24)s) as old
    from jsonb_each(p.origin) o where o.key = any(%(fields)s)
  ) said
  where p.area_path <@ %(path)s::ltree and {LIVED_IN}
), place as (
  select a.id, a.level, count(h.area_path) as households,
    count(*) filter (where h.band = 'poor') as poor, count(*) filter (where h.band = 'near') as near,
    count(*) filter (where h.served) as served,
    coalesce(sum(h.known), 0) as known, coalesce(sum(h.old), 0) as old,
    coalesce(round(sum(case when h.known = 0 then 1 else h.old::numeric / h.known end)
      filter (where h.band in ('poor', 'near') or h.served)), 0) as at_stake
  from core_area a left join house h on h.area_path <@ a.path
  where a.level in ('district', 'tehsil') and a.path <@ %(path)s::ltree
  group by a.id
), tehsils as (
  insert into registry_tehsilcount (area_id, households, poor, near, served, at_stake, known, old)
  select id, households, poor, near, served, at_stake, known, old from place where level = 'tehsil'
  on conflict (area_id) do update
  set households = excluded.households, poor = excluded.poor, near = excluded.near, served = excluded.served,
    at_stake = excluded.at_stake, known = excluded.known, old = excluded.old, counted_at = clock_timestamp()
)
insert into registry_districtcount (area_id, households, persons, poor, near, served, at_stake)
select id, households, (
    select count(*) from living l
    where (select true from registry_profile p where p.person_id = l.person_id limit 1)),
  poor, near, served, at_stake
from place where level = 'district'
on conflict (area_id) do update
set households = excluded.households, persons = excluded.persons, poor = excluded.poor,
  near = excluded.near, served = excluded.served, at_stake = excluded.at_stake, counted_at = clock_timestamp()
"""  # noqa: S608 our own words
DISTRICTS = """
select d.id from core_area d
where d.level = 'district' and (
  exists (select from registry_household h where h.area_path <@ d.path)
  or exists (select from registry_districtcount c where c.area_id = d.id))
order by d.id
"""
DISTRICTS_OF_BATCH = """
select distinct d.id from core_changeset c
join core_changesetitem i on i.change_set_id = c.id
join registry_household h on h.id = i.subject_id
join core_area d on d.level = 'district' and d.path @> h.area_path
where c.kind = 'registry.household' and c.source_kind = 'intake.batch' and c.source_id = %s
"""


@service("registry.knowledge.count")
def count_knowledge(*, actor: Actor, area_id: int) -> DistrictCount:
    """Count anew what is known in one district. Raises: NotVisible (404)."""
    area = get_visible(Area.objects.filter(level="district"), actor=actor, pk=area_id)
    today = timezone.localdate()
    values = {
        "area": area.pk,
        "path": area.path,
        "today": today,
        "fields": [*reported("household"), *reported("person")],
        **{f"ago_{months}": str(months_before(today, months)) for months in AGES},
    }
    copying.run("select pg_advisory_xact_lock(%s, %s)", [locks.KNOWLEDGE, area.pk])
    copying.run("delete from registry_knowledge where area_id = %s", [area.pk])
    with copying.without("sort"):
        copying.run(COUNT_FIELDS, values)
    copying.run(COUNT_HOUSEHOLDS.format(served=_served()), values | {"fields": reported("household")})
    audit.note(subject=area)
    return DistrictCount.objects.get(area=area)


def _served() -> str:
    """SQL: whether a household is given something, by any room (``settings.SAIBAN_SERVED``)."""
    table: Sequence[str] = import_string(settings.SAIBAN_SERVED)
    return " or ".join(table)


def districts_to_count() -> list[int]:
    """All districts that have a household, or had one when they were last counted."""
    rows = copying.rows_of(DISTRICTS)
    return [row[0] for row in rows]


def districts_of_batch(batch_id: int) -> list[int]:
    """Districts whose profiles a batch moved, without the large ones that were counted not long ago."""
    found = [row[0] for row in copying.rows_of(DISTRICTS_OF_BATCH, [batch_id])]
    resting = DistrictCount.objects.filter(
        area__in=found, households__gt=MANY, counted_at__gt=timezone.now() - REST
    )
    rest: Sequence[int] = list(resting.values_list("area_id", flat=True))
    return [area_id for area_id in found if area_id not in rest]
