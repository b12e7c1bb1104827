"""What a rule says of the registry: the facts of a rule fetched once for everybody who asks.

Preview, test, candidates of a cycle, review of what changed and the household's page all ask here, so that a
previewed count is what enrolment does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from saiban.core.errors import Refused
from saiban.data.dictionary import Level, fields
from saiban.registry import copying
from saiban.registry.emptied import LIVED_IN
from saiban.scoring.computing import SQL_TYPES
from saiban.scoring.models import Rule

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from saiban.calc.rules import Answer, CheckedRule, Unit

CHUNK = 20_000  # households
QUICKLY = 50_000  # households that are counted within a second or two
AGE, SCORE = "age", "score_pmt"
DISTRICT = "case when nlevel(p.area_path) > 2 then subpath(p.area_path, 2, 1)::text else '' end"
HOUSEHOLDS = f"select p.household_id from registry_profile p where {LIVED_IN}"  # noqa: S608 our own words
# where nobody lives any more, nobody is judged
OF_HOUSEHOLDS = """
from registry_profile p
where p.household_id is not null and exists (
  select from registry_membership m join registry_person who on who.id = m.person_id
  where m.household_id = p.household_id and upper_inf(m.during) and not m.cancelled
    and who.erased_at is null and (who.died_on is null or who.died_on > %(on)s))
"""
# who has an open membership and lives; a person without a profile is judged by what is known of the household
OF_PERSONS = """
from registry_membership m
join registry_profile p on p.household_id = m.household_id
join registry_person who on who.id = m.person_id
left join registry_profile o on o.person_id = m.person_id
where upper_inf(m.during) and not m.cancelled and who.erased_at is null
  and (who.died_on is null or who.died_on > %(on)s)
