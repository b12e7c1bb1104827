"""The pages: who may open them, what they offer, what a form says of its faults."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Area
from saiban.partners import services
from saiban.partners.fields import groups
from saiban.partners.models import Agreement, Partner

pytestmark = pytest.mark.django_db
REASON = "the memorandum was cancelled"


@pytest.fixture
def enter(db):
    """Log an actor in under its duty: ``enter(actor, language="ur")`` → client."""

    def entered(actor, language="en"):
        client = Client()
        client.force_login(actor)
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
        client.cookies["saiban_language"] = language
        return client

    return entered


@pytest.fixture
def at(enter):
    """Ask for a page as an actor: ``at(actor, name, *ids, data=…)``; with data it is posted."""

    def asked(actor, name, *ids, data=None, language="en"):
        client, url = enter(actor, language), reverse(f"partners:{name}", args=ids)
        return client.get(url) if data is None else client.post(url, data)

    return asked


@pytest.fixture
def filled(partner):
    """A form filled in as it should be."""
    return {
        "code": "AG-7",
        "source": "meters",
        "purpose": "targeting",
        "basis": "memorandum",
        "area": Area.objects.get(code="PK6").pk,
        "starts_on": "14/11/2026",
        "ends_on": "",
        "answers": ["electricity_units"],
        "person": ["cnic"],
    }


def text(answer):
    return answer.content.decode()


PAGES = ["partners", "partner", "agreement", "agreement-prepare", "agreement-approve", "agreement-end"]


def ids_of(name, partner, draft):
    return {"partners": [], "partner": [partner.pk], "agreement-prepare": [partner.pk]}.get(name, [draft.pk])


@pytest.mark.parametrize("name", PAGES)
def test_who_is_not_logged_in_is_led_to_the_log_in(client, partner, draft, name):
    answer = client.get(reverse(f"partners:{name}", args=ids_of(name, partner, draft)))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("administrator", [200, 200, 200, 403, 200, 409]),
        ("manager", [200, 200, 200, 200, 403, 409]),
        ("analyst", [200, 200, 200, 403, 403, 409]),
        ("auditor", [200, 200, 200, 403, 403, 409]),
        ("officer", [200, 200, 200, 403, 403, 409]),
        ("clerk", [403, 404, 404, 403, 404, 404]),
    ],
)
def test_each_duty_opens_its_pages_and_no_other(at, request, partner, draft, who, statuses):
    actor = request.getfixturevalue(who)
    found = [at(actor, name, *ids_of(name, partner, draft)).status_code for name in PAGES]
    assert found == statuses


@pytest.mark.parametrize(
    "name", ["partner", "agreement", "agreement-prepare", "agreement-approve", "agreement-end"]
)
def test_what_is_not_there_is_not_found(at, manager, administrator, name):
    actor = manager if name == "agreement-prepare" else administrator
    assert at(actor, name, 999_999).status_code == 404


def test_the_list_names_partners_in_the_readers_language(at, partner, draft, auditor):
    assert "Water and Power" in text(at(auditor, "partners"))
    assert "پانی و بجلی" in text(at(auditor, "partners", language="ur"))


def test_what_waits_for_approval_stands_on_the_list_of_who_may_approve(at, draft, administrator, manager):
    assert 'id="waiting"' in text(at(administrator, "partners"))
    assert 'id="waiting"' not in text(at(manager, "partners"))


def test_steps_are_offered_to_who_may_take_them(at, draft, administrator, manager):
    approve = reverse("partners:agreement-approve", args=[draft.pk])
    end = reverse("partners:agreement-end", args=[draft.pk])
    assert approve in text(at(administrator, "agreement", draft.pk))
    assert approve not in text(at(manager, "agreement", draft.pk))
    services.approve_agreement(actor=administrator, agreement_id=draft.pk)
    shown = text(at(administrator, "agreement", draft.pk))
    assert end in shown
    assert approve not in shown


def test_an_agreement_lists_its_fields_in_words_and_who_decided(at, in_force, auditor):
    shown = text(at(auditor, "agreement", in_force.pk))
    assert "Electricity, last month billed" in shown
    assert "Prepared by Manager" in shown
    assert "Approved by Administrator" in shown
    assert "بجلی کے یونٹ، آخری بل" in text(at(auditor, "agreement", in_force.pk, language="ur"))


def test_approval_is_asked_first_and_then_done(at, draft, administrator):
    asked = at(administrator, "agreement-approve", draft.pk)
    draft.refresh_from_db()
    assert (asked.status_code, draft.state) == (200, "draft")
    answer = at(administrator, "agreement-approve", draft.pk, data={})
    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (302, "in_force")


def test_who_prepared_it_is_told_that_another_person_has_to_approve(at, draft, administrator):
    Agreement.objects.filter(pk=draft.pk).update(prepared_by=administrator)
    assert "another person has to approve it" in text(at(administrator, "agreement", draft.pk))
    for data in (None, {}):
        assert at(administrator, "agreement-approve", draft.pk, data=data).status_code == 403


def test_an_agreement_in_the_way_is_named_and_approval_refused(at, prepare, in_force, administrator):
    second = prepare(code="AG-2")
    shown = text(at(administrator, "agreement", second.pk))
    assert "AG-1 is in force for the same source" in shown
    assert reverse("partners:agreement-approve", args=[second.pk]) not in shown
    for data in (None, {}):
        answer = at(administrator, "agreement-approve", second.pk, data=data)
        assert answer.status_code == 409
        assert "partners.overlapping_agreement" in text(answer)


def test_an_agreement_outside_its_days_says_so(at, prepare, administrator):
    over = prepare(ends_on=date(2026, 1, 2))
    services.approve_agreement(actor=administrator, agreement_id=over.pk)
    assert "Today is not among the days" in text(at(administrator, "agreement", over.pk))


def test_an_end_needs_a_reason(at, in_force, administrator):
    answer = at(administrator, "agreement-end", in_force.pk, data={"reason": ""})
    in_force.refresh_from_db()
    assert (answer.status_code, in_force.state) == (422, "in_force")
    answer = at(administrator, "agreement-end", in_force.pk, data={"reason": REASON})
    in_force.refresh_from_db()
    assert (answer.status_code, in_force.state) == (302, "ended")
    assert REASON in text(at(administrator, "agreement", in_force.pk))


def test_a_filled_form_becomes_a_draft(at, partner, manager, filled):
    answer = at(manager, "agreement-prepare", partner.pk, data=filled)
    made = Agreement.objects.get(code="AG-7")
    assert answer.url == reverse("partners:agreement", args=[made.pk])
    assert (made.state, made.partner, made.prepared_by) == ("draft", partner, manager)
    assert made.fields == ["cnic", "electricity_units"]
    assert (made.during.lower, made.during.upper) == (date(2026, 11, 14), None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "ag 7"}, "code"),
        ({"source": "Meters!"}, "source"),
        ({"purpose": "  "}, "purpose"),
        ({"basis": ""}, "basis"),
        ({"area": "0"}, "area"),
        ({"starts_on": "31/02/2026"}, "starts_on"),
        ({"ends_on": "14/11/2026"}, "ends_on"),
        ({"answers": [], "person": []}, "members_0"),
        ({"answers": ["shoe_size"]}, "answers_0"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_fault_leads_to_its_field(at, partner, manager, filled, changed, field, language):
    laid = Agreement.objects.count()
    answer = at(manager, "agreement-prepare", partner.pk, data=filled | changed, language=language)
    shown = text(answer)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in shown
    assert f'id="id_{field}"' in shown
    assert Agreement.objects.count() == laid


def test_a_code_that_stands_for_another_agreement_is_refused_on_the_form(
    at, in_force, partner, manager, filled
):
    answer = at(manager, "agreement-prepare", partner.pk, data=filled | {"code": "AG-1"})
    assert answer.status_code == 422
    assert 'href="#id_code"' in text(answer)


def test_the_form_offers_every_reported_field_and_what_was_written_before(at, draft, partner, manager):
    shown = text(at(manager, "agreement-prepare", partner.pk))
    missing = [
        code
        for group in groups()
        for code in group.codes
        if f'name="{group.name}" value="{code}"' not in shown
    ]
    assert missing == []
    assert '<option value="meters">' in shown


def test_labels_of_the_groups_are_in_the_readers_language():
    with translation.override("ur"):
        labels = dict(groups()[0].choices())
    assert labels["household_size"] == "افراد کی تعداد"


@pytest.mark.parametrize("name", PAGES[:5])
def test_a_page_asks_the_database_a_dozen_times_at_most(
    enter, prepare, partner, draft, administrator, manager, django_assert_max_num_queries, name
):
    for number in range(2, 12):
        prepare(code=f"AG-{number}", source=f"source-{number}")
    client = enter(manager if name == "agreement-prepare" else administrator)
    url = reverse(f"partners:{name}", args=ids_of(name, partner, draft))
    with django_assert_max_num_queries(12):
        assert client.get(url).status_code == 200


def test_partners_stand_in_the_order_of_the_readers_alphabet(at, partner, auditor):
    Partner.objects.create(code="zari", kind="company", name_en="Zari Taraqiati", name_ur="آب پاشی")
    english, urdu = (text(at(auditor, "partners", language=language)) for language in ("en", "ur"))
    assert english.index("Water and Power") < english.index("Zari Taraqiati")
    assert urdu.index("آب پاشی") < urdu.index("پانی و بجلی")
