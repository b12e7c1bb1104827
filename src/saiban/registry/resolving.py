"""From observations to profiles of some households and their members: Arrow in, one resolution, JSON out.

What is said of a household, of its meter, or (of household fields) of its members, is resolved for the
household; what
is said of a member's own fields is resolved for the person. Lists of beneficiaries say what someone is given,
not how someone lives: they are not heard here. What a correction said is heard while it is in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from saiban.core.days import midnight
from saiban.data.dictionary import Level, fields
from saiban.registry import copying, deriving

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    Profiles = tuple[pa.Table, pa.Table]  # of households, of persons

SAID_OF_HOUSEHOLDS = """
select l.household_id, o.facts::text, s.code, s.code = any(%(self_reports)s), o.observed_on,
  o.received_at at time zone 'UTC', o.id
from registry_link l
join intake_observation o on o.subject_id = l.subject_id
join intake_source s on s.id = o.source_id
where l.household_id = any(%(households)s) and {linked} and {heard}
"""
SAID_OF_MEMBERS = """
select m.person_id, o.facts::text, s.code, s.code = any(%(self_reports)s), o.observed_on,
  o.received_at at time zone 'UTC', o.id
from registry_membership m
join registry_link l on l.person_id = m.person_id and {linked}
join intake_observation o on o.subject_id = l.subject_id
join intake_source s on s.id = o.source_id and s.kind <> 'beneficiaries'
where m.household_id = any(%(households)s) and {lives} and not m.cancelled and {heard}
"""
# one row per fact; the engine takes JSON apart many times faster than PostgreSQL, and less is sent;
# keys and values, which stand in the same order, are taken out three times faster than by json_each
TAKE_APART = """
create temp table {name} as
select * from (
  select subject_id, unnest(json_keys(facts)) as field, unnest(json_extract(facts, '$.*'))::varchar as value,
    source, self_report, observed_on, received_at, observation_id
  from {name}_raw)
where field in ({codes}) and value <> 'null'
"""
MEMBERS = """
select m.person_id, m.household_id from registry_membership m
where m.household_id = any(%(households)s) and {lives} and not m.cancelled
"""
# what a correction said is left out from the day on which it ends, or from the moment in which it was ended
IN_FORCE = """not exists (
  select from registry_correction c where c.observation_id = o.id and (c.ends_on <= %(on)s or {ended}))"""
TODAY = {
    "linked": "l.undone_at is null",
    "lives": "upper_inf(m.during)",
    "heard": IN_FORCE.format(ended="c.ended_at is not null"),
}
# what had come in and was linked by the end of a day, of nobody who was erased since; where people lived on
# that day is told by today's word
THEN = {
    "linked": """l.decided_at < %(until)s and (l.undone_at is null or l.undone_at >= %(until)s)
  and exists (select from intake_subject j where j.id = l.subject_id and j.salt is not null)""",
    "lives": "m.during @> %(on)s::date",
    "heard": f"o.received_at < %(until)s and {IN_FORCE.format(ended='c.ended_at < %(until)s')}",
}
# One object per subject: what holds, whence, and what other sources say. Codes and JSON values need no
# escaping.
FOLD = """
with resolved as materialized ({resolved}), others as (
  select subject_id, field, '[' || string_agg(
    '{{"value":' || value || ',"source":"' || source || '","on":"' || observed_on || '","observation":' ||
    observation_id ||
    ',"disagrees":' || disagrees ||
    case when heard > 1 then ',"heard":' || heard || ',"since":"' || since || '"' else '' end || '}}',
    ',' order by place) || ']' as said
  from resolved where place > 1 group by all
), behind as (
  select subject_id, string_agg('"' || field || '":' || said, ',' order by field) as others from others group
  by all
), held as (
  select subject_id, field, value, disagrees, observed_on, '{{"source":"' || source || '","on":"' ||
  observed_on ||
    '","observation":' || observation_id || case when too_old then ',"too_old":true' else '' end ||
    case when heard > 1 then ',"heard":' || heard || ',"since":"' || since || '"' else '' end || '}}'
    as origin
  from resolved where place = 1
  union all by name {derived}
)
select subject_id, '{{' || string_agg('"' || field || '":' || value, ',') || '}}' as values,
  '{{' || string_agg('"' || field || '":' || origin, ',') || '}}' as origin,
  '{{' || coalesce(any_value(behind.others), '') || '}}' as others,
  count(*) filter (disagrees)::int as disagreements, min(observed_on) as oldest_on
from held left join behind using (subject_id) group by subject_id
"""


@dataclass(frozen=True)
class Heard:
    """What was said of some households, in the database's words; to be resolved without it."""

    on: date
    of_households: pa.Table
    of_members: pa.Table
    members: pa.Table