"""


class PolicyNotConfirmed(Refused):
    """A rule may not decide on a number of policy that nobody has checked against its source."""

    code = "scoring.rule_policy_unconfirmed"


def checked(rule: Rule) -> CheckedRule:
    """The rule as calc knows it. Raises: BadInput at its line and character."""
    from saiban.calc.rules import check

    return check(rule.text, unit=_unit(rule))


def policy_of(rule: Rule, *, on: date, decides: bool) -> dict[str, Decimal]:
    """The numbers of policy that a rule names, in force on a day.

    ``decides``: outside of a demo, numbers that nobody confirmed are refused.
    Raises: PolicyNotConfirmed (409).
    """
    from saiban.calc.policy import NoValue, UnconfirmedValue
    from saiban.calc.rules import policy_numbers

    try:
        return policy_numbers(checked(rule), on=on, allow_unconfirmed=settings.SAIBAN_DEMO or not decides)
    except (UnconfirmedValue, NoValue) as error:
        raise PolicyNotConfirmed(
            _("The rule rests on a number of policy that cannot be used. %(why)s") % {"why": error}
        ) from error


def judge(
    rule: Rule,
    *,
    on: date,
    area_path: str | None = None,
    household_ids: Iterable[int] | None = None,
    explain: bool = True,
    decides: bool = True,
) -> pa.Table:
    """What a rule says of all households or persons (of an area, of some households) that the registry knows.

    Out:     one row for each household, or for each living member: household_id; person_id (a rule of persons
             only); district (its code, '' if not known); score decimal(9,4), null if not scored; answer
             "eligible" | "not_eligible" | "unknown"; with ``explain`` also because (inputs that make it
             unknown, by commas) and clause_1 … clause_n (boolean, null = unknown).
    Units:   ages in completed years on the day ``on``; numbers of policy are those of that day.
    Raises:  BadInput for a rule that is none; PolicyNotConfirmed (409) unless ``decides`` is False.
    """
    import pyarrow as pa

    ids = household_ids if household_ids is not None else households(area_path)
    tables = list(judged(rule, ids, on=on, explain=explain, decides=decides))
    return pa.concat_tables(tables)


def judged(
    rule: Rule, household_ids: Iterable[int], *, on: date, explain: bool = True, decides: bool = True
) -> Iterator[pa.Table]:
    """The same in pieces of ``CHUNK`` households; at least one piece, be it empty."""
    from saiban.calc import engine

    policy = policy_of(rule, on=on, decides=decides)
    chunks = copying.in_chunks(household_ids, CHUNK)
    connection = engine.connect(memory="1GB")
    try:
        yield _answered(connection, rule, next(chunks, []), on, policy, explain)
        for chunk in chunks:
            yield _answered(connection, rule, chunk, on, policy, explain)
    finally:
        connection.close()


def households(area_path: str | None = None) -> list[int]:
    """Ids of the households that can be judged: those of an area, or all."""
    if area_path is None:
        return [row[0] for row in copying.rows_of(HOUSEHOLDS + " order by 1")]
    narrowed = HOUSEHOLDS + " and area_path <@ %s::ltree order by 1"
    return [row[0] for row in copying.rows_of(narrowed, [area_path])]


def how_many(area_path: str | None) -> int:
    """How many households would be judged in an area."""
    narrowed = "" if area_path is None else " and area_path <@ %s::ltree"
    query = f"select count(*) from ({HOUSEHOLDS}{narrowed}) known"  # noqa: S608 our own words
    return int(copying.rows_of(query, [area_path] if area_path is not None else [])[0][0])


def judge_one(
    rule: Rule,
    *,
    on: date,
    household_id: int | None = None,
    person_id: int | None = None,
    decides: bool = True,
) -> Answer | None:
    """What a rule says of one household, or of one person; None where nothing is known of them.

    Raises:  ValueError where the id is not of the rule's unit; PolicyNotConfirmed (409) as ``judge``.
    """
    from saiban.calc.rules import answer_one

    wanted = person_id if rule.unit == Rule.Unit.PERSON else household_id
    if wanted is None:
        raise ValueError(f"a rule of unit {rule.unit} needs the id of a {rule.unit}")
    key = "m.person_id" if rule.unit == Rule.Unit.PERSON else "p.household_id"
    rows = _facts(rule, f"{key} = %(only)s", {"on": on, "only": wanted}).to_pylist()
    policy = policy_of(rule, on=on, decides=decides)
    return answer_one(checked(rule), rows[0], policy=policy) if rows else None


def _answered(
    connection: duckdb.DuckDBPyConnection,
    rule: Rule,
    household_ids: list[int],
    on: date,
    policy: Mapping[str, Decimal],
    explain: bool,
) -> pa.Table:
    """Answer a rule for the households of one piece, over the facts fetched for them."""
    from saiban.calc import engine
    from saiban.calc.rules import answers_sql

    facts = _facts(rule, "p.household_id = any(%(ids)s)", {"on": on, "ids": household_ids})
    connection.register("facts", facts)
    columns = engine.over(connection).table("facts").schema()
    key = f"{rule.unit}_id"
    told = answers_sql(checked(rule), columns, relation="facts", policy=policy, key=key, explain=explain)
    whose = ", ".join(f"facts.{name}" for name in _whose(rule))
    columns_out = f"{whose}, facts.{SCORE} as score, told.* exclude ({key})"
    query = f"select {columns_out} from facts join ({told}) told using ({key})"  # noqa: S608 SQL of calc
    table: pa.Table = connection.execute(query).to_arrow_table()
    return table


def _facts(rule: Rule, narrowed: str, values: Mapping[str, Any]) -> pa.Table:
    """The facts that a rule asks for, as Arrow: who and where, the score, each of its inputs."""
    of_whom = OF_PERSONS if rule.unit == Rule.Unit.PERSON else OF_HOUSEHOLDS
    columns = ", ".join([*_whose(rule).values(), "p.score", *(_value(name) for name in _asked(rule))])
    query = f"select {columns} {of_whom} and {narrowed}"
    return copying.fetch(query, values, _schema(rule))


def _whose(rule: Rule) -> dict[str, str]:
    """Columns that say of whom a row is, with their SQL."""
    person = {"person_id": "m.person_id"} if rule.unit == Rule.Unit.PERSON else {}
    return {"household_id": "p.household_id", **person, "district": DISTRICT}


def _asked(rule: Rule) -> list[str]:
    """Inputs of a rule besides the score, which is always there."""
    return [name for name in checked(rule).inputs if name != SCORE]


def _value(name: str) -> str:
    """The SQL of an input: of the person where it is a field of persons, else of the household."""
    if name == AGE:
        return "extract(year from age(%(on)s::date, who.birth_date))::int"
    level: Level = "person" if name in fields("person") else "household"
    row = "o" if level == "person" else "p"
    return f"({row}.\"values\" ->> '{name}')::{SQL_TYPES[fields(level)[name].type]}"


def _schema(rule: Rule) -> pa.Schema:
    import pyarrow as pa

    from saiban.calc.rules import known_fields

    types = {
        "int": pa.int64(),
        "bool": pa.bool_(),
        "decimal": pa.decimal128(12, 3),
        "string": pa.string(),
    }
    whose = [(name, pa.string() if name == "district" else pa.int64()) for name in _whose(rule)]
    known = known_fields(_unit(rule))
    asked = [(name, types[known[name].type]) for name in _asked(rule)]
    return pa.schema([*whose, (SCORE, pa.decimal128(9, 4)), *asked])


def _unit(rule: Rule) -> Unit:
    return "person" if rule.unit == Rule.Unit.PERSON else "household"
