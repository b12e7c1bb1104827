"""Looking back: what was known of a household on a day that has passed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from saiban.core.errors import NotVisible
from saiban.core.models import Audit
from saiban.registry import queries, resolving
from saiban.registry.models import Profile
from tests.intake import files
from tests.registry.test_views import page

__all__ = ["page"]
pytestmark = pytest.mark.django_db
WHY = "seen at the door"


def values_of(shown):
    return {line.field: line.value for line in shown.values}


def looked_back(actor, home, on=None):
    return queries.household_past(actor=actor, household_id=home.pk, on=on or timezone.localdate())


def test_at_the_end_of_today_it_is_what_holds_now(manager, home):
    profile = Profile.objects.visible_to(manager).shown_to(manager).get(household=home)
    shown = looked_back(manager, home)
    assert values_of(shown) == profile.shown
    assert {line.field: line.source for line in shown.values} == {
        code: origin["source"] for code, origin in profile.whence.items()
    }


def test_before_anything_came_in_nothing_was_known(manager, home):
    shown = looked_back(manager, home, timezone.localdate() - timedelta(days=1))
    assert shown.values == []
    assert shown.today["rooms"]


def test_what_came_in_later_was_not_known_then(correct, manager, home, monkeypatch):
    before = Profile.objects.get(household=home).values["rooms"]
    between = timezone.now()
    correct(manager, home, "rooms", before + 3)
    assert values_of(looked_back(manager, home))["rooms"] == before + 3
    monkeypatch.setattr(resolving, "end_of", lambda day: between)
    shown = looked_back(manager, home)
    assert values_of(shown)["rooms"] == before
    assert shown.today["rooms"] == before + 3


def test_a_later_delivery_was_not_known_then(manager, home, take_in, rajanpur, monkeypatch):
    known = values_of(looked_back(manager, home))
    between = timezone.now()
    rows = files.household("H-1", home=rajanpur)
    for row in rows:
        row["rooms"] = "7"
    take_in(rows, month="2026-06")
    assert values_of(looked_back(manager, home)) != known
    monkeypatch.setattr(resolving, "end_of", lambda day: between)
    assert values_of(looked_back(manager, home)) == known


def test_evidence_is_as_old_as_it_was_on_that_day(manager, home, monkeypatch):
    """Ages count from the day looked back to: what is fresh today is too old in ten years."""
    assert not any(line.too_old for line in looked_back(manager, home).values)
    in_ten_years = resolving.heard([home.pk], on=timezone.localdate() + timedelta(days=3653))
    later, _persons = resolving.profiles_of(in_ten_years)
    assert "too_old" in later.to_pylist()[0]["origin"]


def test_members_are_those_who_lived_there_with_the_ages_of_that_day(manager, home):
    living = looked_back(manager, home)
    today = queries.household_page(actor=manager, household_id=home.pk)
    assert [member.name for member in living.members] == [member.name for member in today.members]
    joined = min(row.during.lower for row in home.memberships.all())
    assert looked_back(manager, home, joined - timedelta(days=1)).members == []
    born = home.memberships.first().person.birth_date
    first = looked_back(manager, home, joined).members[0]
    years = joined.year - born.year - ((joined.month, joined.day) < (born.month, born.day))
    assert first.age == years


def test_of_each_member_stands_there_what_was_known_then(manager, home, take_in, rajanpur, monkeypatch):
    boy = home.memberships.get(head=False).person
    profile = Profile.objects.visible_to(manager).shown_to(manager).get(person=boy)
    before = {line.field: line.value for line in looked_back(manager, home).of_members[boy.pk]}
    assert before == profile.shown != {}
    between = timezone.now()
    rows = files.household("H-1", home=rajanpur)
    rows[1]["schooling_years"] = "5"
    take_in(rows, month="2026-06")
    later = {line.field: line.value for line in looked_back(manager, home).of_members[boy.pk]}
    assert (before["schooling_years"], later["schooling_years"]) == (4, 5)
    monkeypatch.setattr(resolving, "end_of", lambda day: between)
    then = looked_back(manager, home).of_members[boy.pk]
    assert {line.field: line.value for line in then} == before


def test_what_a_duty_does_not_show_is_not_shown_of_the_past(analyst, manager, home):
    hidden = set(values_of(looked_back(manager, home))) - set(values_of(looked_back(analyst, home)))
    assert "has_bank_account" in hidden
    assert [member.name for member in looked_back(analyst, home).members] == [""] * home.memberships.count()


def test_another_district_has_no_past_either(other_clerk, home):
    with pytest.raises(NotVisible):
        looked_back(other_clerk, home)


def test_the_look_is_kept_with_its_day(manager, home):
    looked_back(manager, home, date(2026, 4, 1))
    row = Audit.objects.filter(action="registry.household.view").first()
    assert (row.subject_id, row.detail["on"]) == (home.pk, "2026-04-01")


def test_the_page_asks_for_a_day_and_shows_it(page, manager, home):
    client = page(manager)
    url = reverse("registry:household-past", args=[home.pk])
    assert 'name="on"' in client.get(url).content.decode()
    today = client.get(url, {"on": timezone.localdate().isoformat()}).content.decode()
    assert "Zainab Bibi" in today
    assert "not what is known today" in today
    long_ago = client.get(url, {"on": "2020-04-01"}).content.decode()
    assert "Nothing was known of this household on that day." in long_ago
    assert "Nobody is known to have lived here on that day." in long_ago


def test_what_differs_now_stands_beside_it(correct, page, manager, home, monkeypatch):
    between = timezone.now()
    correct(manager, home, "rooms", 9)
    monkeypatch.setattr(resolving, "end_of", lambda day: between)
    url = reverse("registry:household-past", args=[home.pk])
    text = page(manager).get(url, {"on": timezone.localdate().isoformat()}).content.decode()
    assert text.count("Today: ") >= 1
    assert "Today: 9" in text


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "", "9999-12-31"])
def test_a_day_that_is_none_is_refused_at_the_field(page, manager, home, day):
    response = page(manager).get(reverse("registry:household-past", args=[home.pk]), {"on": day})
    assert response.status_code == 422
    assert 'href="#id_on"' in response.content.decode()
