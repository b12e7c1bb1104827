"""A batch becomes people; twice is once; order does not matter; contested numbers link nobody."""

import itertools
import json

import pytest
from django.db import connection

from saiban.core.models import Announcement, Audit, ChangeSet
from saiban.intake.models import Observation
from saiban.registry import copying, refreshing, services
from saiban.registry.models import (
    Household,
    Identifier,
    Link,
    Membership,
    Person,
    Profile,
    ProfileChange,
    Relation,
)
from tests.intake import files

pytestmark = pytest.mark.django_db


def values_of(household):
    return Profile.objects.get(household=household).values


def test_a_household_gets_its_code_area_members_numbers_and_profile(home):
    assert home.code == f"HH-{home.area.code[2:]}-{home.pk:07d}"
    assert home.area.level == "tehsil"
    assert str(home.area_path) == home.area.path
    lines = list(home.memberships.order_by("line_no").values_list("person__name_en", "relation", "head"))
    assert lines == [("Zainab Bibi", "head", True), ("Ali", "child", False)]
    kinds = Identifier.objects.filter(household=home).values_list("kind", flat=True)
    assert set(kinds) == {"electricity_reference", "phone"}
    assert values_of(home)["household_size"] == 2
    assert values_of(home)["rooms_per_person"] == 1000
    assert values_of(home)["has_vehicle"] is False


def test_relations_are_said_from_both_ends(home):
    mother, son = (row.person_id for row in home.memberships.order_by("line_no"))
    found = set(Relation.objects.filter(person__in=[mother, son]).values_list("person", "kind", "other"))
    assert found == {(son, "child", mother), (mother, "parent", son)}


def test_applying_twice_is_applying_once(system, people, home):
    from saiban.intake.models import Part

    tables = (Household, Person, Membership, Relation, Identifier, Link, Profile, ProfileChange)
    before = {model: list(model.objects.order_by("pk").values()) for model in tables}
    moved = list(ChangeSet.objects.filter(source_kind="intake.batch").values())
    part_id = Part.objects.get().pk
    touched = services.apply_part(actor=system, part_id=part_id)
    refreshed = services.refresh_part(actor=system, part_id=part_id, change_set_id=touched.pk)
    assert refreshed.changed == 0
    assert {model: list(model.objects.order_by("pk").values()) for model in tables} == before
    assert list(ChangeSet.objects.filter(source_kind="intake.batch").values()) == moved


def deliveries(rajanpur):
    return {
        "survey": (files.household("H-1", home=rajanpur), "psc-survey"),
        "again": (
            files.household("H-1", home=rajanpur | {"rooms": "3", "interviewed_on": "2026-06-01"}),
            "psc-survey",
        ),
        "bill": ([files.BILL], "disco-electricity"),
        "vehicle": ([files.VEHICLE], "excise-vehicles"),
    }


@pytest.mark.parametrize("order", list(itertools.permutations(["survey", "again", "bill", "vehicle"]))[::5])
def test_the_order_of_deliveries_does_not_matter(order, take_in, rajanpur):
    for name in order:
        rows, source = deliveries(rajanpur)[name]
        take_in(rows, source=source)
    profile = Profile.objects.get(household__isnull=False)
    assert profile.values["rooms"] == 3
    assert profile.values["has_motorcycle"] is True
    assert profile.origin["has_motorcycle"]["source"] == "excise-vehicles"
    assert profile.values["electricity_units"] == 88
    assert profile.values["dwelling_rented"] is False
    assert [other["value"] for other in profile.others["dwelling_rented"]] == [True]
    assert profile.disagreements == sum(
        any(said["disagrees"] for said in others) for others in profile.others.values()
    )


def test_refreshing_what_changed_is_refreshing_everything(system, take_in, people, home):
    take_in([files.BILL | {"units_kwh": "301"}], source="disco-electricity")
    incremental = list(
        Profile.objects.order_by("pk").values("values", "origin", "others", "disagreements", "oldest_on")
    )
    Profile.objects.update(values={}, origin={}, others={}, disagreements=0, oldest_on=None)
    services.refresh_profiles(actor=system, household_ids=Household.objects.values_list("pk", flat=True))
    full = list(
        Profile.objects.order_by("pk").values("values", "origin", "others", "disagreements", "oldest_on")
    )
    assert full == incremental


