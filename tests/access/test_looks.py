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

LOOKING = ("data_manager", "district_officer", "programme_manager")  # between them they see every page
# it names households by code only: its reader learns who looked, not who lives there
OF_THE_AUDIT = {"desk:trail"}


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
    return response.status_code == 200 and built.household.code.encode() in content, kept


@pytest.mark.django_db
def test_who_opens_a_page_that_names_a_household_is_found_by_it_and_by_who_lives_there(built, appoint):
    named, unkept = set(), []
    for column in LOOKING:
        client, message_id = client_of(column, appoint)
        for name, values in arguments(built, message_id).items():
            if name in OF_THE_AUDIT:
                continue
            for query in ("", "?export=csv"):
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
        "registry:household-past",
        "registry:household-history",
        "programmes:overlaps",
        "programmes:overlaps?export=csv",
        "programmes:overlap",
        "programmes:candidates",
        "programmes:enrolment",
        "programmes:proposals",
        "scoring:history",
    }, sorted(named)
