"""What is known, by field, source and district: the counts are those of a plain loop over the profiles."""

from datetime import date

import pytest
from django.urls import reverse

from saiban.core.models import Area, Role
from saiban.registry import tasks
from saiban.registry.knowledge import counting, queries
from saiban.registry.models import DistrictCount, Knowledge, Membership, Profile
from saiban.registry.resolving import reported
from tests.intake import files
from tests.registry.test_views import page

__all__ = ["page"]
pytestmark = pytest.mark.django_db
SUMS = ("known", "contradicted", "too_old", "within_3", "within_12", "within_24", "within_60", "older")
EDGES = ((3, "within_3"), (12, "within_12"), (24, "within_24"), (60, "within_60"))
MORE_ROOMS = {"rooms": "5", "interviewed_on": "2026-06-04"}


def months_between(day, today):
    whole = (today.year - day.year) * 12 + today.month - day.month
    return whole - (1 if today.day < day.day else 0)


def by_hand(district, today):
    """The counts of a district, value by value."""
    found = {}
    for profile in Profile.objects.all():
        if district not in profile.area_path.split("."):
            continue
        level = "household" if profile.household_id else "person"
        for field, origin in profile.origin.items():
            if field not in reported(level):
                continue
            row = found.setdefault((level, field, origin["source"]), dict.fromkeys(SUMS, 0))
            age = months_between(date.fromisoformat(origin["on"]), today)
            group = next((name for edge, name in EDGES if age < edge), "older")
            others = profile.others.get(field, [])
            row["known"] += 1
            row[group] += 1
            row["too_old"] += origin.get("too_old", False)
            row["contradicted"] += any(other["disagrees"] for other in others)
    return found


def counted(district):
    rows = Knowledge.objects.filter(area__code=district).values("level", "field", "source", *SUMS)
    return {(row.pop("level"), row.pop("field"), row.pop("source")): row for row in rows}


@pytest.fixture
def contradicted(people, take_in, rajanpur):
    """A bill says that Zainab's household rents, the survey that it does not."""
    take_in([files.BILL], source="disco-electricity", month="2026-04")


def test_the_counts_are_those_of_a_loop_over_the_profiles(contradicted):
    from django.utils import timezone

    tasks.count_all_knowledge()
    districts = set(DistrictCount.objects.values_list("area__code", flat=True))
    assert len(districts) == 2
    for district in districts:
        expected = by_hand(district, timezone.localdate())
        assert counted(district) == expected
        assert expected
    assert any(row["contradicted"] for code in districts for row in counted(code).values())


def test_a_batch_counts_its_districts_and_no_others(people, take_in, rajanpur):
    before = dict(DistrictCount.objects.values_list("area__code", "counted_at"))
    assert len(before) == 2
    take_in(files.household("H-1", home=rajanpur | MORE_ROOMS), month="2026-06")
    after = dict(DistrictCount.objects.values_list("area__code", "counted_at"))
    moved = {code for code in after if after[code] != before[code]}
    assert moved == {rajanpur["district"]}


def test_counting_again_changes_nothing_but_the_hour(people):
    tasks.count_all_knowledge()
    before = list(Knowledge.objects.order_by("area", "level", "field", "source").values_list("field", *SUMS))
    tasks.count_all_knowledge()
    again = list(Knowledge.objects.order_by("area", "level", "field", "source").values_list("field", *SUMS))
    assert before == again != []


def test_a_large_district_rests_after_a_count(people, take_in, rajanpur, monkeypatch):
    batch = take_in(files.household("H-1", home=rajanpur | MORE_ROOMS), month="2026-06")
    assert counting.districts_of_batch(batch.pk) != []
    monkeypatch.setattr(counting, "MANY", 0)
    assert counting.districts_of_batch(batch.pk) == []


def test_an_officer_sees_the_own_district_only(people, appoint, rajanpur):
    officer = appoint("of-rajanpur", Role.DISTRICT_OFFICER, "Rajanpur")
    assert queries.counted(officer).households == 1
    assert [count.area.code for count, _known in queries.by_district(officer, "household", "rooms")] == [
        rajanpur["district"]
    ]
    everywhere = appoint("of-punjab", Role.DATA_MANAGER)
    assert queries.counted(everywhere).households == 2


def test_fields_of_which_nothing_is_known_stand_there_too(people, manager):
    rows = dict(queries.by_field(manager, "household", 2))
    assert set(rows) == set(reported("household"))
    assert rows["rooms"].share == 1
    assert min(row.share for row in rows.values()) == 0


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_pages_answer_in_both_languages(page, people, manager, language):
    client = page(manager)
    client.cookies["saiban_language"] = language
    whole = client.get(reverse("registry:fields"))
    assert whole.status_code == 200
    assert reverse("registry:field", args=["household", "rooms"]) in whole.content.decode()
    one = client.get(reverse("registry:field", args=["household", "rooms"]))
    assert one.status_code == 200
    assert "100" in one.content.decode()


@pytest.mark.parametrize(
    "place", [("household", "cnic"), ("household", "no_such_field"), ("benefit", "amount")]
)
def test_there_is_no_page_of_what_nobody_reports_in_the_open(page, people, manager, place):
    assert page(manager).get(reverse("registry:field", args=place)).status_code == 404


def test_the_page_says_that_nothing_was_counted_yet(page, manager, scorecards):
    assert "Nothing has been counted yet" in page(manager).get(reverse("registry:fields")).content.decode()


def test_the_page_of_a_source_shows_where_its_word_holds(page, people, manager):
    from saiban.intake.models import Source

    source = Source.objects.get(code="psc-survey")
    text = page(manager).get(reverse("intake:source", args=[source.pk])).content.decode()
    assert "Fields in which its word holds today" in text


def test_the_field_page_asks_the_database_little(page, people, manager, django_assert_max_num_queries):
    client = page(manager)
    client.get(reverse("registry:fields"))
    for url in (reverse("registry:fields"), reverse("registry:field", args=["household", "rooms"])):
        with django_assert_max_num_queries(12):
            client.get(url)


def test_districts_are_counted_with_their_area(people):
    assert set(DistrictCount.objects.values_list("area__level", flat=True)) == {"district"}
    assert Area.objects.filter(pk__in=DistrictCount.objects.values("area")).count() == 2


def test_who_has_left_every_household_is_counted_no_longer(people, rajanpur):
    """The son of Rajanpur has left, a membership of the one in Attock was never true."""
    everywhere = Membership.objects.filter(person__name_en="Ali")
    of_rajanpur = everywhere.get(household__village="Umarkot")
    before = {code: row["known"] for code, row in counted(rajanpur["district"]).items()}
    Membership.objects.filter(pk=of_rajanpur.pk).update(during=(date(2026, 5, 4), date(2026, 6, 1)))
    everywhere.exclude(pk=of_rajanpur.pk).update(cancelled=True)
    tasks.count_all_knowledge()
    assert set(DistrictCount.objects.values_list("households", "persons")) == {(1, 1)}
    after = {code: row["known"] for code, row in counted(rajanpur["district"]).items()}
    level = {(key[0], count, after[key]) for key, count in before.items()}
    assert level == {("household", 1, 1), ("person", 2, 1)}, "of whom stays, all that was known"
    Membership.objects.filter(pk=of_rajanpur.pk).update(during=(date(2026, 5, 4), None))
    tasks.count_all_knowledge()
    assert DistrictCount.objects.get(area__code=rajanpur["district"]).persons == 2
