"""Whoever opens a page, or takes a list along, that names a household is found by who asks about it."""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from saiban.core.models import Audit, Role
from saiban.programmes.models import Candidate
from saiban.registry.queries import looks_at_person
from tests.access import world
from tests.access.test_access import arguments, client_of

LOOKING = ("data_manager", "programme_manager")  # between them they see every page
# an example, or the code only, which says where and not who: rows of the audit, forms before they are sent
NO_LOOK = {
    *("ui:gallery", "intake:list-format", "desk:trail", "registry:correct"),
    *("programmes:overlap-keep", "programmes:overlap-end", "programmes:overlap-refer"),
}


@pytest.fixture
def built(system, appoint, settings, tmp_path):
    settings.SAIBAN_UPLOADS = str(tmp_path)
    made = world.build(system, appoint("author", Role.ANALYST), appoint("approver", Role.DISTRICT_OFFICER))
    Candidate.objects.create(
        cycle=made.cycle,
        household=made.household,
        person=made.person,
        area_path=made.household.area_path,
        outcome="selected",
        rank=1,
        enrolment=made.enrolment,
    )
    return made


def queries_of(name):
    """How a page is asked: as it is and as a file, or of a day."""
    return ("?on=2026-04-01",) if name == "registry:household-past" else ("", "?export=csv")


def asked(client, built, path):
    """What a page answered, and who is on record for it by household and by person; all of it taken back."""
    cache.clear()
    about = Audit.objects.about("registry.household", built.household.pk).filter(kind=Audit.Kind.LOOK)
    before = about.count(), looks_at_person(built.person.pk).count()
    with transaction.atomic():
        response = client.get(path)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        kept = about.count() - before[0], looks_at_person(built.person.pk).count() - before[1]
        transaction.set_rollback(True)
    names = (built.household.code, built.person.name_en)
    return response.status_code == 200 and any(name.encode() in content for name in names), kept


@pytest.mark.django_db
def test_who_opens_a_page_that_names_a_household_is_found_by_it_and_by_who_lives_there(built, appoint):
    named, unkept = set(), []
    world.finding_of(built.batch, built.household)
    for column in LOOKING:
        client, message_id = client_of(column, appoint)
        for name, values in arguments(built, message_id).items():
            if name in NO_LOOK:
                continue
            for query in queries_of(name):
                shows, kept = asked(client, built, reverse(name, kwargs=values) + query)
                if not shows:
                    break
                named.add(f"{name}{query}")
                if not all(kept):
                    unkept.append((column, name, query, kept))
    assert not unkept, "\n".join(map(str, unkept))
    assert named >= {
        "desk:today",
        "registry:households",
        "registry:households?export=csv",
        "registry:household",
        "registry:person",
        "registry:household-past?on=2026-04-01",
        "registry:household-history",
        "registry:person-history",
        "programmes:overlaps",
        "programmes:overlaps?export=csv",
        "programmes:overlap",
        "programmes:cycle-candidates",
        "programmes:enrolment",
        "programmes:proposals",
        "scoring:history",
    }, sorted(named)
