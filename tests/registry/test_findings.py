"""A doubtful finding: joined, kept apart, and each taken back."""

import pytest

from saiban.core import outbox
from saiban.core.errors import IllegalMove, NotAllowed, NotVisible, ReasonMissing
from saiban.registry.findings import services
from saiban.registry.findings.services import ChangedSince
from saiban.registry.models import (
    Finding,
    FindingDecision,
    Household,
    Identifier,
    Link,
    Membership,
    Profile,
)
from saiban.registry.transitions import FINDING_MOVES
from saiban.scoring.models import Score
from tests.intake import files
from tests.registry.second_survey import FIRST, SECOND, family, household_of, living_in, tehsils

pytestmark = pytest.mark.django_db
REASON = "seen the papers"


@pytest.fixture
def doubtful(take_in, scorecards):
    """A household of four under another number; birth dates were written down wrongly."""
    here, there = tehsils()[:2]
    take_in(family("A-1", [1, 2, 3, 4], area=here, on=FIRST, rooms=1))
    rows = family("B-1", [1, 2, 3, 21], area=there, on=SECOND, rooms=4)
    for row in rows:
        row["birth_date"] = "1999-01-01"
    take_in(rows)
    take_in([files.VEHICLE | {"owner_cnic": files.number(700_001, woman=False)}], source="excise-vehicles")
    return Finding.objects.get()


def state_of_the_registry():
    """What holds, without when it was decided and which rows say so."""
    open_links = Link.objects.filter(undone_at=None)
    open_homes = Membership.objects.filter(cancelled=False)
    return {
        "links": sorted(open_links.values_list("subject", "person", "household", "how")),
        "numbers": sorted(
            (kind, person or 0, household or 0, bytes(token), source, since)
            for kind, person, household, token, source, since in Identifier.objects.values_list(
                "kind", "person", "household", "token", "source", "since"
            )
        ),
        "homes": sorted(
            open_homes.values_list("person", "household", "relation", "head", "line_no", "during"), key=str
        ),
        "places": list(Household.objects.order_by("pk").values("area_id", "village", "seen_on", "latitude")),
        "values": list(Profile.objects.order_by("pk").values("household", "person", "values", "area_path")),
    }


def test_joined_households_go_on_as_the_earlier_one(clerk, doubtful):
    old, new = household_of("A-1"), household_of("B-1")
    scored = Score.objects.filter(household=old).count()
    assert not Link.objects.filter(how="cnic", undone_at=None).exists()  # two claim the number
    services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    outbox.drain()
    assert household_of("B-1") == old
    old.refresh_from_db()
    assert old.village == "Basti B-1"
    assert living_in(old) == {"Person 1", "Person 2", "Person 3", "Person 21"}
    assert living_in(new) == set()
    assert (
        old.memberships.get(head=True, during__upper_inf=True, cancelled=False).person.name_en == "Person 1"
    )
    values = Profile.objects.get(household=old).values
    assert (values["rooms"], values["has_motorcycle"]) == (4, True)  # one claims it again
    assert Score.objects.filter(household=old).count() > scored
    assert Finding.objects.get().state == "same"


def test_a_join_that_is_taken_back_leaves_everything_as_it_was(clerk, doubtful):
    before = state_of_the_registry()
    services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    assert state_of_the_registry() != before
    services.reopen_finding(actor=clerk, finding_id=doubtful.pk, reason="it was the neighbour")
    assert state_of_the_registry() == before
    assert Finding.objects.get().state == "open"
    services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)  # and a third thought
    assert household_of("B-1") == household_of("A-1")
    assert [one.state for one in FindingDecision.objects.order_by("pk")] == ["same", "open", "same"]


def test_two_kept_apart_stay_as_they_are(clerk, doubtful):
    before = state_of_the_registry()
    services.keep_households_apart(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    assert Finding.objects.get().state == "different"
    with pytest.raises(IllegalMove):
        services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    services.reopen_finding(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    assert (Finding.objects.get().state, state_of_the_registry()) == ("open", before)


def test_what_a_later_survey_has_moved_is_not_taken_back(clerk, doubtful, take_in):
    services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    take_in(family("A-1", [1, 2], area=tehsils()[0], on="2026-11-01"))
    before = state_of_the_registry()
    with pytest.raises(ChangedSince):
        services.reopen_finding(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    assert state_of_the_registry() == before


def test_half_that_went_apart_is_joined_with_its_own_people(clerk, take_in, scorecards):
    here = tehsils()[0]
    take_in(family("A-1", [1, 2, 3, 4, 5], area=here, on=FIRST))
    take_in(family("B-1", [1, 2], area=here, on=SECOND))
    before = state_of_the_registry()
    row = Finding.objects.get()
    assert row.why == "tie"
    services.join_households(actor=clerk, finding_id=row.pk, reason=REASON)
    assert living_in(household_of("A-1")) == {"Person 1", "Person 2"}
    assert Membership.objects.filter(person__name_en="Person 1", cancelled=False).count() == 1
    services.reopen_finding(actor=clerk, finding_id=row.pk, reason=REASON)
    assert state_of_the_registry() == before


def test_only_who_may_and_sees_both_decides(clerk, other_clerk, analyst, doubtful):
    with pytest.raises(NotVisible):
        services.join_households(actor=other_clerk, finding_id=doubtful.pk, reason=REASON)
    with pytest.raises(NotAllowed):
        services.join_households(actor=analyst, finding_id=doubtful.pk, reason=REASON)
    with pytest.raises(ReasonMissing):
        services.join_households(actor=clerk, finding_id=doubtful.pk, reason=" ")
    attock = tehsils("Attock")[0]
    Household.objects.filter(pk=doubtful.other_id).update(area=attock, area_path=attock.path)
    with pytest.raises(NotVisible):
        services.join_households(actor=clerk, finding_id=doubtful.pk, reason=REASON)
    assert Finding.objects.get().state == "open"


@pytest.mark.parametrize("pair", FINDING_MOVES.unlisted())
def test_an_unlisted_step_is_refused(pair, clerk):
    with pytest.raises(IllegalMove):
        FINDING_MOVES.move(Finding(state=pair[0]), to=pair[1], actor=clerk, reason=REASON)
