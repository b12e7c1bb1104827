"""A second survey under other household numbers: who is known again, and what it found."""

from datetime import date

import pytest

from saiban.calc.resurvey import terms
from saiban.core.models import Announcement
from saiban.intake.models import Part
from saiban.registry import services
from saiban.registry.applying import resurvey
from saiban.registry.models import Finding, Household, Identifier, Link, Membership, Person, Profile
from saiban.scoring.models import Score
from tests.intake import files
from tests.registry.second_survey import FIRST, SECOND, family, found, household_of, living_in, tehsils

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(scorecards):
    return tehsils()[0]


@pytest.fixture
def there(here):
    return tehsils()[1]


@pytest.fixture
def first(take_in, here):
    """Five of one household, three of another."""
    return take_in(
        family("A-1", [1, 2, 3, 4, 5], area=here, on=FIRST) + family("A-2", [11, 12, 13], area=here, on=FIRST)
    )


def names(*people):
    return {f"Person {person}" for person in people}


def test_a_first_survey_finds_nothing_and_links_nobody_by_members(first):
    assert not Finding.objects.exists()
    assert not Link.objects.filter(how="members").exists()
    assert Household.objects.count() == 2


def test_a_household_under_another_number_goes_on(take_in, first, here):
    old = household_of("A-1")
    scores = list(Score.objects.filter(household=old).values_list("pk", flat=True))
    batch = take_in(family("B-9", [1, 2, 3, 4, 5], area=here, on=SECOND, rooms=4))
    assert household_of("B-9") == old
    assert (Household.objects.count(), Person.objects.count()) == (2, 8)
    assert living_in(old) == names(1, 2, 3, 4, 5)
    assert Membership.objects.filter(household=old).count() == 5
    assert found(batch) == {old.code: ("same", None)}
    profile = Profile.objects.get(household=old)
    assert (profile.values["rooms"], profile.origin["rooms"]["on"]) == (4, SECOND)
    now = list(Score.objects.filter(household=old).values_list("pk", flat=True))
    assert set(scores) < set(now)


def test_who_came_and_who_left_since(take_in, first, here):
    batch = take_in(family("B-1", [1, 2, 3, 4, 21], area=here, on=SECOND))
    assert living_in(household_of("A-1")) == names(1, 2, 3, 4, 21)
    row = Finding.objects.get(batch=batch)
    assert (row.kind, row.members_before, row.members_now, row.in_common) == ("same", 5, 5, 4)


def test_one_in_another_area_has_moved(take_in, first, here, there):
    batch = take_in(family("B-1", [1, 2, 3, 4, 5], area=there, on=SECOND))
    old = household_of("A-1")
    assert found(batch) == {old.code: ("moved", None)}
    row = Finding.objects.get(batch=batch)
    assert (row.before_path, row.area_path) == (here.path, there.path)
    assert Profile.objects.get(household=old).area_path == there.path


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_a_split_keeps_the_household_where_most_votes_are(take_in, first, here, order, together):
    old = household_of("A-1")
    parts = [
        family("B-1", [1, 2], area=here, on=SECOND) + family("B-3", [11, 12, 13], area=here, on=SECOND),
        family("B-2", [3, 4, 5], area=here, on=SECOND, head=3),
    ]
    files = [parts[0] + parts[1]] if together else [parts[n] for n in order]
    batches = [take_in(rows) for rows in files]
    # the head's two votes and another one: three of six are no majority, and neither are the other three
    kinds = {code: kind for batch in batches for code, (kind, _) in found(batch).items()}
    one, two = household_of("B-1"), household_of("B-2")
    assert old not in (one, two)
    assert kinds == {one.code: "doubtful", two.code: "doubtful", household_of("A-2").code: "same"}
    assert (living_in(one), living_in(two)) == (names(1, 2), names(3, 4, 5))
    assert Person.objects.count() == 8


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_larger_half_goes_on_and_the_other_is_new_with_the_same_people(take_in, first, here, order):
    old = household_of("A-1")
    files = [
        family("B-1", [1, 2, 3], area=here, on=SECOND),
        family("B-2", [4, 5], area=here, on=SECOND, head=4),
    ]
    batches = [take_in(files[n]) for n in order]
    one, two = household_of("B-1"), household_of("B-2")
    assert one == old
    assert two != old
    found_now = {code: what for batch in batches for code, what in found(batch).items()}
    assert found_now == {one.code: ("same", None), two.code: ("split", old.code)}
    assert (living_in(one), living_in(two)) == (names(1, 2, 3), names(4, 5))
    assert Person.objects.count() == 8
    assert Profile.objects.get(household=old).values["household_size"] == 3
    assert Profile.objects.get(household=two).values["household_size"] == 2


