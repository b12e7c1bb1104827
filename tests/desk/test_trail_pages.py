import csv
import io

import pytest
from django.utils import timezone

from saiban.core import audit, chain
from saiban.core.models import Audit
from saiban.core.services import LOOKS, SERVICES
from saiban.desk import words
from tests.access import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(system):
    return world.household(world.tehsil(), "HH-31204-0047712")


def see(actor, home, *, together=()):
    with audit.act("look", "registry.household.view", actor):
        if together:
            audit.note_set("registry.household", [home.pk, *together])
        else:
            audit.note(subject=home)


def rows_of(response):
    """The permanent names of the acts on the page."""
    shown = response.content.decode().split('id="chain"')[0]
    return [part.split("<")[0] for part in shown.split('class="from code">')[1:]]


def test_who_saw_a_household_is_found_alone_and_within_a_set(at_work, auditor, clerk, manager, home):
    other = world.household(world.tehsil("Attock"), "HH-30101-0000001")
    see(clerk, home)
    see(manager, home, together=[other.pk])
    see(manager, other)
    response = at_work(auditor).get("/audit/", {"household": "hh-31204-0047712"})
    shown = response.content.decode()
    assert rows_of(response) == ["registry.household.view"] * 2
    assert {"Clerk", "Manager"} <= {name for name in ("Clerk", "Manager") if f"<span>{name}<" in shown}
    assert "HH-31204-0047712" in shown


def test_who_saw_a_person_is_found_alone_and_with_the_household(at_work, auditor, clerk, manager, home):
    person = home.memberships.get().person
    other = world.household(world.tehsil("Attock"), "HH-30101-0000001")
    with audit.act("look", "registry.person.view", clerk):
        audit.note(subject=person)
    see(manager, home, together=[other.pk])
    see(manager, other)
    response = at_work(auditor).get("/audit/", {"person": person.pk})
    assert rows_of(response) == ["registry.household.view", "registry.person.view"]
    assert Audit.objects.get(action="core.audit.view").detail == {"person": str(person.pk)}
    assert rows_of(at_work(auditor).get("/audit/", {"person": person.pk, "actor": "clerk"})) == [
        "registry.person.view"
    ]
    assert rows_of(at_work(auditor).get("/audit/", {"person": person.pk + 1000})) == []


@pytest.mark.parametrize("asked", ["0", "-3", "Zainab", "9" * 30])
def test_a_person_that_is_no_number_is_asked_for_again(at_work, auditor, asked):
    assert at_work(auditor).get("/audit/", {"person": asked}).status_code == 422


def test_the_purpose_of_the_duty_stands_beside_an_act_without_a_reason(at_work, auditor, clerk, home):
    see(clerk, home)
    shown = at_work(auditor).get("/audit/", {"actor": "clerk"}).content.decode()
    assert '<span class="from">tests</span>' in shown


def test_an_unknown_household_has_been_seen_by_nobody(at_work, auditor, clerk, home):
    see(clerk, home)
    assert rows_of(at_work(auditor).get("/audit/", {"household": "HH-99999-0000001"})) == []


def test_the_audit_is_narrowed_by_actor_act_kind_and_day(at_work, auditor, clerk, manager, home):
    see(clerk, home)
    see(manager, home)
    audit.refused("registry.number.unmask", clerk)
    client, today = at_work(auditor), timezone.localdate().strftime("%d/%m/%Y")
    assert len(rows_of(client.get("/audit/", {"actor": "clerk"}))) == 2
    assert rows_of(client.get("/audit/", {"kind": "refused"})) == ["registry.number.unmask"]
    assert len(rows_of(client.get("/audit/", {"action": "registry.household.view"}))) == 2
    assert len(rows_of(client.get("/audit/", {"first": today, "last": today, "actor": "manager"}))) == 1
    assert rows_of(client.get("/audit/", {"last": "01/01/2020"})) == []
    assert client.get("/audit/", {"first": "31/02/2026"}).status_code == 422


def test_reading_the_audit_is_itself_on_record_with_the_question(at_work, auditor):
    at_work(auditor).get("/audit/", {"actor": "clerk"})
    row = Audit.objects.get(action="core.audit.view", actor=auditor)
    assert row.detail == {"actor": "clerk"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_audit_is_taken_along_as_a_file_and_that_is_on_record(at_work, auditor, clerk, home, kind):
    see(clerk, home)
    response = at_work(auditor).get("/audit/", {"export": kind})
    assert response["Content-Disposition"].endswith(f'audit.{kind}"')
    assert Audit.objects.filter(action="core.audit.export", actor=auditor).count() == 1
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
        seen = next(line for line in lines if "registry.household.view" in line)
        assert "clerk" in seen
        assert f"registry.household {home.pk}" in seen


def test_the_state_of_the_chain_shows(at_work, auditor, clerk, home):
    see(clerk, home)
    assert "none yet" in at_work(auditor).get("/audit/").content.decode()
    chained = chain.chain_pending()
    chain.checkpoint()
    shown = at_work(auditor).get("/audit/").content.decode()
    assert chained >= 2
    assert f"at link {chained}," in shown


def test_every_act_that_can_be_recorded_has_words():
    # the rooms register their doors when they are imported, which the addresses do
    from django.urls import get_resolver

    assert get_resolver().url_patterns
    recorded = {*SERVICES, *LOOKS}
    known = {name for name in recorded if not name.startswith("tests.")}
    assert sorted(known - set(words.ACTIONS)) == []


def test_the_audit_is_in_urdu(at_work, auditor, clerk, home):
    see(clerk, home)
    shown = at_work(auditor, "ur").get("/audit/").content.decode()
    assert "گھرانہ دیکھا" in shown
    assert "زنجیر" in shown
