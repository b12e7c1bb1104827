"""A look at one household, person or number reads what concerns it, however many others there are."""

import json
import re
from datetime import date

import pytest
from django.db import connection

from saiban.registry.models import Identifier
from saiban.registry.queries import household_history, household_page, household_past, person_page, search
from saiban.registry.services import unmask_number
from tests.access import world
from tests.intake import files

pytestmark = pytest.mark.django_db
OTHERS, MOST_ROWS = 3000, 600
MANY = """
with home as (
  insert into registry_household (code, area_id, area_path, village, address)
  select 'HH-31204-' || n, %(area)s, %(path)s::ltree, '', '' from generate_series(1, %(others)s) n
  returning id
), person as (
  insert into registry_person (name_en, name_ur, father_name_en, father_name_ur, sex)
  select 'Aslam ' || id, '', '', '', 'male' from home returning id
), lives as (
  insert into registry_membership (person_id, household_id, relation, head, line_no, during, cancelled)
  select p.id, h.id, 'head', true, 1, '[2025-01-01,)', false
  from (select id, row_number() over () no from person) p
  join (select id, row_number() over () no from home) h using (no)
), profile as (
  insert into registry_profile (household_id, area_path, "values", origin, others)
  select id, %(path)s::ltree, '{}', '{}', '{}' from home
)
insert into registry_identifier (person_id, kind, token, sealed, masked, source, since)
select id, 'cnic', int4send(id::int), '', '…', 'psc-survey', '2025-01-01' from person
"""
TABLES = "registry_person, registry_household, registry_membership, registry_identifier, registry_profile"
LOOKS = {
    "household": lambda actor, home, person: household_page(actor=actor, household_id=home.pk),
    "history": lambda actor, home, person: household_history(actor=actor, household_id=home.pk),
    "past": lambda actor, home, person: household_past(
        actor=actor, household_id=home.pk, on=date(2026, 7, 1)
    ),
    "person": lambda actor, home, person: person_page(actor=actor, person_id=person.pk),
    "number": lambda actor, home, person: search(actor=actor, text=files.HEAD["cnic"]),
    "code": lambda actor, home, person: search(actor=actor, text=home.code),
    "name": lambda actor, home, person: search(actor=actor, text=person.name_en),
    "unmasking": lambda actor, home, person: unmask_number(
        actor=actor, identifier_id=Identifier.objects.filter(person=person).first().pk, reason="a call back"
    ),
}


@pytest.fixture
def among_many(home):
    """A household with 3,000 others around."""
    area = world.tehsil("Rajanpur")
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"area": area.pk, "path": str(area.path), "others": OTHERS})
        cursor.execute(f"analyze {TABLES}")
    return home


def rows_read(plan):
    """Rows that a plan and what lies below it read, all loops together, also those that it left out."""
    left_out = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Join Filter", 0)
    return (plan["Actual Rows"] + left_out) * plan["Actual Loops"] + sum(
        map(rows_read, plan.get("Plans", ()))
    )


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_reads_only_what_concerns_it(manager, among_many, look):
    person = among_many.memberships.get(head=True).person
    asked = []

    def keep(execute, sql, params, many, context):
        if re.match(r"\s*(select|with|\(select)\b", sql, re.IGNORECASE) and "insert into" not in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        LOOKS[look](manager, among_many, person)
    assert asked
    for sql, params in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"explain (analyze, format json) {sql}", params)
            ((plan,),) = cursor.fetchone()
        assert rows_read(plan["Plan"]) < MOST_ROWS, json.dumps(plan, indent=1)[:4000] + sql