def test_what_moved_is_kept_with_its_reason(take_in, people, home):
    take_in([files.VEHICLE], source="excise-vehicles")
    moved = ProfileChange.objects.filter(household=home).values_list("field", "before", "after", "source")
    assert set(moved) == {
        ("has_motorcycle", False, True, "excise-vehicles"),
        ("has_vehicle", False, True, "derived"),
    }


def test_a_number_with_two_claimants_links_nobody(take_in, rajanpur):
    twin = files.other("H-2", 9)
    twin[0]["cnic"] = files.HEAD["cnic"]
    take_in(files.household("H-1", home=rajanpur) + twin)
    batch = take_in([files.VEHICLE], source="excise-vehicles")
    batch.refresh_from_db()
    assert batch.outcome["people"]["contested"] == 1
    assert batch.outcome["people"]["linked"] == 0
    assert not Link.objects.filter(how="cnic").exists()
    assert not Profile.objects.filter(values__has_motorcycle=True).exists()


def test_a_second_claimant_undoes_the_link_and_its_effect(take_in, people, home):
    take_in([files.VEHICLE], source="excise-vehicles")
    assert values_of(home)["has_motorcycle"] is True
    twin = files.other("H-3", 12)
    twin[0]["cnic"] = files.HEAD["cnic"]
    take_in(twin)
    assert not Link.objects.filter(how="cnic", undone_at=None).exists()
    assert values_of(home)["has_motorcycle"] is False


def test_a_number_that_nobody_claims_is_counted(take_in, people):
    batch = take_in([files.BILL | {"reference_no": "09999999999999"}], source="disco-electricity")
    batch.refresh_from_db()
    assert batch.outcome["people"]["unclaimed"] == 1


def test_a_newer_roster_ends_and_begins_memberships(take_in, people, home, rajanpur):
    later = rajanpur | {"interviewed_on": "2026-07-01"}
    take_in(files.household("H-1", home=later, members=[files.HEAD]))
    rows = home.memberships.order_by("line_no")
    assert [(row.head, row.during.upper_inf) for row in rows] == [(True, True), (False, False)]
    assert rows[1].during.upper.isoformat() == "2026-07-01"
    assert values_of(home)["household_size"] == 1


def test_an_older_roster_moves_nobody(take_in, people, home, rajanpur):
    earlier = rajanpur | {"interviewed_on": "2025-01-01", "village": "Elsewhere"}
    take_in(files.household("H-1", home=earlier, members=[files.HEAD]))
    home.refresh_from_db()
    assert home.village == "Umarkot"
    assert home.memberships.filter(during__upper_inf=True).count() == 2


def test_nothing_that_identifies_stands_in_facts_audit_announcements_or_profiles(take_in, people, home):
    take_in([files.VEHICLE], source="excise-vehicles")
    kept = [
        *Observation.objects.values_list("facts", flat=True),
        *Audit.objects.values_list("detail", flat=True),
        *Announcement.objects.values_list("payload", flat=True),
        *Announcement.objects.values_list("key", flat=True),
        *ChangeSet.objects.values_list("versions", flat=True),
        *itertools.chain(*Profile.objects.values_list("values", "origin", "others")),
    ]
    text = json.dumps(kept, ensure_ascii=False)
    assert text
    for secret in (
        "Zainab",
        "زینب",
        "9010076543218",
        "90100-7654321-8",
        "1980-03-14",
        "3001234567",
        "Umarkot",
    ):
        assert secret not in text


def test_the_application_may_gather_statistics_of_what_a_batch_fills():
    for name in ("household", "person", "membership", "identifier", "link", "profile"):
        asked = "select has_table_privilege(current_user, %s, 'MAINTAIN')"
        assert copying.rows_of(asked, [f"registry_{name}"]) == [(True,)]


def test_a_large_batch_leaves_statistics_behind(take_in, scorecards, rajanpur, monkeypatch):
    counted = "select reltuples > 0 from pg_class where relname = 'registry_membership'"
    monkeypatch.setattr(refreshing, "MANY", 1)
    take_in(files.household("H-1", home=rajanpur))
    assert copying.rows_of(counted) == [(True,)]


def test_no_other_key_begins_while_a_part_is_applied(system, people):
    """Tokens of numbers are written: who lets another key begin waits for the end of the transaction."""
    from saiban.core import locks
    from saiban.intake.models import Part

    services.apply_part(actor=system, part_id=Part.objects.get().pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "select mode from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and objid = %s",
            [locks.ROTATION],
        )
        assert ("ShareLock",) in cursor.fetchall()