def heard(household_ids: Sequence[int], *, on: date | None = None) -> Heard:
    """Fetch what was said of households and their members, to be resolved as of today; or, of a day that has
    passed, what had come in by its end, to be resolved as of that day (ages count from it).
    """
    import pyarrow as pa

    from saiban.calc.precedence import shipped_precedence

    self_reports = [code for code, source in shipped_precedence().sources.items() if source.self_report]
    members = pa.schema([("person_id", pa.int64()), ("household_id", pa.int64())])
    day = on or timezone.localdate()
    values: dict[str, Any] = {"households": list(household_ids), "self_reports": self_reports, "on": day}
    if on is not None:
        values["until"] = end_of(on)
    of_when = TODAY if on is None else THEN
    return Heard(
        on=day,
        of_households=copying.fetch(SAID_OF_HOUSEHOLDS.format(**of_when), values, _said_schema()),
        of_members=copying.fetch(SAID_OF_MEMBERS.format(**of_when), values, _said_schema()),
        members=copying.fetch(MEMBERS.format(**of_when), values, members),
    )


def end_of(day: date) -> datetime:
    """The moment at which a day is over, here."""
    return midnight(day + timedelta(days=1))


def profiles_of(said: Heard) -> Profiles:
    """Resolve households and their members from what was heard of them; asks nothing of the database, so that
    a thread beside it may do it.

    Out:  two tables (households, persons), one row per subject of which anything is known: subject_id int64;
          values, origin, others as JSON text (see ``registry.Profile``); disagreements int32; oldest_on date.
    """
    from saiban.calc import engine

    connection = engine.connect(threads=1, memory="2GB")  # many small windows: a second thread only costs
    try:
        _register(connection, said)
        households = connection.execute(_household_sql(said.on)).to_arrow_table()
        persons = connection.execute(_person_sql(said.on)).to_arrow_table()
    finally:
        connection.close()
    return households, persons


def _register(connection: duckdb.DuckDBPyConnection, said: Heard) -> None:
    """Make what was said, and by which rank, known to the engine."""
    from saiban.calc.precedence import shipped_precedence

    of_households, of_persons = reported("household"), reported("person")
    for name, raw, codes in (
        ("said", said.of_households, of_households),
        ("said_of_members", said.of_members, [*of_households, *of_persons]),
    ):
        connection.register(f"{name}_raw", raw)
        listed = ", ".join(f"'{code}'" for code in codes)
        connection.execute(TAKE_APART.format(name=name, codes=listed))
    connection.register("members", said.members)
    connection.register("precedence", shipped_precedence().table(on=said.on))


def reported(level: Level) -> list[str]:
    """Codes of the fields that sources report in the open: not derived, not identifying."""
    return [code for code, field in fields(level).items() if not field.derived and not field.identifying]


def _said_schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            ("subject_id", pa.int64()),
            ("facts", pa.string()),
            ("source", pa.string()),
            ("self_report", pa.bool_()),
            ("observed_on", pa.date32()),
            ("received_at", pa.timestamp("us")),
            ("observation_id", pa.int64()),
        ]
    )


@lru_cache(maxsize=4)
def _household_sql(on: date) -> str:
    """SQL of the whole way for households, written once a day: building the expression takes longer than one
    run."""
    import ibis

    from saiban.calc.precedence import shipped_precedence
    from saiban.calc.resolve import lifted, resolved

    said, of_members, members, precedence = _tables()
    is_of_household = of_members.field.isin(reported("household"))
    lifted_up = lifted(of_members.filter(is_of_household), members)
    everything = said.union(lifted_up.select(said.columns))
    sql = str(
        ibis.to_sql(
            resolved(everything, precedence, on=on, windows=shipped_precedence().windows), dialect="duckdb"
        )
    )
    return FOLD.format(resolved=sql, derived=deriving.sql())


@lru_cache(maxsize=4)
def _person_sql(on: date) -> str:
    import ibis

    from saiban.calc.precedence import shipped_precedence
    from saiban.calc.resolve import resolved

    _, of_members, _, precedence = _tables()
    own = of_members.filter(of_members.field.isin(reported("person")))
    sql = str(
        ibis.to_sql(resolved(own, precedence, on=on, windows=shipped_precedence().windows), dialect="duckdb")
    )
    return FOLD.format(resolved=sql, derived=deriving.NOTHING)


def _tables() -> tuple[Any, Any, Any, Any]:
    """The tables of ``_register``, as the expression sees them."""
    import ibis

    said = {
        "subject_id": "int64",
        "field": "string",
        "value": "string",
        "source": "string",
        "self_report": "boolean",
        "observed_on": "date",
        "received_at": "timestamp(6)",
        "observation_id": "int64",
    }
    precedence = {
        "field": "string",
        "source": "string",
        "rank": "int64",
        "oldest_on": "date",
        "need_when": "string",
    }
    return (
        ibis.table(said, name="said"),
        ibis.table(said, name="said_of_members"),
        ibis.table({"person_id": "int64", "household_id": "int64"}, name="members"),
        ibis.table(precedence, name="precedence"),
    )
