"""How those whom a cycle considers stand: a place of this scheme, a place that excludes it, room under caps.

Three temporary tables beside ``programmes_considered``, each made by one statement: ``programmes_held``,
``programmes_barred``, ``programmes_room``. Places that this cycle itself proposed do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from saiban.programmes.errors import PolicyNotSettled
from saiban.programmes.models import Cycle, Period, Scheme, Unit
from saiban.programmes.transitions import OPEN_STATES
from saiban.registry import copying

if TYPE_CHECKING:
    import pyarrow as pa

    from saiban.calc.overlap import Cap, Exclusion

CONSIDERED = ("household_id", "person_id", "score", "answer", "because", "answers")
TABLES = """
create temporary table if not exists programmes_considered (
  household_id bigint, person_id bigint, score numeric(9, 4), answer text, because text, answers jsonb
) on commit drop;
create temporary table if not exists programmes_held (
  household_id bigint, person_id bigint, enrolment_id bigint, state text, renews bool
) on commit drop;
create temporary table if not exists programmes_barred (
  household_id bigint, person_id bigint, enrolment_id bigint, scheme text, policy text
) on commit drop;
create temporary table if not exists programmes_room (household_id bigint, room bigint, policy text)
on commit drop;
truncate programmes_considered, programmes_held, programmes_barred, programmes_room;
"""
# open in the days of the cycle, and not one of those that it proposes itself
PLACES = """
e.state = any(%(open)s) and (e.ends_on is null or e.ends_on > %(from)s) and e.starts_on < %(until)s
and not (e.cycle_id is not distinct from %(cycle)s and e.state = 'proposed')
"""
HELD = f"""
insert into programmes_held
select distinct on (c.household_id, c.person_id) c.household_id, c.person_id, e.id, e.state,
  e.cycle_id is not null and e.state = 'approved' and not %(once)s
from programmes_considered c
join programmes_enrolment e on e.scheme_id = %(scheme)s and {{same}} and {PLACES}
order by c.household_id, c.person_id, (e.cycle_id is not null) desc, e.id
"""  # noqa: S608 our own words
BARRED = f"""
insert into programmes_barred
with pair as (
  select * from unnest(%(levels)s::text[], %(schemes)s::text[], %(policies)s::text[])
    as pair (level, scheme, policy)
), place as (
  select e.id, e.person_id, e.household_id, e.yearly_paisa, s.code, pair.level, pair.policy
  from pair join programmes_scheme s on s.code = pair.scheme
  join programmes_enrolment e on e.scheme_id = s.id and {PLACES}
)
select distinct on (household_id, person_id) household_id, person_id, id, code, policy from (
  select c.household_id, c.person_id, p.id, p.code, p.policy, p.yearly_paisa
  from programmes_considered c join place p on p.level = 'person' and p.person_id = c.person_id
  union all
  select c.household_id, c.person_id, p.id, p.code, p.policy, p.yearly_paisa
  from programmes_considered c join place p on p.level = 'household' and p.household_id = c.household_id
) found
order by household_id, person_id, yearly_paisa desc, id
"""  # noqa: S608
TOTALS = f"""
select e.{{key}}, sum(e.yearly_paisa) as total
from programmes_enrolment e join programmes_scheme s on s.id = e.scheme_id
where (%(every)s or s.code = any(%(schemes)s)) and {PLACES}
  and e.{{key}} in (select {{key}} from programmes_considered)
group by 1
"""  # noqa: S608
# a cap of persons: one more place is too much; one of households: so many more are not
ABOVE = f"""
insert into programmes_barred
select c.household_id, c.person_id, null, null, %(policy)s
from programmes_considered c left join ({TOTALS.format(key="person_id")}) t on t.person_id = c.person_id
where c.person_id is not null and coalesce(t.total, 0) + %(yearly)s > %(cap)s
  and not exists (select from programmes_barred b where b.household_id = c.household_id
    and b.person_id is not distinct from c.person_id)
