"""A department's list becomes places in its scheme: the newest list holds, twice is once, and places follow
people.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saiban.core import outbox
from saiban.core.models import Announcement, ChangeSet
from saiban.intake.models import Batch
from saiban.programmes import foundation, taking
from saiban.programmes.models import Enrolment, Overlap, Scheme
from saiban.programmes.queries.lists import quality_of
from saiban.programmes.services import lists as services
from saiban.registry.models import Person
from tests.intake import files
from tests.intake.conftest import enter
from tests.intake.files import place
from tests.registry.conftest import home, people, rajanpur, scorecards, send, sources, take_in, uploads

__all__ = ["enter", "home", "people", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = pytest.mark.django_db
NUMBER = files.number(4711)


@pytest.fixture
def schemes(foundations):
    foundation.lay()


@pytest.fixture
def take_list(schemes, people, take_in):
    def taken(*rows, month="2026-05", source="zakat-list", scheme="ZK-GA"):
        batch = take_in([row | {"scheme": scheme} for row in rows], source=source, scheme=scheme, month=month)
        batch.refresh_from_db()
        return batch

    return taken


def counts(batch):
    return {name: count for name, count in batch.outcome["enrolments"].items() if count}


def places():
    return {place.list_no: place for place in Enrolment.objects.exclude(list_no="")}


def test_a_row_becomes_a_place_of_the_person_and_the_household(take_list, home):
    batch = take_list(files.PLACE)
    (place,) = Enrolment.objects.all()
    head = home.memberships.get(head=True).person
    assert (place.scheme.code, place.list_no, place.person, place.household) == ("ZK-GA", "LHR-1", head, home)
    assert (str(place.area_path), place.state, place.starts_on) == (
        home.area.path,
        "approved",
        date(2025, 7, 1),
    )
    assert (place.ends_on, place.paid_on, place.seen_on) == (None, date(2026, 1, 15), date(2026, 5, 31))
    assert (place.benefit, place.amount_paisa, place.period, place.yearly_paisa, place.channel) == (
        "cash", 900_000, "half_year", 1_800_000, "bank",
    )  # fmt: skip
    assert (place.batch, place.cycle) == (batch, None)
    assert counts(batch)["new"] == 1
    assert batch.outcome["overlaps"] == {"new": 0, "gone": 0, "present": 0}


def test_the_last_day_of_the_list_is_still_in_the_scheme(take_list):
    take_list(place(1, until="2026-06-30"), place(2, since="2026-03-01", until="2026-03-01", paid_on=""))
    assert {no: one.ends_on for no, one in places().items()} == {
        "LHR-1": date(2026, 7, 1),
        "LHR-2": date(2026, 3, 2),
    }


def test_states_are_those_of_the_list_and_only_money_costs(take_list):
    take_list(
        place(1, state="suspended"), place(2, state="ended"), place(3, benefit="in_kind", channel="in_kind"),
        place(4, amount="0.01", period="month"), place(5, amount="99999999", period="once"),
        place(6, benefit="insurance", amount="10000", period="month"), place(7, benefit="loan"),
    )  # fmt: skip
    found = places()
    assert [found[f"LHR-{n}"].state for n in (1, 2, 3)] == ["suspended", "closed", "approved"]
    assert (found["LHR-3"].amount_paisa, found["LHR-3"].yearly_paisa) == (900_000, 0)
    assert found["LHR-4"].yearly_paisa == 12
    assert found["LHR-5"].yearly_paisa == 9_999_999_900
    assert found["LHR-6"].yearly_paisa == 12_000_000, "a pension is money that is paid out"
    assert found["LHR-7"].yearly_paisa == 0


def test_a_stranger_has_a_place_in_the_district_of_the_list(take_list):
    batch = take_list(place(1))
    (one,) = Enrolment.objects.all()
    assert one.person == Person.objects.get(stub=True)
    assert (one.household, str(one.area_path).split(".")[-1]) == (None, "PK601")
    assert counts(batch) == {"new": 1, "homeless": 1, "other_unit": 1}  # ZK-GA is for households


def test_a_newer_list_changes_and_a_late_one_does_not(take_list):
    take_list(place(1), place(2))
    newer = take_list(place(1, state="ended", amount="8000"), place(3), month="2026-06")
    assert {name: counts(newer)[name] for name in ("new", "changed", "missing")} == {
        "new": 1, "changed": 1, "missing": 1,
    }  # fmt: skip
    late = take_list(place(1, amount="1"), place(2, amount="7777"), month="2026-04")
    assert counts(late)["older"] == 2
    found = places()
    assert (found["LHR-1"].amount_paisa, found["LHR-1"].state, found["LHR-1"].batch) == (
        800_000,
        "closed",
        newer,
    )
    assert (found["LHR-2"].amount_paisa, found["LHR-2"].state) == (900_000, "approved")
    assert found["LHR-2"].seen_on == date(2026, 5, 31)


def test_a_list_that_says_the_same_moves_only_the_day_it_was_seen(take_list):
    take_list(place(1), place(2))
    again = take_list(place(2), place(1), month="2026-06")
    assert counts(again)["unchanged"] == 2
    assert not {"new", "changed", "missing"} & set(counts(again))
    assert {one.seen_on for one in places().values()} == {date(2026, 6, 30)}


def test_taking_twice_is_taking_once(take_list, system):
    batch = take_list(files.PLACE, files.PLACE | {"beneficiary_no": "LHR-2"}, place(3))
    tables = (Enrolment, Overlap, Batch)
    before = {model: list(model.objects.order_by("pk").values()) for model in tables}
    assert Overlap.objects.exists()
    services.take_list(actor=system, batch_id=batch.pk)
    assert {model: list(model.objects.order_by("pk").values()) for model in tables} == before


def test_the_same_person_under_two_numbers_is_found_as_an_overlap(take_list, home):
    batch = take_list(files.PLACE, files.PLACE | {"beneficiary_no": "LHR-2"}, place(9))
    assert batch.rejected_rows == 0
    (overlap,) = Overlap.objects.all()
    assert {overlap.left.list_no, overlap.right.list_no} == {"LHR-1", "LHR-2"}
    assert (overlap.kind, overlap.batch) == ("twice", batch)
    assert batch.outcome["overlaps"]["new"] == 1


def test_a_place_that_the_department_ends_takes_its_overlap_along(take_list):
    twice = files.PLACE | {"beneficiary_no": "LHR-2"}
    take_list(files.PLACE, twice)
    batch = take_list(files.PLACE, twice | {"state": "ended"}, month="2026-06")
    assert Overlap.objects.get().state == "gone"
    assert batch.outcome["overlaps"]["gone"] == 1


def test_a_place_follows_the_number_from_a_stub_to_a_household(take_list, take_in):
    take_list(place(1, cnic=NUMBER))
    stub = Enrolment.objects.get().person
    roster = files.other("H-9", 90)
    roster[0]["cnic"] = NUMBER
    take_in(roster)
    one = Enrolment.objects.get()
    assert one.person != stub
    assert (one.person.stub, one.household) == (False, one.person.memberships.get().household)
    assert one.area_path == one.household.area_path


def test_a_number_that_two_claim_leaves_the_place_with_nobody_until_it_is_settled(take_list, take_in, home):
    take_list(files.PLACE)
    twin = files.other("H-3", 12)
    twin[0]["cnic"] = files.HEAD["cnic"]
    take_in(twin)
    one = Enrolment.objects.get()
    assert (one.person, one.household, one.list_no) == (None, None, "LHR-1")
    contested = take_list(files.PLACE | {"amount": "8000"}, month="2026-06")
    assert counts(contested)["nobody"] == 1
    settled = [row | {"interviewed_on": "2026-07-01"} for row in twin]
    settled[0]["cnic"] = files.number(5000)
    take_in(settled)
    assert Enrolment.objects.get().household == home


def test_a_place_follows_its_household_when_a_roster_moves_it(take_list, take_in, home, rajanpur):
    take_list(files.PLACE)
    attock = {"interviewed_on": "2026-08-01", "village": "Umarkot"}
    take_in(files.household("H-1", home=attock))
    home.refresh_from_db()
    assert home.area.path.endswith("PK60101")
    assert Enrolment.objects.get().area_path == home.area_path


def test_a_member_who_leaves_takes_the_place_along(take_list, take_in, home, rajanpur):
    take_list(files.PLACE)
    later = rajanpur | {"interviewed_on": "2026-07-01"}
    take_in(files.household("H-1", home=later, members=[files.HEAD | {"cnic": files.number(88)}]))
    take_in(files.household("H-5", home=later, members=[files.HEAD]))
    one = Enrolment.objects.get()
    assert one.household not in (home, None)
    assert one.household == one.person.memberships.get(during__upper_inf=True).household


def test_other_batches_pass_by(take_list, take_in, people):
    take_in([files.VEHICLE], source="excise-vehicles")
    batch = Batch.objects.get(source__code="excise-vehicles")
    assert "enrolments" not in batch.outcome


def test_a_change_set_is_followed_once(take_list, take_in, system):
    take_list(place(1, cnic=NUMBER))
    roster = files.other("H-9", 90)
    roster[0]["cnic"] = NUMBER
    take_in(roster)
    moved = Announcement.objects.filter(name="registry.link.moved").get()
    again = services.attach_enrolments(actor=system, change_set_id=moved.payload["change_set_id"])
    assert not again


# --- against plain Python: any order of any lists gives what the newest said of each


rows = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["100", "250.50"]), st.sampled_from(["active", "ended"])),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row[0],
)
months = st.permutations(["2026-03", "2026-04", "2026-05"])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(rows, min_size=3, max_size=3), order=months)
def test_the_newest_word_on_each_number_holds_in_whatever_order_lists_come(take_list, said, order):
    Overlap.objects.all().delete()
    Enrolment.objects.all().delete()
    expected = {}
    by_month = dict(zip(sorted(order), said, strict=True))
    mark = Batch.objects.count()  # each file is one of its own
    for month in order:
        take_list(
            *(place(n, amount=a, state=s, father_name_en=f"{mark} {month}") for n, a, s in by_month[month]),
            month=month,
        )
    for month in sorted(order):
        for n, amount, state in by_month[month]:
            expected[f"LHR-{n}"] = (int(float(amount) * 100), taking.STATES[state], month)
    found = {no: (one.amount_paisa, one.state, f"{one.seen_on:%Y-%m}") for no, one in places().items()}
    assert found == expected


# --- quality


@pytest.fixture
def poor_list(take_list, send, tmp_path, people):
    """Four rows: one is wrong, one is known, two are strangers, one of them without a phone."""
    path = files.as_csv(
        tmp_path / "ZK-GA-2026-05.csv",
        [files.PLACE, place(2), place(3, phone=""), place(4, amount="1.234")],
    )
    batch = send(path, source="zakat-list", scheme="ZK-GA")
    outbox.drain()
    batch.refresh_from_db()
    return batch


def test_the_quality_of_a_list_is_told_from_its_counts(poor_list):
    found = quality_of(poor_list)
    assert (found.rejected_share, found.taken, found.stubs, found.people["linked"]) == (
        Decimal("0.25"),
        3,
        2,
        1,
    )
    assert found.places["new"] == 3
    shares = found.filled_shares
    assert (shares["until"], shares["phone"], shares["name_ur"]) == (0, Decimal(2) / 3, 1)
    assert next(iter(shares)) == "until"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_pages_of_batch_source_and_scheme_say_how_good_the_list_was(enter, manager, poor_list, language):
    client = enter(manager, language)
    page = client.get(reverse("intake:batch", args=[poor_list.pk])).content.decode()
    with translation.override(language):
        for said in (
            "How good this list is",
            "Rows rejected",
            "Missing since the last list",
            "Enrolments new",
        ):
            assert translation.gettext(said) in page
    assert "25" in page
    for address in (
        reverse("intake:source", args=[poor_list.source_id]),
        reverse("programmes:scheme", args=[Scheme.objects.get(code="ZK-GA").pk]),
    ):
        shown = client.get(address).content.decode()
        assert "ZK-GA-2026-05.csv" in shown
        with translation.override(language):
            assert translation.gettext("Lists received") in shown


def test_who_sees_no_batches_sees_no_lists(enter, clerk, poor_list):
    page = enter(clerk).get(reverse("intake:source", args=[poor_list.source_id])).content.decode()
    assert "Lists received" not in page


def test_a_set_of_households_moves_no_place_that_stands_right(take_list, system, home):
    from saiban.core.changes import change_set

    take_list(files.PLACE)
    made = change_set(actor=system, kind="registry.household", reason="tests", ids=[home.pk])
    assert not services.attach_enrolments(actor=system, change_set_id=made.pk)
    Enrolment.objects.update(household=None)
    moved = services.attach_enrolments(actor=system, change_set_id=made.pk)
    assert moved.household_ids == [home.pk]
    assert ChangeSet.objects.filter(pk=made.pk).exists()
