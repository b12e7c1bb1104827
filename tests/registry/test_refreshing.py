"""First profiles are written as they are, others are compared: in one refresh there may be both."""

from dataclasses import replace

import pyarrow.compute as pc
import pytest
from django.db import transaction

from saiban.core.models import ChangeSet
from saiban.registry import refreshing, resolving
from saiban.registry.models import Household, Person, Profile, ProfileChange
from tests.registry.second_survey import FIRST, SECOND, family, tehsils

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(scorecards):
    return tehsils()[0]


def by_village():
    profiles = Profile.objects.filter(household__isnull=False).select_related("household")
    return {one.household.village: one for one in profiles}


def of_persons():
    return {one.person.name_en: one for one in Profile.objects.filter(person__isnull=False)}


def test_who_is_known_and_who_is_new_are_stored_side_by_side(take_in, here):
    take_in(family("A-1", [1, 2, 3], area=here, on=FIRST))
    take_in(
        family("A-1", [1, 2], area=here, on=SECOND, rooms=5)
        + family("A-2", [11, 3], area=here, on=SECOND, rooms=1)  # 3 is known, and lives here now
    )
    known, new = (by_village()[f"Basti {no}"] for no in ("A-1", "A-2"))
    assert (known.values["rooms"], new.values["rooms"]) == (5, 1)
    assert (known.values["household_size"], new.values["household_size"]) == (2, 2)
    assert {profile.area_path for profile in of_persons().values()} == {here.path}
    assert {origin["on"] for one in of_persons().values() for origin in one.origin.values()} == {SECOND}
    moved = ProfileChange.objects.filter(change_set=ChangeSet.objects.filter(versions__new=1).latest("pk"))
    assert {change.household for change in moved} == {known.household}, "a first profile moves nothing"
    assert set(moved.values_list("field", flat=True)) >= {"rooms", "household_size"}


def test_first_profiles_come_out_as_those_that_are_written_again(take_in, here, system):
    take_in(family("A-1", [1, 2, 3], area=here, on=FIRST) + family("A-2", [11, 12], area=here, on=FIRST))
    columns = ("household_id", "person_id", "area_path", "values", "origin", "others", "disagreements",
               "oldest_on", "emptied")  # fmt: skip
    first = sorted(Profile.objects.values_list(*columns), key=str)
    assert len(first) == 7
    homes = list(Household.objects.values_list("pk", flat=True))
    Profile.objects.filter(household=homes[0]).delete()
    Profile.objects.filter(person__name_en__in=["Person 1", "Person 11"]).delete()
    Profile.objects.update(values={}, origin={})
    with transaction.atomic():
        done = refreshing.refresh(actor=system, household_ids=homes, reason="registry.finding.decide")
    assert sorted(Profile.objects.values_list(*columns), key=str) == first
    assert (done.households, done.changed, done.new) == (2, 2, 1)


def test_who_moved_while_a_chunk_was_heard_is_left_to_where_they_live_now(take_in, here, system, monkeypatch):
    take_in(family("A-1", [1, 2, 3], area=here, on=FIRST))
    home = Household.objects.get()
    Profile.objects.filter(person__name_en="Person 3").delete()
    heard = resolving.heard

    def heard_in_between(ids):
        found = heard(ids)
        is_third = pc.equal(found.members["person_id"], Person.objects.get(name_en="Person 3").pk)
        return replace(found, members=found.members.filter(pc.invert(is_third)))  # who has left meanwhile

    monkeypatch.setattr(resolving, "heard", heard_in_between)
    with transaction.atomic():
        refreshing.refresh(actor=system, household_ids=[home.pk], reason="registry.finding.decide")
    assert set(of_persons()) == {"Person 1", "Person 2"}
