"""What an approval does to a proposed list: a last look at each place, entitlements, the digest."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from saiban.programmes import standing
from saiban.programmes.choosing import terms
from saiban.programmes.models import Cycle
from saiban.programmes.periods import periods_of
from saiban.registry import copying
from saiban.registry.emptied import NOBODY_LIVES_IN

# a place of a household in which nobody lives any more, or of a person who lives in none
GONE = f"""case when e.person_id is null then {NOBODY_LIVES_IN.format(household="e.household_id")}
  else not exists (
    select from registry_membership m
    where m.person_id = e.person_id and upper_inf(m.during) and not m.cancelled) end"""
PROPOSED = """
insert into programmes_considered (household_id, person_id, score, answer, because, answers)
select e.household_id, e.person_id, c.score, 'eligible', '', '{}'
from programmes_enrolment e join programmes_candidate c on c.enrolment_id = e.id
where e.cycle_id = %s and e.state = 'proposed'
"""
# what has come up since the list was made: nobody lives there any more; a place of this scheme, one that
# excludes it, no room under a cap
CHANGED = f"""
select id, case when is_gone then 'gone' when is_held then 'enrolled' else 'overlap' end, what from (
  select e.id, {GONE} as is_gone, h.enrolment_id is not null as is_held,
    b.household_id is not null as is_barred, r.room,
    coalesce(b.scheme, b.policy, r.policy, '') as what,
    row_number() over (partition by e.household_id, h.enrolment_id is null and b.household_id is null
      order by c."rank") as turn
  from programmes_enrolment e
  join programmes_candidate c on c.enrolment_id = e.id
  left join programmes_held h
    on h.household_id = e.household_id and h.person_id is not distinct from e.person_id
  left join programmes_barred b
    on b.household_id = e.household_id and b.person_id is not distinct from e.person_id
  left join programmes_room r on r.household_id = e.household_id
  where e.cycle_id = %s and e.state = 'proposed'
) listed
where is_gone or is_held or is_barred or turn > room
order by id
"""  # noqa: S608 our own words
# who keeps a place from an earlier cycle has it at the benefit of this one from now on
KEPT = """c."rank" is not null and c.outcome = 'enrolled' and e.state = 'approved'
  and e.id = (c.because ->> 'enrolment')::bigint"""
RENEW = f"""
update programmes_enrolment e set amount_paisa = %s, period = %s, yearly_paisa = %s
from programmes_candidate c
where c.cycle_id = %s and {KEPT} and not {GONE}
"""  # noqa: S608 our own words
COUNT_GONE = f"""
select count(*) from programmes_enrolment e, programmes_candidate c
where c.cycle_id = %s and {KEPT} and {GONE}
"""  # noqa: S608 our own words
ENTITLE = f"""
insert into programmes_entitlement (enrolment_id, cycle_id, period_from, period_until, amount_paisa, snapshot)
select e.id, %s, p.starts_on, p.ends_on, %s, jsonb_build_object('candidate', c.id,
  'household', c.household_id, 'person', c.person_id, 'score', c.score, 'answers', c.answers,
  'rule', %s::text, 'rule_version', %s::int, 'rule_digest', %s::text, 'judged_on', %s::text)
from programmes_candidate c
join programmes_enrolment e on e.id = coalesce(c.enrolment_id, (c.because ->> 'enrolment')::bigint)
cross join unnest(%s::date[], %s::date[]) as p (starts_on, ends_on)
where c.cycle_id = %s and c."rank" is not null and c.outcome in ('selected', 'enrolled')
  and e.state = 'approved' and not {GONE}
order by p.starts_on, c."rank"
"""  # noqa: S608 our own words
# what a payer can check line by line: only what was written once and never changes
LINES = """
select t.id, t.enrolment_id, h.code, t.period_from, t.period_until, t.amount_paisa
from programmes_entitlement t join registry_household h on h.id = (t.snapshot ->> 'household')::bigint
where t.cycle_id = {cycle} order by t.id
"""


def changed_since(cycle: Cycle) -> list[tuple[int, str, str]]:
    """Enrolments on the list that can no longer be: id, "gone", "enrolled" or "overlap", what excludes them.

    In a transaction: it makes temporary tables.
    """
    standing.begin()
    copying.run(PROPOSED, [cycle.pk])
    standing.stand(cycle, yearly_paisa=terms(cycle).yearly_paisa)
    return [(int(pk), str(why), str(what)) for pk, why, what in copying.rows_of(CHANGED, [cycle.pk])]


def why_in_words(why: str, what: str) -> str:
    """The reason that is kept with an enrolment that fell off the list."""
    if why == "gone":
        return _("Since the list was made, nobody lives in this household any more.")
    if why == "enrolled":
        return _("Has got a place in this scheme since the list was made.")
    return _("Has got a benefit since the list was made that excludes this one: %(what)s.") % {"what": what}


def renew(cycle: Cycle) -> int:
    """Bring the places that go on to the benefit of this cycle; how many."""
    worth = [cycle.benefit_paisa, cycle.period, terms(cycle).yearly_paisa]
    return copying.run(RENEW, [*worth, cycle.pk])


def gone_on_nowhere(cycle: Cycle) -> int:
    """Places from an earlier cycle that would go on if anybody still lived there; how many."""
    return int(copying.rows_of(COUNT_GONE, [cycle.pk])[0][0])


def entitle(cycle: Cycle) -> int:
    """Write the entitlements of all periods for those on the list, with what they rest on; how many."""
    periods = periods_of(cycle.starts_on, cycle.ends_on, cycle.period)
    rule: list[Any] = [cycle.rule.code, cycle.rule.version, cycle.rule.digest]
    days = [[one[0] for one in periods], [one[1] for one in periods]]
    judged_on = cycle.figures.get("judged_on", "")
    return copying.run(ENTITLE, [cycle.pk, cycle.benefit_paisa, *rule, judged_on, *days, cycle.pk])


def digest_of(cycle: Cycle) -> str:
    """SHA-256 over the lines of the list: entitlement, enrolment, household, from, until, paisa; by commas.

    Each line ends with one line feed; days are ISO; in the order of entitlements.
    """
    digest = hashlib.sha256()
    query = LINES.format(cycle=int(cycle.pk))
    with connection.cursor() as cursor, cursor.copy(f"copy ({query}) to stdout (format csv)") as copy:
        for part in copy:
            digest.update(bytes(part))
    return digest.hexdigest()


def sum_of(cycle: Cycle) -> int:
    """What all entitlements of a cycle come to, in paisa."""
    query = "select coalesce(sum(amount_paisa), 0)::bigint from programmes_entitlement where cycle_id = %s"
    return int(copying.rows_of(query, [cycle.pk])[0][0])