"""  # noqa: S608
ROOM = f"""
insert into programmes_room
select c.household_id, div(greatest(0, %(cap)s - coalesce(t.total, 0)), %(yearly)s), %(policy)s
from (select distinct household_id from programmes_considered) c
left join ({TOTALS.format(key="household_id")}) t on t.household_id = c.household_id
"""  # noqa: S608
LEAST_ROOM = """
delete from programmes_room r using programmes_room o
where o.household_id = r.household_id and (o.room, o.policy) < (r.room, r.policy)
"""


def consider(cycle: Cycle, considered: pa.Table, *, yearly_paisa: int) -> None:
    """Fill the tables for these people (columns ``CONSIDERED``), in the caller's transaction."""
    begin()
    copying.send("programmes_considered", considered.select(list(CONSIDERED)))
    stand(cycle, yearly_paisa=yearly_paisa)


def begin() -> None:
    """Make the tables, empty."""
    copying.run(TABLES)


def stand(cycle: Cycle, *, yearly_paisa: int) -> None:
    """Find how those in ``programmes_considered`` stand: one statement for each question."""
    from saiban.calc.overlap import shipped_policy

    copying.run("analyze programmes_considered")
    days = {
        "open": [str(state) for state in OPEN_STATES],
        "from": cycle.starts_on,
        "until": cycle.ends_on,
        "cycle": cycle.pk,
        "scheme": cycle.scheme_id,
        "once": cycle.period == Period.ONCE,  # who has had it does not get it again
    }
    by_person = cycle.scheme.unit == Unit.PERSON
    same = "e.person_id = c.person_id" if by_person else "e.household_id = c.household_id"
    copying.run(HELD.format(same=same), days)
    copying.run(BARRED, days | _pairs(cycle))
    for cap in shipped_policy().caps:
        if cap.holds_on(cycle.starts_on) and _counts(cap, cycle.scheme.code):
            copying.run(ABOVE if cap.level == "person" else ROOM, days | _cap(cap, yearly_paisa))
    copying.run(LEAST_ROOM)


def _pairs(cycle: Cycle) -> dict[str, list[str]]:
    """The schemes that exclude this one, with level and policy."""
    from saiban.calc.overlap import pairs, shipped_policy

    code = cycle.scheme.code
    codes = set(Scheme.objects.values_list("code", flat=True))
    found = [
        (pair.level, pair.right if pair.left == code else pair.left, pair.policy)
        for pair in pairs(shipped_policy(), on=cycle.starts_on, schemes=codes)
        if code in (pair.left, pair.right)
    ]
    levels, schemes, policies = ([str(one[n]) for one in found] for n in range(3))
    return {"levels": levels, "schemes": schemes, "policies": policies}


def ask_settled(cycle: Cycle) -> None:
    """Refuse a cycle that would rest on policy that is only proposed; in a demo it may.

    Raises: PolicyNotSettled (409).
    """
    from saiban.calc.overlap import shipped_policy

    policy, code = shipped_policy(), cycle.scheme.code
    doubtful = [
        one.code
        for one in policy.entries
        if _concerns(one, code) and one.holds_on(cycle.starts_on) and not one.confirmed
    ]
    if doubtful and not settings.SAIBAN_DEMO:
        raise PolicyNotSettled(
            _("This cycle would rest on a policy of overlaps that nobody has confirmed: %(codes)s.")
            % {"codes": ", ".join(doubtful)}
        )


def excludes_itself(code: str) -> bool:
    """Whether any pair of the policy names a scheme twice."""
    from saiban.calc.overlap import shipped_policy

    named = [pair for entry in shipped_policy().exclusive for pair in entry.named_pairs]
    return (code, code) in named


def _concerns(entry: Exclusion | Cap, code: str) -> bool:
    others = entry.schemes or getattr(entry, "excludes", ())
    return code in entry.named or others == ("all",)


def _counts(cap: Cap, code: str) -> bool:
    return cap.schemes == ("all",) or code in cap.schemes


def _cap(cap: Cap, yearly_paisa: int) -> dict[str, object]:
    return {
        "every": cap.schemes == ("all",),
        "schemes": list(cap.schemes),
        "policy": cap.code,
        "cap": cap.yearly_paisa,
        "yearly": yearly_paisa,
    }
