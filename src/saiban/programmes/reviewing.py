"""Eligibility judged anew for those whose facts moved: what follows is proposed, and never done by itself.

Only schemes are looked at that are run here and have an approved cycle. The same facts give the same
proposals, and what somebody decided on these facts is not asked again: so it comes to rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from saiban.programmes.errors import NotRunHere
from saiban.programmes.models import Cycle, Proposal, Scheme, Unit
from saiban.programmes.transitions import OPEN_STATES, CycleState
from saiban.registry import copying
from saiban.registry.refreshing import LOCK

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 5000  # households judged at a time
TABLE = """
create temporary table if not exists programmes_judged (
  household_id bigint, person_id bigint, score numeric(9, 4), answer text, because text, answers jsonb
) on commit drop;
truncate programmes_judged;
"""
COLUMNS = ("household_id", "person_id", "score", "answer", "because", "answers")
# places of the scheme that are held now by those who were touched; who has moved on to a household that
# was not is judged with that one; who stood in the line of the last cycle and got nothing is eligible
# still, which is no news
HELD = """
touched as (
  select e.id from programmes_enrolment e
  where e.household_id = any(%(households)s) and not (%(by_person)s and exists (
    select from registry_membership m where m.person_id = e.person_id and upper_inf(m.during)
      and not m.cancelled and m.household_id <> all(%(households)s)))
  union select e.id from programmes_judged j join programmes_enrolment e on e.person_id = j.person_id
), held as (
  select e.id, e.household_id, e.person_id, e.area_path, e.cycle_id, e.state
  from touched join programmes_enrolment e using (id)
  where e.scheme_id = %(scheme)s and e.state = any(%(open)s) and (e.ends_on is null or e.ends_on > %(today)s)
), wanted as (
  select 'leave' as kind, h.id as enrolment_id, coalesce(j.household_id, h.household_id) as household_id,
    case when %(by_person)s then h.person_id end as person_id, h.area_path,
    coalesce(j.answers, '{}') || jsonb_build_object('score', j.score, 'rule', %(rule)s::bigint,
      'gone', j.household_id is null) as because
  from held h left join programmes_judged j
    on case when %(by_person)s then j.person_id = h.person_id else j.household_id = h.household_id end
  where h.cycle_id is not null and h.state in ('approved', 'suspended')
    and (j.household_id is null or j.answer = 'not_eligible')
  union all
  select 'enter', null, j.household_id, j.person_id, r.area_path,
    j.answers || jsonb_build_object('score', j.score, 'rule', %(rule)s::bigint)
  from programmes_judged j join registry_household r on r.id = j.household_id
  where j.answer = 'eligible' and r.area_path <@ any(%(areas)s::ltree[])
    and not exists (select from held h where case when %(by_person)s then h.person_id = j.person_id
      else h.household_id = j.household_id end)
    and not exists (select from programmes_candidate c
      where c.cycle_id = %(last)s and c.household_id = j.household_id
        and c.person_id is not distinct from j.person_id and c.outcome in ('no_budget', 'overlap'))
)
"""
# open ones whose facts have moved back: not wanted any more, and not merely unknown
LAPSE = f"""
with {HELD}
update programmes_proposal p set state = 'lapsed'
where p.scheme_id = %(scheme)s and p.state = 'open' and p.household_id = any(%(households)s)
  and not exists (select from wanted w where w.kind = p.kind and w.household_id = p.household_id
    and w.person_id is not distinct from p.person_id)
  and not (p.kind = 'leave' and exists (select from programmes_judged j where j.answer = 'unknown'
    and j.household_id = p.household_id and j.person_id is not distinct from p.person_id))
"""  # noqa: S608 our own words
# what somebody decided on the very same facts is not asked again
PROPOSE = f"""
with {HELD}
insert into programmes_proposal (scheme_id, household_id, person_id, enrolment_id, area_path, kind, because,
  change_set_id, state, reason)
select %(scheme)s, w.household_id, w.person_id, w.enrolment_id, w.area_path, w.kind, w.because,
  %(change_set)s, 'open', ''
