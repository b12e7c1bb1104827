"""All that was said of a household or a person, and what became of it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from saiban.core.errors import NotVisible
from saiban.core.models import Audit
from saiban.intake.models import Observation
from saiban.registry import queries
from saiban.registry.errors import Erased
from saiban.registry.models import Link, Person, Profile
from tests.intake import files
from tests.registry.test_views import page

__all__ = ["page"]
pytestmark = pytest.mark.django_db
WHY = "seen at the door"


def history(actor, home, field=""):
    return queries.household_history(actor=actor, household_id=home.pk, field=field)


def fates(shown):
    return [(said.source, said.value, said.fate) for said in shown.said]


def test_a_correction_stands_before_what_it_replaced(correct, manager, home):
    before = Profile.objects.get(household=home).values["rooms"]
    assert fates(history(manager, home, "rooms")) == [("psc-survey", before, "in_use")]
    correct(manager, home, "rooms", 9)
    assert fates(history(manager, home, "rooms")) == [
        ("clerk", 9, "in_use"),
        ("psc-survey", before, "beside"),
    ]


def test_a_correction_that_was_replaced_has_ended(correct, manager, home):
    for rooms in (8, 9):
        correct(manager, home, "rooms", rooms)
    assert [fate for _source, _value, fate in fates(history(manager, home, "rooms"))] == [
        "in_use",
        "ended",
        "beside",
    ]


def test_a_later_word_of_the_same_source_follows_the_earlier_one(manager, home, take_in, rajanpur):
    rows = files.household("H-1", home=rajanpur)
    for row in rows:
        row["rooms"] = "7"
    take_in(rows, month="2026-06")
    assert [fate for _source, _value, fate in fates(history(manager, home, "rooms"))] == [
        "in_use",
        "followed",
    ]


def test_every_open_answer_of_the_household_is_there_once(manager, home):
    """Against the observations themselves."""
    subjects = Link.objects.filter(household=home, undone_at=None).values("subject")
    said = Observation.objects.filter(subject_id__in=subjects)
    shown = set(history(manager, home).fields)
    expected = sorted(code for one in said for code in one.facts if code in shown)
    assert sorted(line.field for line in history(manager, home).said) == expected
    assert len(expected) > 20


def test_each_value_in_use_is_that_of_the_profile(manager, home):
    values = Profile.objects.get(household=home).values
    used = {said.field: said.value for said in history(manager, home).said if said.fate == "in_use"}
    assert used == {code: values[code] for code in used}
    assert set(history(manager, home).fields) == set(used)


def test_the_months_of_a_mean_are_all_in_use(manager, home, take_in):
    for month, units in (("2025-12", "900"), ("2026-02", "30"), ("2026-03", "60"), ("2026-04", "90")):
        bill = files.BILL | {"month": month, "units_kwh": units}
        take_in([bill], source="disco-electricity", month=month)
    assert Profile.objects.get(household=home).values["electricity_units"] == 60
    said = history(manager, home, "electricity_units").said
    assert [(one.value, one.fate) for one in said if one.source == "disco-electricity"] == [
        (90, "in_use"),
        (60, "in_use"),
        (30, "in_use"),
        (900, "followed"),
    ]


def test_what_a_duty_does_not_show_has_no_history_either(analyst, manager, home):
    assert "has_bank_account" in history(manager, home).fields
    assert "has_bank_account" not in history(analyst, home).fields
    assert not history(analyst, home, "has_bank_account").said


def son(home):
    return home.memberships.get(head=False).person


def test_what_was_said_of_a_person_is_followed_by_what_was_said_later(manager, home, take_in, rajanpur):
    rows = files.household("H-1", home=rajanpur)
    rows[1]["schooling_years"] = "5"
    take_in(rows, month="2026-06")
    shown = queries.person_history(actor=manager, person_id=son(home).pk, field="schooling_years")
    assert fates(shown) == [("psc-survey", 5, "in_use"), ("psc-survey", 4, "followed")]
    every = queries.person_history(actor=manager, person_id=son(home).pk)
    profile = Profile.objects.get(person=son(home))
    assert {said.field: said.value for said in every.said if said.fate == "in_use"} == profile.values
    assert not {"birth_date", "name_en", "cnic"} & set(every.fields)


def test_the_history_of_a_person_is_seen_and_kept_as_the_person_is(manager, clerk, other_clerk, home):
    queries.person_history(actor=clerk, person_id=son(home).pk, field="schooling_years")
    row = Audit.objects.filter(action="registry.person.view").first()
    assert (row.subject_id, row.detail["history"]) == (son(home).pk, "schooling_years")
    with pytest.raises(NotVisible):
        queries.person_history(actor=other_clerk, person_id=son(home).pk)
    Person.objects.filter(pk=son(home).pk).update(erased_at=timezone.now())
    with pytest.raises(Erased):
        queries.person_history(actor=manager, person_id=son(home).pk)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_page_of_a_person_leads_to_what_was_said(page, manager, home, language):
    client = page(manager)
    client.cookies["saiban_language"] = language
    url = reverse("registry:person-history", args=[son(home).pk])
    assert url in client.get(reverse("registry:person", args=[son(home).pk])).content.decode()
    one = client.get(url, {"field": "schooling_years"}).content.decode()
    assert one.count("<tr") == 2  # the head and one answer
    assert reverse("registry:person", args=[son(home).pk]) in one


def test_another_district_has_no_history(other_clerk, home):
    with pytest.raises(NotVisible):
        history(other_clerk, home)


def test_the_look_is_kept(manager, home):
    history(manager, home, "rooms")
    row = Audit.objects.filter(action="registry.household.view").first()
    assert (row.subject_id, row.detail["history"]) == (home.pk, "rooms")


def test_the_page_shows_all_and_narrows_to_one_answer(page, manager, home):
    client = page(manager)
    url = reverse("registry:household-history", args=[home.pk])
    every = client.get(url, {"page": 2}).content.decode()
    assert "in use" in every
    of_rooms = client.get(url, {"field": "rooms"}).content.decode()
    assert of_rooms.count("<tr") == 2  # the head and one answer
    assert client.get(url, {"field": "no-such-field"}).status_code == 200
