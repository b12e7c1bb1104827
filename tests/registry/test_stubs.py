"""Whom a list names: linked where one person claims the number, a stub where nobody does, nobody where two
do.
"""

import pytest

from saiban.core.models import Announcement, ChangeSetItem
from saiban.intake.models import Subject
from saiban.registry.models import Identifier, Link, Person, Profile, ProfileChange
from saiban.registry.numbers import token_of
from saiban.registry.queries.search import search
from tests.intake import files
from tests.intake.files import place

pytestmark = pytest.mark.django_db
NUMBER = files.number(4711)


@pytest.fixture
def take_list(take_in):
    def taken(*rows, month="2026-05"):
        batch = take_in(rows, source="zakat-list", scheme="ZK-GA", month=month)
        batch.refresh_from_db()
        return batch.outcome["people"]

    return taken


def roster(no="H-9", *, on="2026-06-01", cnic=NUMBER):
    """A household whose head has a number."""
    rows = files.other(no, 90)
    for row in rows:
        row["interviewed_on"] = on
    rows[0]["cnic"] = cnic
    return rows


def linked():
    """Whom the open links by a number lead to."""
    return [link.person for link in Link.objects.filter(how="cnic", undone_at=None).select_related("person")]


def test_whom_one_person_claims_is_linked_and_no_household_moves(take_list, people, home):
    changes = ProfileChange.objects.count()
    counts = take_list(files.PLACE)
    assert (counts["linked"], counts["stubs_new"], counts["contested"]) == (1, 0, 0)
    assert linked() == [home.memberships.get(head=True).person]
    assert ProfileChange.objects.count() == changes
    assert not Person.objects.filter(stub=True).exists()


def test_a_list_is_not_heard_in_profiles(take_list, people, home, system):
    from saiban.registry import services

    head = home.memberships.get(head=True).person
    before = Profile.objects.get(person=head).values
    take_list(files.PLACE | {"sex": "male"})
    services.refresh_profiles(actor=system, household_ids=[home.pk])
    profile = Profile.objects.get(person=head)
    assert profile.values == before
    assert "zakat-list" not in str(profile.others)


def test_whom_nobody_claims_becomes_a_stub_once(take_list, people):
    row = place(1, cnic=NUMBER, name_ur="")
    assert take_list(row)["stubs_new"] == 1
    (stub,) = Person.objects.filter(stub=True)
    assert (stub.name_en, stub.name_ur, stub.sex) == ("Zainab Bibi", "", "female")
    assert str(stub.birth_date) == "1980-03-14"
    assert not stub.memberships.exists()
    (number,) = Identifier.objects.filter(person=stub)
    assert (number.kind, number.source, number.masked[-4:]) == ("cnic", "zakat-list", "11-2")
    counts = take_list(row | {"name_ur": "زینب", "amount": "8000"}, month="2026-06")
    assert (counts["stubs_new"], counts["stubs_known"], counts["linked"]) == (0, 1, 0)
    stub.refresh_from_db()
    assert (stub.name_en, stub.name_ur) == ("Zainab Bibi", "زینب")
    assert Identifier.objects.filter(person=stub).count() == 1


def test_an_older_list_does_not_rename_a_stub(take_list, people):
    take_list(place(1, cnic=NUMBER, name_en="New"), month="2026-06")
    take_list(place(1, cnic=NUMBER, name_en="Old"), month="2026-05")
    assert Person.objects.get(stub=True).name_en == "New"


def test_two_places_of_one_stranger_are_one_stub(take_list, people):
    assert take_list(place(1, cnic=NUMBER), place(2, cnic=NUMBER))["stubs_new"] == 1
    assert Person.objects.filter(stub=True).count() == 1


def test_a_feed_makes_nobody_up(take_in, people):
    take_in([files.VEHICLE | {"owner_cnic": NUMBER}], source="excise-vehicles")
    assert not Person.objects.filter(stub=True).exists()