from wanted w
where w.kind = any(%(kinds)s) and not exists (
  select from (
    select p.state, p.because, p.kind from programmes_proposal p
    where p.scheme_id = %(scheme)s and p.household_id = w.household_id
      and p.person_id is not distinct from w.person_id
    order by p.id desc limit 1
  ) latest
  where latest.state = 'open'
    or (latest.state in ('taken', 'dismissed') and latest.kind = w.kind and latest.because = w.because)
)
on conflict do nothing
returning kind
"""  # noqa: S608
LAPSE_ENROLLED = """
update programmes_proposal p set state = 'lapsed'
from programmes_enrolment e
where e.scheme_id = %s and e.cycle_id = %s and e.state = 'approved' and p.scheme_id = e.scheme_id
  and p.kind = 'enter' and p.state = 'open' and p.household_id = e.household_id
  and p.person_id is not distinct from e.person_id
"""


@dataclass(frozen=True)
class Reviewed:
    """How many were proposed to enter and to leave, and how many proposals lapsed."""

    newly_eligible: int = 0
    no_longer_eligible: int = 0
    lapsed: int = 0


def schemes_to_review() -> QuerySet[Scheme]:
    """Schemes that are run here, and have enrolled once."""
    approved = Cycle.objects.filter(scheme=OuterRef("pk"), state=CycleState.APPROVED)
    return Scheme.objects.run_here().filter(Exists(approved)).select_related("rule").order_by("pk")


def review(
    scheme: Scheme,
    household_ids: Sequence[int],
    *,
    change_set_id: int | None,
    kinds: Sequence[str] = Proposal.Kind.values,
) -> Reviewed:
    """Judge these households (or their members) by the rule of the scheme, and propose what follows."""
    done = Reviewed()
    for chunk in copying.in_chunks(household_ids, CHUNK):
        one = _review(scheme, chunk, change_set_id, kinds)
        done = Reviewed(
            done.newly_eligible + one.newly_eligible,
            done.no_longer_eligible + one.no_longer_eligible,
            done.lapsed + one.lapsed,
        )
    return done


def _review(
    scheme: Scheme, household_ids: list[int], change_set_id: int | None, kinds: Sequence[str]
) -> Reviewed:
    from saiban.scoring.judging import judge

    if scheme.rule is None:
        raise NotRunHere
    copying.run(LOCK, [household_ids])  # what is judged is what holds until the proposals are written
    judged = judge(scheme.rule, on=timezone.localdate(), household_ids=household_ids)
    copying.run(TABLE)
    copying.send("programmes_judged", with_answers(judged).select(list(COLUMNS)))
    values = {
        "scheme": scheme.pk,
        "rule": scheme.rule_id,
        "open": [str(state) for state in OPEN_STATES],
        "today": timezone.localdate(),
        "households": household_ids,
        "by_person": scheme.unit == Unit.PERSON,
        "areas": _areas(scheme),
        "last": _approved(scheme).order_by("-number").values_list("pk", flat=True).first(),
        "change_set": change_set_id,
        "kinds": list(kinds),
    }
    lapsed = copying.run(LAPSE, values)
    proposed = [row[0] for row in copying.rows_of(PROPOSE, values)]
    return Reviewed(proposed.count("enter"), proposed.count("leave"), lapsed)


def with_answers(judged: pa.Table) -> pa.Table:
    """All that were judged, with the answers of the clauses as JSON."""
    from saiban.programmes.choosing import as_considered

    return as_considered(judged, every=True)


def _areas(scheme: Scheme) -> list[str]:
    """The areas in which the scheme has enrolled."""
    return list(_approved(scheme).values_list("area__path", flat=True).distinct())


def _approved(scheme: Scheme) -> QuerySet[Cycle]:
    return Cycle.objects.filter(scheme=scheme, state=CycleState.APPROVED)


def lapse_enrolled(cycle: Cycle) -> int:
    """Proposals to enter of those whom a cycle has enrolled are done with; how many."""
    return copying.run(LAPSE_ENROLLED, [cycle.scheme_id, cycle.pk])
