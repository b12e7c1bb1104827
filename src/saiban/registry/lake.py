"""What the registry gives to the lake: households and persons, as far as they identify nobody.

No name, number, address or point; of a birth date its year. ``on_<field>`` is the day on which the value that
holds was observed.
"""

from __future__ import annotations

from collections.abc import Iterable

from saiban.core.lake.tables import CHANGE_SET, DISTRICT, LakeTable
from saiban.data.dictionary import DictionaryField, Level, fields
from saiban.registry.emptied import LIVED_IN

HOUSEHOLD, PERSON = "registry.household", "registry.person"
SQL_TYPES = {
    "int": "bigint",
    "bool": "boolean",
    "decimal": "numeric(12, 3)",
    "string": "text",
    "date": "date",
}
# the households of change sets: sets of other kinds, such as of subjects, are noted too
OF_CHANGE_SETS = f"""
select i.subject_id from core_changesetitem i
join core_changeset c on c.id = i.change_set_id and c.kind = '{HOUSEHOLD}'
where i.change_set_id = any(%(ids)s)"""  # noqa: S608 our own words


def district_of(path: str) -> str:
    """SQL of the district of an area's path; ``none`` where it lies above all districts."""
    return f"case when nlevel({path}) > 2 then subpath({path}, 2, 1)::text else 'none' end"


def known(level: Level) -> dict[str, DictionaryField]:
    """Fields of the dictionary that identify nobody."""
    return {code: field for code, field in fields(level).items() if not field.identifying}


def columns_of(level: Level) -> dict[str, str]:
    """Each of these fields in its type, and the day on which its value was observed."""
    kinds = {code: _kind(field) for code, field in known(level).items()}
    return {**kinds, **{f"on_{code}": "date" for code in known(level)}}


def _kind(field: DictionaryField) -> str:
    return "decimal(12,3)" if field.type == "decimal" else field.type


def _read_once(level: Level, profile: str) -> str:
    """SQL that opens the two objects of a profile, each once: a look-up per field costs seven times as
    much."""
    values = ", ".join(f"{code} {SQL_TYPES[field.type]}" for code, field in known(level).items())
    origin = ", ".join(f"{code} jsonb" for code in known(level))
    return (
        f"cross join lateral jsonb_to_record(coalesce({profile}.\"values\", '{{}}')) as v({values})\n"
        f"cross join lateral jsonb_to_record(coalesce({profile}.origin, '{{}}')) as o({origin})"
    )


def _selected(codes: Iterable[str]) -> str:
    codes = list(codes)
    return ", ".join([*(f"v.{code}" for code in codes), *(f"(o.{code} ->> 'on')::date" for code in codes)])


HOUSEHOLDS = LakeTable(
    name="households",
    keys={"household_key": HOUSEHOLD},
    fields={
        DISTRICT: "string",
        "area": "string",
        "score": "decimal(9,4)",
        "band": "string",
        "disagreements": "int",
        "oldest_on": "date",
        **columns_of("household"),
    },
    select=f"""
select h.id, {district_of("h.area_path")}, h.area_path::text, p.score, p.band, p.disagreements, p.oldest_on,
  {_selected(known("household"))}
from registry_household h
join registry_profile p on p.household_id = h.id
{_read_once("household", "p")}
where {LIVED_IN}""",  # noqa: S608 codes of the dictionary
    row="h.id",
    touched={CHANGE_SET: OF_CHANGE_SETS},
)

PERSONS = LakeTable(
    name="persons",
    keys={"person_key": PERSON, "household_key": HOUSEHOLD},
    fields={
        DISTRICT: "string",
        "area": "string",
        "birth_year": "int",
        **columns_of("person"),
    },
    select=f"""
select m.person_id, m.household_id, {district_of("h.area_path")}, h.area_path::text,
  extract(year from who.birth_date)::int, {_selected(known("person"))}
from registry_membership m
join registry_person who on who.id = m.person_id
join registry_household h on h.id = m.household_id
left join registry_profile p on p.person_id = m.person_id
{_read_once("person", "p")}
where upper_inf(m.during) and not m.cancelled and who.erased_at is null""",  # noqa: S608
    row="m.person_id",
    # whoever ever belonged to it: one who left stands elsewhere now, or nowhere
    touched={
        CHANGE_SET: f"""
            select distinct person_id from registry_membership where household_id in ({OF_CHANGE_SETS})"""  # noqa: S608
    },
)
