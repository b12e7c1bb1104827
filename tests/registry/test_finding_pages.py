"""Pages of findings: the table of a batch, the list, two households side by side, and the decisions."""

import pytest
from django.urls import reverse

from saiban.core.errors import NotVisible
from saiban.core.models import Audit
from saiban.registry.findings import services
from saiban.registry.models import Finding, Household
from tests.registry.second_survey import FIRST, SECOND, family, household_of, tehsils
from tests.registry.test_findings import doubtful
from tests.registry.test_views import page

__all__ = ["doubtful", "page"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def surveyed(take_in, scorecards):
    """One that is the same, one that split off, one that is new."""
    here = tehsils()[0]
    take_in(
        family("A-1", [1, 2, 3, 4, 5], area=here, on=FIRST) + family("A-2", [11, 12], area=here, on=FIRST)
    )
    return take_in(
        family("B-1", [1, 2, 3, 4], area=here, on=SECOND)
        + family("B-2", [5], area=here, on=SECOND)
        + family("B-3", [31], area=here, on=SECOND)
    )


def test_the_page_of_a_batch_counts_what_it_found(page, manager, surveyed):
    text = page(manager).get(reverse("intake:batch", args=[surveyed.pk])).content.decode()
    assert "What this survey found" in text
    assert f"?batch={surveyed.pk}&amp;kind=split" in text
    assert f"?batch={surveyed.pk}&amp;kind=merged" not in text  # none: nowhere to go


def test_a_first_survey_has_no_such_table(page, manager, people):
    from saiban.intake.models import Batch

    text = page(manager).get(reverse("intake:batch", args=[Batch.objects.get().pk])).content.decode()
    assert "What this survey found" not in text


def test_the_list_is_narrowed_and_the_look_is_kept(page, clerk, surveyed):
    client, address = page(clerk), reverse("registry:findings")
    everything = client.get(address, {"batch": surveyed.pk}).content.decode()
    assert all(
        code in everything
        for code in Household.objects.filter(findings__batch=surveyed).values_list("code", flat=True)
    )
    split = client.get(address, {"batch": surveyed.pk, "kind": "split"}).content.decode()
    assert household_of("B-2").code in split
    assert household_of("B-3").code not in split
    kept = Audit.objects.filter(action="registry.finding.list").latest("pk")
    assert kept.detail["query"] == f"batch={surveyed.pk}&kind=split"
    (split_off,) = Finding.objects.filter(batch=surveyed, kind="split")
    assert kept.id_set.ids == sorted([household_of("B-2").pk, split_off.other_id])


def test_whoever_works_elsewhere_sees_none_of_it(page, other_clerk, surveyed):
    client = page(other_clerk)
    text = client.get(reverse("registry:findings")).content.decode()
    assert household_of("B-2").code not in text
    one = Finding.objects.first()
    assert client.get(reverse("registry:finding", args=[one.pk])).status_code == 404


def test_two_households_stand_side_by_side_and_are_joined_and_parted(page, clerk, doubtful):
    client, address = page(clerk), reverse("registry:finding", args=[doubtful.pk])
    text = client.get(address).content.decode()
    assert household_of("A-1").code in text
    assert household_of("B-1").code in text
    assert "Person 4" in text  # who lived in the earlier one only
    assert "Person 21" in text
    join = reverse("registry:finding-join", args=[doubtful.pk])
    assert join in text
    assert client.get(join).status_code == 200
    assert client.post(join, {"reason": ""}).status_code == 422
    assert client.post(join, {"reason": "seen the papers"}).status_code == 302
    assert household_of("B-1") == household_of("A-1")
    text = client.get(address).content.decode()
    assert "seen the papers" in text
    assert join not in text
    reopen = reverse("registry:finding-reopen", args=[doubtful.pk])
    assert client.post(reopen, {"reason": "it was the neighbour"}).status_code == 302
    assert household_of("B-1") != household_of("A-1")
    apart = reverse("registry:finding-keep-apart", args=[doubtful.pk])
    assert client.post(apart, {"reason": "it was the neighbour"}).status_code == 302
    assert Finding.objects.get().state == "different"
    assert client.get(join).status_code == 409
    assert Audit.objects.filter(action="registry.finding.view", subject_id=doubtful.pk).exists()


def test_a_household_elsewhere_is_not_shown_and_nothing_is_decided(page, clerk, doubtful):
    attock = tehsils("Attock")[0]
    old = household_of("A-1")
    Household.objects.filter(pk=old.pk).update(area=attock, area_path=attock.path)
    client = page(clerk)
    text = client.get(reverse("registry:finding", args=[doubtful.pk])).content.decode()
    assert old.code not in text
    assert "outside the area of your duty" in text
    join = reverse("registry:finding-join", args=[doubtful.pk])
    assert join not in text
    assert client.post(join, {"reason": "seen the papers"}).status_code == 404


@pytest.fixture
def gone_to_attock(take_in, scorecards):
    """A household that a second survey met in another district, and one that split off there."""
    here, there = tehsils()[0], tehsils("Attock")[0]
    take_in(family("A-1", [1, 2, 3], area=here, on=FIRST) + family("A-2", [11, 12, 13], area=here, on=FIRST))
    return take_in(
        family("B-1", [1, 2, 3], area=there, on=SECOND)
        + family("B-2", [11, 12], area=here, on=SECOND)
        + family("B-3", [13], area=there, on=SECOND)
    )


def test_a_district_learns_who_moved_away_without_a_link_that_leads_nowhere(page, clerk, gone_to_attock):
    client, home = page(clerk), household_of("B-1")
    one = Finding.objects.get(household=home)
    assert one.kind == "moved"
    text = client.get(reverse("registry:findings"), {"kind": "moved"}).content.decode()
    assert home.code in text
    assert "Attock" in text
    address = reverse("registry:household", args=[home.pk])
    assert address not in text
    assert client.get(address).status_code == 404
    shown = client.get(reverse("registry:finding", args=[one.pk]))
    assert shown.status_code == 200
    assert "Person 1" not in shown.content.decode()


def test_the_other_household_out_of_sight_is_not_named(page, other_clerk, gone_to_attock):
    """Who came out of a household of another district is known here; which one it was is not."""
    split, old = household_of("B-3"), household_of("B-2")
    assert Finding.objects.get(household=split).other == old
    text = page(other_clerk).get(reverse("registry:findings"), {"kind": "split"}).content.decode()
    assert reverse("registry:household", args=[split.pk]) in text
    assert old.code not in text
    assert reverse("registry:household", args=[old.pk]) not in text
    assert "outside your area" in text


def test_who_sees_only_where_it_lived_before_decides_nothing(page, clerk, doubtful):
    attock = tehsils("Attock")[0]
    new = household_of("B-1")
    Household.objects.filter(pk=new.pk).update(area=attock, area_path=attock.path)
    Finding.objects.update(area_path=attock.path)
    client = page(clerk)
    join = reverse("registry:finding-join", args=[doubtful.pk])
    text = client.get(reverse("registry:finding", args=[doubtful.pk])).content.decode()
    assert household_of("A-1").code in text
    assert join not in text
    assert client.post(join, {"reason": "seen the papers"}).status_code == 404
    with pytest.raises(NotVisible):
        services.join_households(actor=clerk, finding_id=doubtful.pk, reason="seen the papers")


def test_an_analyst_sees_the_list_without_names_and_decides_nothing(page, analyst, doubtful):
    client = page(analyst)
    text = client.get(reverse("registry:findings")).content.decode()
    assert household_of("B-1").code in text
    assert "Person" not in text.replace("Persons", "")
    assert client.get(reverse("registry:finding", args=[doubtful.pk])).status_code == 403
    assert client.get(reverse("registry:finding-join", args=[doubtful.pk])).status_code == 403


def test_pages_ask_the_database_few_times(page, manager, doubtful, django_assert_max_num_queries):
    client = page(manager)
    for path in (reverse("registry:findings"), reverse("registry:finding", args=[doubtful.pk])):
        client.get(path)
        with django_assert_max_num_queries(22):
            client.get(path)