def test_two_in_one_go_on_as_the_household_of_its_head(take_in, first, here):
    one, two = household_of("A-1"), household_of("A-2")
    batch = take_in(family("B-1", [11, 12, 13, 1, 2, 3, 4, 5], area=here, on=SECOND))
    assert household_of("B-1") == two
    assert found(batch) == {two.code: ("same", None), one.code: ("merged", two.code)}
    assert living_in(two) == names(1, 2, 3, 4, 5, 11, 12, 13)
    assert living_in(one) == set()
    # what was said of the one that went is said of the one that goes on; nobody counts it as poor any more
    assert household_of("A-1") == two
    assert Profile.objects.get(household=one).values == {}
    assert Profile.objects.get(household=one).band == "unscored"
    assert not Identifier.objects.filter(household=one).exists()
    assert (Household.objects.count(), Person.objects.count()) == (2, 8)


def test_a_meter_that_nobody_claims_any_more_is_nobodys(take_in, first, here):
    one = household_of("A-1")
    reference = family("A-1", [1], area=here, on=FIRST)[0]["electricity_reference"]
    take_in([files.BILL | {"reference_no": reference}], source="disco-electricity")
    assert Link.objects.get(household=one, how="electricity_reference", undone_at=None)
    take_in(family("B-1", [11, 12, 13, 1, 2, 3, 4, 5], area=here, on=SECOND))
    assert not Link.objects.filter(how="electricity_reference", undone_at=None).exists()
    assert "electricity_units" not in Profile.objects.get(household=one).values


def test_one_that_went_apart_and_together_keeps_who_was_not_met(take_in, first, here):
    one, two = household_of("A-1"), household_of("A-2")
    take_in(family("B-1", [11, 12, 13, 1, 2, 3], area=here, on=SECOND))
    assert Finding.objects.get(household=one).kind == "merged"
    assert living_in(one) == names(4, 5)
    assert household_of("A-1") == one
    assert living_in(two) == names(1, 2, 3, 11, 12, 13)


def test_new_ones_are_told_where_an_earlier_survey_has_been(take_in, first, here, there):
    batch = take_in(
        family("B-1", [1, 2, 3, 4, 5], area=here, on=SECOND)
        + family("B-2", [31, 32], area=here, on=SECOND)
        + family("B-3", [33], area=there, on=SECOND)
    )
    assert found(batch) == {
        household_of("A-1").code: ("same", None),
        household_of("B-2").code: ("new", None),
    }


def test_who_is_not_found_where_nearly_all_were_is_told_and_nothing_else_happens(take_in, here):
    take_in([row for n in range(10) for row in family(f"A-{n}", [2 * n, 2 * n + 1], area=here, on=FIRST)])
    batch = take_in(
        [row for n in range(9) for row in family(f"B-{n}", [2 * n, 2 * n + 1], area=here, on=SECOND)]
    )
    missing = household_of("A-9")
    assert found(batch)[missing.code] == ("not_found", None)
    assert living_in(missing) == names(18, 19)
    assert sum(kind == "not_found" for kind, _ in found(batch).values()) == 1


def test_where_many_were_not_met_nobody_is_missing(take_in, first, here):
    batch = take_in(family("B-1", [1, 2, 3, 4, 5], area=here, on=SECOND))
    assert found(batch) == {household_of("A-1").code: ("same", None)}


def test_who_is_found_by_a_later_batch_is_no_longer_missing(take_in, here, there):
    take_in([row for n in range(10) for row in family(f"A-{n}", [2 * n, 2 * n + 1], area=here, on=FIRST)])
    take_in([row for n in range(9) for row in family(f"B-{n}", [2 * n, 2 * n + 1], area=here, on=SECOND)])
    assert Finding.objects.get(kind="not_found").state == "told"
    take_in(family("B-9", [18, 19], area=there, on="2026-05-20"))
    assert Finding.objects.get(kind="not_found").state == "found"


