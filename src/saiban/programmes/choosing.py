"""Candidates of a cycle: judged by its rule, held against all open places, put into line; set by set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from saiban.programmes import selecting
from saiban.programmes.models import Cycle
from saiban.programmes.models.schemes import PER_YEAR
from saiban.programmes.periods import periods_of
from saiban.programmes.standing import consider
from saiban.registry import copying

if TYPE_CHECKING:
    import pyarrow as pa

    from saiban.core.progress import Meter

CHOSEN_TABLE = """
create temporary table if not exists programmes_chosen (
  household_id bigint, person_id bigint, outcome text, "rank" int, lottery text
) on commit drop
"""
CANDIDATES = """
select c.household_id, c.person_id, c.score, nullif(p."values" ->> 'household_size', '')::bigint, c.answer,
  case when h.enrolment_id is null then '' when h.renews then 'renewal' else 'other' end,
  b.enrolment_id is not null or b.policy is not null, r.room
from programmes_considered c
left join registry_profile p on p.household_id = c.household_id
left join programmes_held h
  on h.household_id = c.household_id and h.person_id is not distinct from c.person_id
left join programmes_barred b
  on b.household_id = c.household_id and b.person_id is not distinct from c.person_id
left join programmes_room r on r.household_id = c.household_id
"""
ENROL = """
insert into programmes_enrolment (scheme_id, household_id, person_id, area_path, state, starts_on, benefit,
  amount_paisa, period, yearly_paisa, channel, list_no, cycle_id, reason)
select %s, n.household_id, n.person_id, h.area_path, 'proposed', %s, 'cash', %s, %s, %s, '', '', %s, ''
from programmes_chosen n join registry_household h on h.id = n.household_id
where n.outcome = 'selected' order by n."rank"
"""
KEEP = """
insert into programmes_candidate (cycle_id, household_id, person_id, area_path, outcome, "rank", score,
  lottery, cost_paisa, because, answers, enrolment_id)
select %s, n.household_id, n.person_id, h.area_path, n.outcome, n."rank", c.score, n.lottery,
  case when n."rank" is not null and n.outcome in ('selected', 'enrolled') then %s::bigint else 0 end,
  case n.outcome
    when 'unknown' then jsonb_build_object('missing', to_jsonb(string_to_array(nullif(c.because, ''), ',')))
    when 'overlap' then jsonb_strip_nulls(jsonb_build_object('overlap', b.enrolment_id, 'scheme', b.scheme,
      'policy', coalesce(b.policy, r.policy)))
    else jsonb_strip_nulls(jsonb_build_object('enrolment', d.enrolment_id, 'held', d.state))
  end,
  c.answers, e.id
from programmes_chosen n
join programmes_considered c
  on c.household_id = n.household_id and c.person_id is not distinct from n.person_id
join registry_household h on h.id = n.household_id
left join programmes_barred b
  on b.household_id = n.household_id and b.person_id is not distinct from n.person_id
left join programmes_room r on r.household_id = n.household_id
left join programmes_held d
  on d.household_id = n.household_id and d.person_id is not distinct from n.person_id
left join programmes_enrolment e on e.cycle_id = %s and e.state = 'proposed' and n.outcome = 'selected'
  and e.household_id = n.household_id and e.person_id is not distinct from n.person_id
