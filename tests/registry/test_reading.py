"""A look at one household, person or number reads what concerns it, however many others there are."""

import json
import re
from datetime import date

import pytest
from django.db import connection

from saiban.registry.models import Identifier
from saiban.registry.queries import (
    household_history,
    household_list,
    household_page,
    household_past,
    person_page,
    search,
)
from saiban.registry.querysets import BY_PLACE
from saiban.registry.services import unmask_number
from tests.access import world
from tests.intake import files

pytestmark = pytest.mark.django_db
OTHERS, MOST_ROWS = 3000, 600
MANY = """
with home as (
  insert into registry_household (code, area_id, area_path, village, address)
  select %(code)s || n, %(area)s, %(path)s::ltree, '', '' from generate_series(1, %(others)s) n
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
  insert into registry_profile (household_id, area_path, "values", origin, others, band, score, disagreements,
    oldest_on)
  select id, %(path)s::ltree, '{}', '{}', '{}',
    case when id %% 10 > 0 then (array['poor', 'near', 'above'])[id %% 3 + 1] else 'unscored' end,
    case when id %% 10 > 0 then id %% 100 end,
    id %% 7, date '2020-01-01' + (id %% 2000)::int
  from home
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
    many_in("Rajanpur", "HH-31204-")
    return home


def many_in(district, code):
    """Lay 3,000 households in a district."""
    area = world.tehsil(district)
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"area": area.pk, "path": str(area.path), "others": OTHERS, "code": code})
        cursor.execute(f"analyze {TABLES}")


def rows_read(plan):
    """Rows of people and households that a plan reads from tables and indexes, all loops together, also those
    that it left out. Areas are some hundred, whoever lives there."""
    below = sum(map(rows_read, plan.get("Plans", ())))
    read_from = plan.get("Relation Name") or plan.get("Index Name") or "core_"
    if read_from.startswith("core_"):
        return below
    left_out = sum(rows for name, rows in plan.items() if name.startswith("Rows Removed by"))
    return (plan["Actual Rows"] + left_out) * plan["Actual Loops"] + below


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_reads_only_what_concerns_it(manager, among_many, look):
    person = among_many.memberships.get(head=True).person
    assert_reads_little(lambda: LOOKS[look](manager, among_many, person))


LISTS = {
    "all": lambda rows: rows,
    "poor": lambda rows: rows.filter(band="poor"),
    "by place": lambda rows: rows.order_by(*BY_PLACE, "pk"),
    "by score": lambda rows: rows.order_by("score", "pk"),
    "by band": lambda rows: rows.order_by("-band", "-score", "-pk"),
    "by disagreements": lambda rows: rows.order_by("-disagreements", "-pk"),
    "by age": lambda rows: rows.order_by("oldest_on", "pk"),
}


@pytest.mark.parametrize("of", LISTS)
def test_the_first_page_of_a_list_reads_little(clerk, manager, of):
    """Neither of a district that comes after another one, nor of the whole province."""
    many_in("Attock", "HH-30101-")
    many_in("Rajanpur", "HH-31204-")
    for actor in (manager, clerk):
        assert_reads_little(lambda actor=actor: list(LISTS[of](household_list(actor=actor))[:25]))


def assert_reads_little(look):
    """Hold every query of a look to few rows, by the plan that was carried out."""
    asked = []

    def keep(execute, sql, params, many, context):
        if re.match(r"\s*(select|with|\(select)\b", sql, re.IGNORECASE) and "insert into" not in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        look()
    assert asked
    for sql, params in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"explain (analyze, format json) {sql}", params)
            ((plan,),) = cursor.fetchone()
        assert rows_read(plan["Plan"]) < MOST_ROWS, json.dumps(plan, indent=1)[:4000] + sql