def test_a_stub_is_in_nobodys_sight(take_list, people, manager, clerk):
    take_list(place(1, cnic=NUMBER, name_en="Parveen Stranger"))
    stub = Person.objects.get(stub=True)
    for actor in (manager, clerk):
        assert not Person.objects.visible_to(actor).filter(pk=stub.pk).exists()
        assert not Identifier.objects.visible_to(actor).filter(person=stub).exists()
        for text in (NUMBER, "Parveen Stranger"):
            found = search(actor=actor, text=text)
            assert stub.pk not in {hit.person.pk for hit in found.hits if hit.person}


def test_a_roster_takes_the_stub_over(take_list, take_in, people):
    take_list(place(1, cnic=NUMBER))
    stub = Person.objects.get(stub=True)
    take_in(roster())
    (person,) = linked()
    assert (person.stub, person.name_en) == (False, files.HEAD["name_en"])
    assert person.memberships.filter(head=True).exists()
    owners = Identifier.objects.filter(kind="cnic", person__in=[stub, person])
    assert list(owners.values_list("person", flat=True)) == [person.pk]
    stub.refresh_from_db()
    assert (stub.name_en, stub.father_name_ur, stub.birth_date) == ("", "", None)
    moved = Announcement.objects.filter(name="registry.link.moved").get()
    subject = Subject.objects.get(keys__namespace="cnic", links__person=person)
    items = ChangeSetItem.objects.filter(change_set_id=moved.payload["change_set_id"])
    assert subject.pk in items.values_list("subject_id", flat=True)


def test_a_stub_and_a_b_form_of_the_same_number_are_one(take_list, take_in, people):
    take_list(place(1, cnic=NUMBER))
    rows = roster(cnic="")
    rows[0]["bform"] = NUMBER
    take_in(rows)
    (person,) = linked()
    assert not person.stub


def test_a_number_of_two_rosters_links_nobody_until_one_gives_it_up(take_list, take_in, people):
    take_list(place(1, cnic=NUMBER))
    take_in(roster("H-8"))
    second = files.other("H-7", 91)
    second[0]["cnic"] = NUMBER
    take_in(second)
    assert linked() == []
    counts = take_list(place(1, cnic=NUMBER, amount="8000"), month="2026-06")
    assert (counts["contested"], counts["stubs_new"], counts["linked"]) == (1, 0, 0)
    corrected = [row | {"interviewed_on": "2026-07-01"} for row in second]
    corrected[0]["cnic"] = files.number(5000)
    take_in(corrected)
    (person,) = linked()
    assert token_of("cnic", NUMBER) in [bytes(one.token) for one in person.identifiers.all()]


def test_the_order_of_list_and_roster_does_not_matter(take_list, take_in, people):
    take_in(roster())
    assert take_list(place(1, cnic=NUMBER))["linked"] == 1
    (person,) = linked()
    assert not person.stub
    assert not Person.objects.filter(stub=True).exists()


def test_who_moves_house_is_told_of(take_list, take_in, people, home, rajanpur):
    take_list(files.PLACE)
    Announcement.objects.filter(name="registry.link.moved").delete()
    later = rajanpur | {"interviewed_on": "2026-07-01"}
    take_in(files.household("H-1", home=later, members=[files.SON | {"relation": "head"}]))
    moved = Announcement.objects.filter(name="registry.link.moved").get()
    items = ChangeSetItem.objects.filter(change_set_id=moved.payload["change_set_id"])
    named = Subject.objects.get(keys__namespace="cnic")
    assert list(items.values_list("subject_id", flat=True)) == [named.pk]


def test_the_same_list_applied_twice_is_applied_once(take_list, people, system):
    from saiban.intake.models import Part
    from saiban.registry import services

    take_list(place(1, cnic=NUMBER), files.PLACE | {"beneficiary_no": "X"})
    tables = (Person, Identifier, Link, Profile)
    before = {model: list(model.objects.order_by("pk").values()) for model in tables}
    services.apply_part(actor=system, part_id=Part.objects.get(batch__source__code="zakat-list").pk)
    assert {model: list(model.objects.order_by("pk").values()) for model in tables} == before