order by n."rank" nulls last, n.household_id, n.person_id
"""
COUNTS = """
select outcome, "rank" is not null, count(*), sum(cost_paisa), max("rank")
from programmes_candidate where cycle_id = %s group by 1, 2
"""
LAST_CHOSEN = """
select score from programmes_candidate
where cycle_id = %s and outcome = 'selected' order by "rank" desc limit 1
"""


@dataclass(frozen=True)
class Terms:
    """What a place of the cycle costs, and how many the budget pays."""

    cost_paisa: int
    yearly_paisa: int
    places: int


def terms(cycle: Cycle) -> Terms:
    """The terms of a cycle: of all its periods together."""
    periods = len(periods_of(cycle.starts_on, cycle.ends_on, cycle.period))
    cost = cycle.benefit_paisa * periods
    yearly = cycle.benefit_paisa * PER_YEAR.get(cycle.period, 1)
    return Terms(cost, yearly, selecting.places_within(cycle.budget_paisa, cost))


def choose(cycle: Cycle, *, meter: Meter) -> dict[str, Any]:
    """Judge, check, put into line, enrol as proposed and keep every candidate; return the figures.

    In the caller's transaction, under the lock of ``services.cycles``: what other cycles have proposed or
    approved is seen.
    """
    due, today = terms(cycle), timezone.localdate()
    meter.step("judge")
    judged = _judged(cycle)
    meter.step("overlaps", total=judged.num_rows)
    consider(cycle, as_considered(judged), yearly_paisa=due.yearly_paisa)
    meter.step("select", total=judged.num_rows)
    chosen = selecting.select_table(_candidates(), places=due.places, seed=cycle.seed)
    _keep(cycle, chosen, due)
    return _figures(cycle, judged, due) | {"judged_on": today.isoformat()}


def _judged(cycle: Cycle) -> pa.Table:
    from saiban.scoring.judging import judge

    return judge(cycle.rule, on=timezone.localdate(), area_path=cycle.area.path)


def as_considered(judged: pa.Table, *, every: bool = False) -> pa.Table:
    """Those whom the rule does not rule out (or ``every`` one), with the answers of clauses as JSON."""
    from saiban.calc import engine

    person = "person_id" if "person_id" in judged.column_names else "null::bigint"
    connection = engine.connect(memory="1GB")
    try:
        connection.register("judged", judged)
        query = f"""
            select household_id, {person} as person_id, cast(score as decimal(9, 4)) as score, answer,
              because, to_json({{'clauses': {_clauses(judged.column_names)}}})::varchar as answers
            from judged where {every} or answer <> 'not_eligible'
        """  # noqa: S608 our own names
        kept: pa.Table = connection.execute(query).to_arrow_table()
    finally:
        connection.close()
    return kept


def _clauses(columns: Sequence[str]) -> str:
    found = sorted(
        (name for name in columns if name.startswith("clause_")), key=lambda name: int(name.split("_")[1])
    )
    return f"[{', '.join(found)}]" if found else "[]::boolean[]"


def _candidates() -> pa.Table:
    import pyarrow as pa

    schema = pa.schema(
        [
            ("household_id", pa.int64()),
            ("person_id", pa.int64()),
            ("score", pa.decimal128(9, 4)),
            ("household_size", pa.int64()),
            ("answer", pa.string()),
            ("held", pa.string()),
            ("barred", pa.bool_()),
            ("room", pa.int64()),
        ]
    )
    return copying.fetch(CANDIDATES, [], schema)


def _keep(cycle: Cycle, chosen: pa.Table, due: Terms) -> None:
    """Write enrolments and candidates."""
    copying.run(CHOSEN_TABLE)
    copying.run("truncate programmes_chosen")
    copying.send("programmes_chosen", _quoted(chosen))
    copying.run("analyze programmes_chosen")
    of_scheme = [cycle.scheme_id, cycle.starts_on, cycle.benefit_paisa, cycle.period, due.yearly_paisa]
    copying.run(ENROL, [*of_scheme, cycle.pk])
    copying.run(KEEP, [cycle.pk, due.cost_paisa, cycle.pk])


def _quoted(chosen: pa.Table) -> pa.Table:
    """``rank`` is a word of SQL."""
    return chosen.rename_columns([f'"{name}"' for name in chosen.column_names])


def _figures(cycle: Cycle, judged: pa.Table, due: Terms) -> dict[str, Any]:
    """Counts by answer and outcome, cost, and the score of the last one chosen."""
    answers = {row["values"]: row["counts"] for row in judged["answer"].value_counts().to_pylist()}
    figures: dict[str, Any] = {"answers": answers, "outcomes": {}, "renewed": 0, "cost_paisa": 0}
    for outcome, in_line, count, cost, _last in copying.rows_of(COUNTS, [cycle.pk]):
        figures["outcomes"][outcome] = figures["outcomes"].get(outcome, 0) + count
        figures["cost_paisa"] += int(cost)
        if outcome == "enrolled" and in_line:
            figures["renewed"] = count
    last = copying.rows_of(LAST_CHOSEN, [cycle.pk])
    line = str(last[0][0]) if last and last[0][0] is not None else None
    return figures | {"places": due.places, "cost_of_one_paisa": due.cost_paisa, "last_score": line}
