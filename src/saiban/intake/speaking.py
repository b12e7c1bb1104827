"""What the accepted rows say: the table ``spoken``, made of ``typed`` without ``refused``.

    part         1, 2, …: whole households, in the order of areas, and all rows of one subject
    no           of the subject: 1, 2, …; households before their members
    kind, namespace, name, within (no of the household)
    observed_on, facts, sealed: JSON without nulls; ``sealed`` holds what identifies
    path         of the area, where a household is spoken of

Composition fields are counted from the members, never taken from a file that lists them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from saiban.data.dictionary import fields
from saiban.intake.cells import value_name
from saiban.intake.mapping import Fact, Mapping
from saiban.intake.reading.sql import columns_of

if TYPE_CHECKING:
    import duckdb

MEMBER_INPUTS = (
    "sex",
    "relation",
    "birth_date",
    "schooling_years",
    "in_school",
    "work_status",
    "unskilled_work",
)
TYPES = {  # of SQL, and of the expression
    "int": ("BIGINT", "int64"),
    "bool": ("BOOLEAN", "boolean"),
    "date": ("DATE", "date"),
    "string": ("VARCHAR", "string"),
}
EMPTY = "'{}'"
MEMBERS = 5  # so many persons or meters weigh as much as a household with its members


def speak(connection: duckdb.DuckDBPyConnection, mapping: Mapping, *, households: int) -> None:
    """Make ``spoken`` in parts of so many whole households; a row that says nothing (a rickshaw) speaks of
    nobody.
    """
    connection.execute("CREATE VIEW accepted AS SELECT * FROM typed ANTI JOIN refused USING (group_key)")
    if mapping.members:
        _count_members(connection)
        _households_and_members(connection, mapping, households)
    else:
        _single_rows(connection, mapping, households)


def _json(pairs: dict[str, str]) -> str:
    """A JSON object of SQL values, without those that are not known."""
    if not pairs:
        return EMPTY
    members = ", ".join(f"'{name}': {value}" for name, value in pairs.items())
    return f"CAST(json_merge_patch({EMPTY}, to_json({{{members}}})) AS VARCHAR)"


def _pairs(facts: tuple[Fact, ...], *, identifying: bool, but: tuple[str, ...] = ()) -> dict[str, str]:
    chosen = [fact.field for fact in facts if fact.known.identifying is identifying and fact.field not in but]
    return {code: value_name(code) for code in chosen}


def _single_rows(connection: duckdb.DuckDBPyConnection, mapping: Mapping, households: int) -> None:
    """Each row speaks of one subject; several rows may speak of the same, then they stand in one part."""
    open_facts = _pairs(mapping.facts, identifying=False) | ({"area": "area"} if mapping.area else {})
    sealed = _json(_pairs(mapping.facts, identifying=True))
    kind, namespace = mapping.subject.kind, mapping.subject.namespace
    size = households if kind == "household" else households * MEMBERS
    connection.execute(
        f"""CREATE TABLE said AS
            SELECT row_no, name, observed_on, CAST(area AS VARCHAR) AS area, {_json(open_facts)} AS facts,
                   {sealed} AS sealed FROM accepted;
            DELETE FROM said WHERE facts = {EMPTY} AND sealed = {EMPTY};
            CREATE TABLE subjects AS
            SELECT row_number() OVER (ORDER BY path NULLS LAST, first_row) AS no, name, path FROM (
              SELECT name, min(row_no) AS first_row, min(areas.path) AS path
              FROM said LEFT JOIN areas ON areas.code = said.area GROUP BY name);
            CREATE TABLE spoken AS
            SELECT (no - 1) // {size} + 1 AS part, no, '{kind}' AS kind, '{namespace}' AS namespace, name,
                   CAST(NULL AS BIGINT) AS within, observed_on, facts, sealed, path
            FROM said JOIN subjects USING (name) ORDER BY no, row_no"""  # noqa: S608
    )


def _count_members(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``composition``: one row per household, by ``group_key``."""
    existing = set(columns_of(connection, "accepted"))
    members = ", ".join(_member_input(code, existing) for code in MEMBER_INPUTS)
    connection.execute(f"CREATE VIEW members AS SELECT group_key, observed_on, {members} FROM accepted")  # noqa: S608
    connection.execute(f"CREATE TABLE composition AS {_composition_sql()}")


@cache
def _composition_sql() -> str:
    """SQL of the composition over ``members``, written once: that takes longer than counting a small file."""
    import ibis

    from saiban.calc.composition import composition, with_age

    types = {code: TYPES[fields("person")[code].type][1] for code in MEMBER_INPUTS}
    members = ibis.table({"group_key": "string", "observed_on": "date", **types}, name="members")
    counted = composition(with_age(members, on="observed_on"), key="group_key")
    return str(ibis.to_sql(counted, dialect="duckdb"))


def _member_input(code: str, existing: set[str]) -> str:
    """A column that composition asks for; null of its type where the source does not ask it."""
    value = value_name(code) if value_name(code) in existing else "NULL"
    return f"CAST({value} AS {TYPES[fields('person')[code].type][0]}) AS {code}"


def _households_and_members(connection: duckdb.DuckDBPyConnection, mapping: Mapping, households: int) -> None:
    counted = [code for code, field in fields("household").items() if field.composition]
    household = _pairs(mapping.facts, identifying=False, but=tuple(counted)) | {
        code: f"c.{code}" for code in counted
    }
    household |= {"area": "area"}
    person = _pairs(mapping.member_facts, identifying=False) | {"line_no": "line"}
    namespace = mapping.subject.namespace
    connection.execute(
        f"""CREATE TABLE homes AS
            SELECT row_number() OVER (ORDER BY path NULLS LAST, row_no) AS no,
                   (no - 1) // {households} + 1 AS part, h.group_key, name, observed_on,
                   {_json(household)} AS facts,
                   {_json(_pairs(mapping.facts, identifying=True))} AS sealed, path
            FROM (FROM accepted QUALIFY row_number() OVER (PARTITION BY group_key ORDER BY row_no) = 1) h
                 JOIN composition c USING (group_key) LEFT JOIN areas ON areas.code = h.area;
            CREATE TABLE people AS
            SELECT row_number() OVER (ORDER BY homes.no, a.row_no) + (SELECT count(*) FROM homes) AS no,
                   homes.part, a.name || '/' || line AS name, homes.no AS within, a.observed_on,
                   {_json(person)} AS facts,
                   {_json(_pairs(mapping.member_facts, identifying=True))} AS sealed
            FROM accepted a JOIN homes USING (group_key) ORDER BY no;
            CREATE VIEW spoken AS
            SELECT part, no, 'household' AS kind, '{namespace}' AS namespace, name,
                   CAST(NULL AS BIGINT) AS within, observed_on, facts, sealed, path FROM homes
            UNION ALL SELECT part, no, 'person', '{namespace}', name, within, observed_on, facts, sealed, NULL
            FROM people"""  # noqa: S608
    )
