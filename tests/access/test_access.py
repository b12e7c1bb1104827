"""The access walk: every address × every duty, by GET and by POST, against ``access.csv``.

A row is ``url name, method, status of each column``. An address without a row fails, and so does a row
without an address. The columns are those of ``COLUMNS``: ``anonymous``, ``no_duty`` (logged in, no duty
chosen), one of each duty, and ``clerk_elsewhere``, whose area lies in another district. POST sends an empty
form: 422 is an allowed page that wants input. What a new address gives is printed by the failing test, ready
to be judged and pasted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Role
from saiban.registry.models import Finding
from tests.access import world

TABLE = Path(__file__).parent / "access.csv"
METHODS = ("GET", "POST")
COLUMNS = {
    "anonymous": None,
    "no_duty": None,
    "administrator": (Role.ADMINISTRATOR, "Punjab"),
    "data_manager": (Role.DATA_MANAGER, "Punjab"),
    "analyst": (Role.ANALYST, "Punjab"),
    "clerk": (Role.CLERK, "Rajanpur"),
    "clerk_elsewhere": (Role.CLERK, "Attock"),
    "district_officer": (Role.DISTRICT_OFFICER, "Rajanpur"),
    "auditor": (Role.AUDITOR, "Punjab"),
    "programme_manager": (Role.PROGRAMME_MANAGER, "Punjab"),
    "approver": (Role.APPROVER, "Punjab"),
}
Rows = dict[tuple[str, str], dict[str, str]]


def names(patterns=None, space="") -> Iterator[str]:
    """Every named address of the composition."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry.url_patterns, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} has no name"
            yield f"{space}{entry.name}"


def expected() -> Rows:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row.pop("name"), row.pop("method")): row for row in csv.DictReader(file)}


def arguments(built: world.World, message_id: int) -> dict[str, dict[str, object]]:
    """What each address with a variable part is asked with."""
    agreements = {"partners:agreement": built.agreement, "partners:agreement-end": built.agreement}
    scorecards = {"scoring:scorecard": built.scorecard, "scoring:retire": built.scorecard}
    by_parameter = {
        "household_id": built.household.pk,
        "person_id": built.person.pk,
        "identifier_id": built.identifier.pk,
        "batch_id": built.batch.pk,
        "source_id": built.source.pk,
        "partner_id": built.partner.pk,
        "agreement_id": built.draft.pk,
        "scorecard_id": built.tested.pk,
        "rule_id": built.rule.pk,
        "actor_id": built.other.pk,
        "duty_id": built.duty.pk,
        "scheme_id": built.scheme.pk,
        "overlap_id": built.overlap.pk,
        "cycle_id": built.cycle.pk,
        "enrolment_id": built.enrolment.pk,
        "proposal_id": built.proposal.pk,
        "erasure_id": built.erasure.pk,
        "correction_id": built.correction.pk,
        "message_id": message_id,
        "before_id": built.before.pk,
        "finding_id": Finding.objects.get(other=built.household).pk,
        "after_id": built.after.pk,
        "field": "rooms",
        "level": "household",
        "code": "rooms",
        "kind": "csv",
    }
    found = {}
    for name in names():
        wanted = parameters(name)
        values = {key: by_parameter[key] for key in wanted}
        if name in agreements:
            values["agreement_id"] = agreements[name].pk
        if name == "registry:correction-lift":
            values["correction_id"] = built.in_force.pk
        if name in scorecards:
            values["scorecard_id"] = scorecards[name].pk
        found[name] = values
    return found


def parameters(name: str) -> list[str]:
    """The variable parts of an address."""
    resolver, _, _ = name.rpartition(":")
    inner = get_resolver() if not resolver else get_resolver().namespace_dict[resolver][1]
    (possible, *_rest) = inner.reverse_dict.getlist(name.rpartition(":")[2])
    return list(possible[0][0][1])


def client_of(column: str, appoint) -> tuple[Client, int]:
    """Someone at a browser, with a message in the mailbox."""
    client, place = Client(raise_request_exception=False), COLUMNS[column]
    if column == "anonymous":
        return client, 0
    actor = appoint(f"walker-{column}", *(place or (Role.CLERK, "Rajanpur")))
    client.force_login(actor)
    if place:
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
    return client, world.message_to(actor).pk


def ask(client: Client, method: str, path: str) -> int:
    """Ask once, and take back whatever it did, in the database and in the browser."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        # a browser always sends the token of the form
        response = client.get(path) if method == "GET" else client.post(path, {"csrfmiddlewaretoken": "x"})
        transaction.set_rollback(True)
    client.cookies = cookies
    return response.status_code


def walk(built: world.World, appoint) -> Rows:
    found: Rows = {}
    world.finding_of(built.batch, built.household)
    for column in COLUMNS:
        client, message_id = client_of(column, appoint)
        for name, values in arguments(built, message_id or 1).items():
            for method in METHODS:
                cache.clear()
                status = ask(client, method, reverse(name, kwargs=values))
                found.setdefault((name, method), {})[column] = str(status)
    return found


@pytest.mark.django_db
def test_every_address_answers_every_duty_as_the_table_says(system, appoint, settings, tmp_path):
    settings.SAIBAN_UPLOADS = str(tmp_path)
    author, approver = appoint("author", Role.ANALYST), appoint("approver", Role.DISTRICT_OFFICER)
    found, table = walk(world.build(system, author, approver), appoint), expected()
    wrong = [
        ",".join([*key, *(statuses[column] for column in COLUMNS)])
        for key, statuses in found.items()
        if statuses != table.get(key)
    ]
    assert not wrong, "not as access.csv says; the addresses answer:\n" + "\n".join(wrong)
    assert not set(table) - set(found), "rows without an address"


def test_no_address_breaks_and_no_stranger_gets_in():
    open_to_all = {"account_login", "set_language"}
    for (name, method), row in expected().items():
        assert not any(status.startswith("5") for status in row.values()), f"{name} {method} breaks"
        if name not in open_to_all:
            assert row["anonymous"] in ("302", "405"), f"{name} {method} is open to strangers"