def test_what_is_left_of_a_household_that_nobody_continues_is_a_question(take_in, here):
    rows = [row for n in range(8) for row in family(f"A-{n}", [2 * n, 2 * n + 1], area=here, on=FIRST)]
    take_in(rows + family("A-8", [50, 51, 52], area=here, on=FIRST))
    rows = [row for n in range(8) for row in family(f"B-{n}", [2 * n, 2 * n + 1], area=here, on=SECOND)]
    batch = take_in(rows + family("B-8", [51], area=here, on=SECOND))
    old, left = household_of("A-8"), household_of("B-8")
    assert found(batch)[left.code] == ("doubtful", old.code)
    assert Finding.objects.get(household=left).why == "last"
    assert old.code not in found(batch)


def test_numbers_against_which_sex_or_birth_speak_decide_nothing(take_in, first, here):
    rows = family("B-1", [1, 2, 3, 4, 5], area=here, on=SECOND)
    for row in rows:
        row["birth_date"] = "1999-01-01"
    batch = take_in(rows)
    old, new = household_of("A-1"), household_of("B-1")
    assert old != new
    assert found(batch) == {new.code: ("doubtful", old.code)}
    row = Finding.objects.get(batch=batch)
    assert (row.why, row.state) == ("numbers", "open")
    assert living_in(old) == names(1, 2, 3, 4, 5)


def test_the_same_people_twice_in_one_round_are_a_question(take_in, first, here):
    batch = take_in(family("A-7", [1, 2, 3, 4, 5], area=here, on="2024-05-20"))
    assert found(batch) == {household_of("A-7").code: ("doubtful", household_of("A-1").code)}
    assert Finding.objects.get(batch=batch).why == "again"


def test_numbers_of_policy_that_nobody_confirmed_ask_a_person(take_in, first, here, monkeypatch):
    monkeypatch.setattr(resurvey, "terms", lambda: terms(on=date(2026, 7, 1)))
    batch = take_in(family("B-1", [1, 2, 3, 4, 5], area=here, on=SECOND))
    assert found(batch) == {household_of("B-1").code: ("doubtful", household_of("A-1").code)}
    assert not Link.objects.filter(how="members").exists()


def test_a_child_without_a_number_is_known_by_name_and_birth(take_in, here):
    def home(no, on):
        rows = family(no, [1, 2, 3], area=here, on=on)
        rows[2]["cnic"] = ""
        return rows

    take_in(home("A-1", FIRST))
    take_in(home("B-1", SECOND))
    assert Person.objects.count() == 3
    assert living_in(household_of("B-1")) == names(1, 2, 3)
    assert Membership.objects.count() == 3


def test_who_joins_a_household_known_by_its_number_is_moved_not_doubled(take_in, first, here):
    take_in(family("A-2", [11, 12, 13, 5], area=here, on=SECOND))
    assert Person.objects.count() == 8
    assert living_in(household_of("A-2")) == names(5, 11, 12, 13)
    assert living_in(household_of("A-1")) == names(1, 2, 3, 4)


def test_an_older_survey_that_comes_later_joins_and_moves_nobody(take_in, here):
    take_in(family("B-1", [1, 2, 3], area=here, on=SECOND, rooms=4))
    take_in(family("A-1", [1, 2, 3, 9], area=here, on=FIRST, rooms=1))
    home = household_of("A-1")
    assert household_of("B-1") == home
    assert living_in(home) == names(1, 2, 3)
    assert Profile.objects.get(household=home).values["rooms"] == 4


def test_applying_twice_changes_nothing(system, take_in, first, here):
    take_in(family("B-1", [1, 2, 3], area=here, on=SECOND) + family("B-2", [4, 5], area=here, on=SECOND))
    tables = (Household, Person, Membership, Link, Finding, Profile)
    before = {model: list(model.objects.order_by("pk").values()) for model in tables}
    announced = Announcement.objects.count()
    for part in Part.objects.order_by("-pk"):
        services.apply_part(actor=system, part_id=part.pk)
    assert {model: list(model.objects.order_by("pk").values()) for model in tables} == before
    assert Announcement.objects.count() >= announced
