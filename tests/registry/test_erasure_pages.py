"""The pages of erasures, of asking for one, and the pages that show who was erased."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from saiban.core import outbox
from saiban.registry.erasure.services import decide_erasure, request_erasure
from saiban.registry.models import Erasure
from tests.intake import files
from tests.intake.conftest import enter
from tests.registry.test_erasure import (
    HEAD,
    OF_HEAD,
    OF_PLACE,
    OF_SON,
    REASON,
    erase,
    head_of,
    planted,
    schemes,
)

__all__ = ["enter", "erase", "planted", "schemes"]
pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
LEAKS = (*OF_HEAD, *OF_SON, *OF_PLACE)


def asked(manager, **whose):
    return request_erasure(actor=manager, basis="request", reason=REASON, **whose)


def leaks(response):
    text = response.content.decode()
    return [word for word in LEAKS if word in text]


def test_it_is_asked_for_from_the_page_of_a_household(planted, enter, manager):
    client = enter(manager)
    page = client.get(reverse("registry:household", args=[planted.pk])).content.decode()
    url = reverse("registry:erase-household", args=[planted.pk])
    assert f'href="{url}"' in page
    before = client.get(url).content.decode()
    assert "2 persons are gone" in before
    assert "cannot be undone" in before
    assert "Backups hold it" in before
    response = client.post(url, {"basis": "request", "reason": REASON})
    erasure = Erasure.objects.get()
    assert response.url == reverse("registry:erasure", args=[erasure.pk])
    assert (erasure.household, erasure.person, erasure.requested_by) == (planted, None, manager)


def test_it_is_asked_for_from_the_page_of_a_person(planted, enter, manager):
    client, head = enter(manager), head_of(planted)
    url = reverse("registry:erase-person", args=[head.pk])
    assert f'href="{url}"' in client.get(reverse("registry:person", args=[head.pk])).content.decode()
    assert "until the next survey" in client.get(url).content.decode()
    client.post(url, {"basis": "mistake", "reason": REASON})
    assert Erasure.objects.get().person == head


def test_a_reason_that_names_somebody_is_told_at_its_field(planted, enter, manager):
    url = reverse("registry:erase-household", args=[planted.pk])
    response = enter(manager).post(url, {"basis": "request", "reason": "Zarmina came here"})
    assert response.status_code == 422
    assert "it may name nobody" in response.content.decode()
    assert not Erasure.objects.exists()


def test_what_stands_against_it_is_shown_before_and_after(
    schemes, planted, take_in, enter, manager, approver
):
    take_in([files.PLACE | {"cnic": HEAD["cnic"]}], source="zakat-list", scheme="ZK-GA")
    before = enter(manager).get(reverse("registry:erase-household", args=[planted.pk])).content.decode()
    assert "Guzara" in before
    url = reverse("registry:erasure", args=[asked(manager, household_id=planted.pk).pk])
    client = enter(approver)
    assert "Guzara" in client.get(url).content.decode()
    refused = client.post(url, {"decision": "approve", "reason": "all is in order"})
    assert refused.status_code == 409
    assert "Guzara" in refused.content.decode()
    assert Erasure.objects.get().state == "requested"


def test_another_person_decides_and_sees_what_was_destroyed(planted, enter, manager, approver):
    url = reverse("registry:erasure", args=[asked(manager, household_id=planted.pk).pk])
    own = enter(manager).get(url).content.decode()
    assert "another person has to decide" in own
    assert '<form method="post"' not in own.split("<main")[1]
    client = enter(approver)
    assert client.post(url, {"decision": "approve", "reason": "all is in order"}).url == url
    assert "carried out within a moment" in client.get(url).content.decode()
    outbox.drain()
    after = client.get(url).content.decode()
    assert "What was destroyed" in after
    assert "carried out" in after


def test_the_list_and_the_navigation_say_what_waits(planted, enter, manager, approver, auditor):
    asked(manager, household_id=planted.pk)
    listed = enter(approver).get(reverse("registry:erasures"))
    text = listed.content.decode()
    assert planted.code in text
    assert "1 waits for you" in text
    assert "waits for you" not in enter(manager).get(reverse("registry:erasures")).content.decode()
    for narrowed, is_there in (
        ("?state=requested", True),
        ("?state=refused", False),
        ("?basis=court", False),
    ):
        text = enter(auditor).get(reverse("registry:erasures") + narrowed).content.decode()
        assert (planted.code in text) == is_there
    today = enter(approver).get(reverse("desk:today")).content.decode()
    assert f"Decide on the erasure of {planted.code}" in today


def test_the_auditor_sees_no_name(planted, enter, manager, auditor):
    erasure = asked(manager, person_id=head_of(planted).pk)
    for url in (reverse("registry:erasures"), reverse("registry:erasure", args=[erasure.pk])):
        assert leaks(enter(auditor).get(url)) == []


def test_elsewhere_there_is_no_such_erasure(planted, enter, manager, appoint):
    from saiban.core.models import Role

    erasure = asked(manager, household_id=planted.pk)
    elsewhere = appoint("elsewhere", Role.DISTRICT_OFFICER, "Attock")
    client = enter(elsewhere)
    assert client.get(reverse("registry:erasure", args=[erasure.pk])).status_code == 404
    assert client.get(reverse("registry:erase-household", args=[planted.pk])).status_code == 404
    assert planted.code not in client.get(reverse("registry:erasures")).content.decode()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_page_says_who_it_was(schemes, planted, take_in, erase, enter, manager, approver, language):
    ended = files.PLACE | {"cnic": HEAD["cnic"], "until": "2026-01-01", "state": "ended"}
    take_in([ended], source="zakat-list", scheme="ZK-GA")
    head = head_of(planted)
    erasure = erase(household_id=planted.pk)
    past = reverse("registry:household-past", args=[planted.pk])
    pages = {
        reverse("registry:household", args=[planted.pk]): 200,
        reverse("registry:person", args=[head.pk]): 200,
        reverse("registry:household-history", args=[planted.pk]): 410,
        past: 200,
        f"{past}?on={timezone.localdate().isoformat()}": 410,
        reverse("registry:erase-household", args=[planted.pk]): 410,
        reverse("registry:erase-person", args=[head.pk]): 410,
        reverse("registry:correct", args=[planted.pk]): 200,
        reverse("registry:correct-field", args=[planted.pk, "rooms"]): 410,
        reverse("scoring:history", args=[planted.pk]): 200,
        reverse("registry:households"): 200,
        reverse("registry:households") + "?export=csv": 200,
        reverse("registry:erasures"): 200,
        reverse("registry:erasure", args=[erasure.pk]): 200,
        reverse("programmes:enrolment", args=[planted.enrolments.get().pk]): 200,
        reverse("programmes:unserved"): 200,
        reverse("programmes:overlaps"): 200,
        reverse("desk:today"): 200,
    }
    client = enter(manager, language)
    for url, status in pages.items():
        response = client.get(url)
        assert (url, response.status_code, leaks(response)) == (url, status, [])
    found = client.post(reverse("desk:search"), {"q": planted.code})
    assert (found.status_code, leaks(found)) == (200, [])


def test_the_page_of_the_erased_keeps_money_by_its_ids(schemes, planted, take_in, erase, enter, manager):
    ended = files.PLACE | {"cnic": HEAD["cnic"], "until": "2026-01-01", "state": "ended"}
    take_in([ended], source="zakat-list", scheme="ZK-GA")
    erase(household_id=planted.pk)
    text = enter(manager).get(reverse("registry:household", args=[planted.pk])).content.decode()
    assert "Guzara" in text
    assert planted.code in text
    assert "Nothing says any more who lived here" in text


def test_pages_of_a_household_with_an_erased_member(planted, erase, enter, manager):
    head = head_of(planted)
    erase(person_id=head.pk)
    client = enter(manager)
    for url in (
        reverse("registry:household", args=[planted.pk]),
        reverse("registry:person", args=[head.pk]),
        reverse("registry:household-history", args=[planted.pk]),
        f"{reverse('registry:household-past', args=[planted.pk])}?on={timezone.localdate().isoformat()}",
        reverse("registry:households"),
    ):
        response = client.get(url)
        text = response.content.decode()
        assert response.status_code == 200
        assert not [word for word in OF_HEAD if word in text]


@pytest.mark.parametrize("name", ["erasures", "erasure", "erase-household", "household"])
def test_pages_ask_few_questions(planted, enter, manager, approver, name):
    erasure = asked(manager, household_id=planted.pk)
    arguments = {"erasure": [erasure.pk], "erasures": []}.get(name, [planted.pk])
    if name == "household":
        decide_erasure(actor=approver, erasure_id=erasure.pk, decision="approve", reason="all is in order")
        outbox.drain()
    client = enter(manager if name.startswith("erase-") else approver)
    url = reverse(f"registry:{name}", args=arguments)
    client.get(url)
    with CaptureQueriesContext(connection) as done:
        assert client.get(url).status_code == 200
    own = [one["sql"] for one in done if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    of_benefits = 2 if name == "household" else 0
    assert len(own) <= MOST_QUERIES + of_benefits, "\n".join(own)
