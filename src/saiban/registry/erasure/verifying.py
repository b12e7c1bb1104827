"""Does anything still say who was erased? For the operator (`saiban doctor`): it looks, and tries to open."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.exceptions import InvalidTag

from saiban.core import seal
from saiban.registry import copying
from saiban.registry.findings import twins

TRIED = 1_000  # sealed observations that are tried, the latest ones
PERSONS = "select count(*) from registry_person where erased_at is not null"
HOUSEHOLDS = "select count(*) from registry_household where erased_at is not null"
SUBJECTS = """
select i.subject_id from core_changeset c join core_changesetitem i on i.change_set_id = c.id
where c.kind = 'intake.subject' and c.reason = 'registry.erasure.carry_out'
"""
# what must not be there any more, by what it is called
LEFT = {
    "salts": f"select count(*) from intake_subject where salt is not null and id in ({SUBJECTS})",  # noqa: S608
    "source keys": f"select count(*) from intake_sourcekey where subject_id in ({SUBJECTS})",  # noqa: S608
    "links": """
select count(*) from registry_link l
left join registry_person p on p.id = l.person_id left join registry_household h on h.id = l.household_id
where l.undone_at is null and coalesce(p.erased_at, h.erased_at) is not null""",
    "numbers": """
select count(*) from registry_identifier i
left join registry_person p on p.id = i.person_id left join registry_household h on h.id = i.household_id
where coalesce(p.erased_at, h.erased_at) is not null""",
    "profiles": """
select count(*) from registry_profile f
left join registry_person p on p.id = f.person_id left join registry_household h on h.id = f.household_id
where coalesce(p.erased_at, h.erased_at) is not null""",
    "names": """
select count(*) from registry_person p
where p.erased_at is not null and (
  p.name_en || p.name_ur || p.father_name_en || p.father_name_ur <> '' or p.birth_date is not null
  or exists (select from registry_namekeys k where k.person_id = p.id))""",
    "addresses": """
select count(*) from registry_household h
where h.erased_at is not null and (h.village || h.address <> '' or h.latitude is not null)""",
    "rows of persons listed twice": twins.LEFT_ANYWHERE,
}
SEALED = f"""
select o.id, s.key, s.salt, o.sealed from intake_observation o join intake_subject s on s.id = o.subject_id
where o.sealed is not null and s.id in ({SUBJECTS}) order by o.id desc limit %s
"""  # noqa: S608


def counts() -> tuple[int, int]:
    """How many persons, and how many households, were erased."""
    return copying.rows_of(PERSONS)[0][0], copying.rows_of(HOUSEHOLDS)[0][0]


def left() -> Iterator[tuple[str, int]]:
    """What of the erased is still there, and how often; nothing where all is well."""
    for what, query in LEFT.items():
        count = copying.rows_of(query)[0][0]
        if count:
            yield what, count


def opened() -> tuple[int, int]:
    """Try to open what was sealed of the erased: how many were tried, and how many opened (should be 0)."""
    rows = copying.rows_of(SEALED, [TRIED])
    return len(rows), sum(_opens(row[1].bytes, row[2], bytes(row[3])) for row in rows)


def _opens(key: bytes, salt: memoryview | None, sealed: bytes) -> bool:
    """With the salt if it is there, else with none and with an empty one, as a mistake of ours would."""
    for tried in (bytes(salt) if salt is not None else b"", bytes(seal.SALT_BYTES)):
        try:
            seal.unseal_for(tried, sealed, context=key)
        except (InvalidTag, ValueError):
            continue
        return True
    return False
