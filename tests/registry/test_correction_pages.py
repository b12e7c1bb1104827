"""Pages of corrections: the form, the list, the steps; who sees what, in both languages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from saiban.core import outbox
from saiban.core.models import Audit
from saiban.registry.correcting import services, waiting
from saiban.registry.models import Correction, Profile
from tests.registry.test_corrections import propose
from tests.registry.test_views import page

__all__ = ["page"]
pytestmark = pytest.mark.django_db
WHY = "seen at the door"
STEPS = ("approve", "refuse", "withdraw", "lift")


def in_days(count):
    return (timezone.localdate() + timedelta(days=count)).isoformat()


def text_of(client, url, query=None):
    return client.get(url, query or {}).content.decode()


def url_of(step, row):
    name = f"registry:correction-{step}" if step else "registry:correction"
    return reverse(name, args=[row.pk])


def waited(row, **ago):
    Correction.objects.filter(pk=row.pk).update(proposed_at=timezone.now() - timedelta(**ago))


def test_a_clerk_proposes_on_the_page_and_the_household_says_so(page, clerk, home):
    client = page(clerk)
    chosen = client.get(reverse("registry:correct", args=[home.pk]), {"field": "rooms"})
    url = reverse("registry:correct-field", args=[home.pk, "rooms"])
    assert chosen.url == url
    asked = text_of(client, url)
    assert "Now in use" in asked
    assert "another person approves" in asked
    assert f'value="{in_days(365)}"' in asked
    given = {"value": "many", "reason": WHY, "ends_on": in_days(30)}
    refused = client.post(url, given)
    assert refused.status_code == 422
    assert "a whole number from 1 to 40" in refused.content.decode()
    before = Profile.objects.get(household=home).values["rooms"]
    assert client.post(url, given | {"value": "4"}).status_code == 302
    assert Profile.objects.get(household=home).values["rooms"] == before
    row = Correction.objects.get()
    assert (row.value, row.ends_on.isoformat(), row.state) == (4, in_days(30), "proposed")
    shown = text_of(client, reverse("registry:household", args=[home.pk]))
    assert "proposed by Clerk, waits for a second person" in shown
    assert "Nothing changes until another person approves it" in shown
    again = text_of(client, url)
    assert "Proposed already" in again
    assert '<input type="date"' not in again


def test_what_moves_no_score_is_saved_at_once(page, clerk, home):
    client = page(clerk)
    url = reverse("registry:correct-field", args=[home.pk, "has_washing_machine"])
    assert "another person approves" not in text_of(client, url)
    client.post(url, {"value": "yes", "reason": WHY, "ends_on": in_days(30)})
    assert Profile.objects.get(household=home).values["has_washing_machine"] is True
    assert "holds at once" in text_of(client, reverse("registry:household", args=[home.pk]))


@pytest.mark.parametrize("day", ["", "2026-02-30", "1999-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused_at_the_field(page, clerk, home, day):
    url = reverse("registry:correct-field", args=[home.pk, "rooms"])
    response = page(clerk).post(url, {"value": "4", "reason": WHY, "ends_on": day})
    assert response.status_code == 422
    assert 'href="#id_ends_on"' in response.content.decode()
    assert not Correction.objects.exists()


def test_a_second_person_is_told_what_follows_and_approves(page, clerk, officer, home):
    before = Profile.objects.get(household=home)
    row = propose(clerk, home, value=before.values["rooms"] + 4)
    client = page(officer)
    shown = text_of(client, url_of("", row))
    assert "What it would do to the score" in shown
    asked = text_of(client, url_of("approve", row))
    assert "The score moves from" in asked
    assert home.code in asked
    assert client.post(url_of("approve", row)).url == url_of("", row)
    profile = Profile.objects.get(household=home)
    assert profile.values["rooms"] == before.values["rooms"] + 4
    outbox.drain()
    profile.refresh_from_db()
    assert f"to {profile.score:.1f}" in asked  # what was foreseen came true
    assert "What it would do" not in text_of(client, url_of("", row))


def test_a_refusal_asks_for_a_reason_and_shows_it(page, clerk, officer, home):
    row = propose(clerk, home)
    client = page(officer)
    assert client.post(url_of("refuse", row), {"reason": ""}).status_code == 422
    client.post(url_of("refuse", row), {"reason": "two rooms are a stable"})
    assert "two rooms are a stable" in text_of(page(clerk), url_of("", row))


def test_the_proposer_withdraws_and_nobody_else(page, clerk, officer, home):
    row = propose(clerk, home)
    assert page(officer).get(url_of("withdraw", row)).status_code == 403
    client = page(clerk)
    assert url_of("withdraw", row) in text_of(client, url_of("", row))
    assert client.post(url_of("withdraw", row)).status_code == 302
    assert Correction.objects.get().state == "withdrawn"
    assert client.get(url_of("withdraw", row)).status_code == 409


def test_lifting_asks_for_a_reason_and_the_sources_hold_again(page, correct, clerk, officer, home):
    before = Profile.objects.get(household=home).values
    row = correct(clerk, home, "rooms", 9)
    client = page(officer)
    assert client.post(url_of("lift", row), {"reason": ""}).status_code == 422
    assert client.post(url_of("lift", row), {"reason": "the wrong house"}).status_code == 302
    assert Profile.objects.get(household=home).values == before
    assert "the wrong house" in text_of(client, url_of("", row))


def test_nobody_is_offered_a_step_that_is_refused(page, correct, clerk, officer, manager, home):
    rows = [
        propose(officer, home),
        correct(officer, home, "has_gas", "yes"),
        correct(officer, home, "has_washing_machine", "yes"),  # moves no score: the proposer may lift it
    ]
    for actor in (clerk, officer, manager):
        client = page(actor)
        for row in rows:
            shown = text_of(client, url_of("", row))
            for step in STEPS:
                offered = url_of(step, row) in shown
                assert offered == (client.get(url_of(step, row)).status_code == 200), (actor, row, step)


def test_lifting_what_moved_a_score_is_not_offered_to_who_proposed_it(page, correct, officer, manager, home):
    weighed, free = (correct(officer, home, field, "yes") for field in ("has_gas", "has_washing_machine"))
    for actor, row, status in ((officer, weighed, 403), (officer, free, 200), (manager, weighed, 200)):
        client = page(actor)
        assert client.get(url_of("lift", row)).status_code == status
        assert client.post(url_of("lift", row), {"reason": ""}).status_code == (403 if status == 403 else 422)
        assert (url_of("lift", row) in text_of(client, url_of("", row))) == (status == 200)


def test_the_list_narrows_and_is_kept(page, correct, clerk, officer, manager, home, elsewhere):
    waits, holds = propose(clerk, home), correct(clerk, home, "has_gas", "yes")
    soon = correct(clerk, home, "toilet", "none", ends_on=timezone.localdate() + timedelta(days=20))
    mine = propose(officer, home, "urban", "yes")
    withdrawn = propose(clerk, home, "land_acres", "2")
    services.withdraw_correction(actor=clerk, correction_id=withdrawn.pk)
    ended = correct(clerk, home, "has_car", "yes")
    services.lift_correction(actor=officer, correction_id=ended.pk, reason="the wrong house")
    far = propose(manager, elsewhere)
    expected = {
        "": [waits, mine, soon, holds, ended, withdrawn],
        "for_me": [waits],
        "waiting": [waits, mine],
        "in_force": [soon, holds],
        "soon": [soon],
        "ended": [ended],
        "not": [withdrawn],
        "mine": [mine],
    }
    client = page(officer)
    for show, rows in expected.items():
        response = client.get(reverse("registry:corrections"), {"show": show})
        assert [one.record for one in response.context["table"].page] == rows, show
    kept = Audit.objects.filter(action="registry.correction.view").order_by("pk").last()
    assert (kept.id_set.ids, kept.detail["query"]) == ([home.pk], "show=mine")
    everyone = page(manager).get(reverse("registry:corrections"), {"area": elsewhere.area.code})
    assert [one.record for one in everyone.context["table"].page] == [far]


def test_those_that_wait_longest_stand_first_and_are_marked(page, clerk, officer, home):
    first, second = propose(clerk, home), propose(clerk, home, "has_gas", "yes")
    waited(second, days=8)
    response = page(officer).get(reverse("registry:corrections"))
    assert [one.record for one in response.context["table"].page] == [second, first]
    assert response.content.decode().count(">late<") == 1
    assert ">late<" in text_of(page(officer), url_of("", second))


def test_the_navigation_and_today_count_what_waits_for_me(page, clerk, officer, home):
    row = propose(clerk, home)
    propose(officer, home, "has_gas", "yes")
    assert waiting.waiting(officer) == 1
    assert waiting.waiting(clerk) == 0
    today = text_of(page(officer), "/")
    assert "Approve 1 correction" in today
    assert "?show=for_me" in today
    assert "Approve 1 correction" not in text_of(page(clerk), "/")
    waited(row, days=9)
    assert "9 days" in text_of(page(officer), "/")


def test_a_field_that_the_duty_does_not_show_is_not_there(page, manager, home, monkeypatch):
    """A clerk who sees ordinary fields only: neither proposes nor finds a correction of a personal one."""
    from saiban.config import duties
    from saiban.core.access import Grant

    row = propose(manager, home, "has_bank_account", "yes")
    blind = {role: Grant(grant.permissions, frozenset({"ordinary"})) for role, grant in duties.DUTIES.items()}
    client = page(manager)
    assert "Bank account" in text_of(client, reverse("registry:corrections"))
    monkeypatch.setattr("saiban.core.access.grants", lambda: blind)
    assert "Bank account" not in text_of(client, reverse("registry:corrections"))
    assert "Bank account" not in text_of(client, reverse("registry:household", args=[home.pk]))
    assert client.get(url_of("", row)).status_code == 404
    assert client.get(url_of("lift", row)).status_code == 404
    asked = reverse("registry:correct-field", args=[home.pk, "has_bank_account"])
    assert client.get(asked).status_code == 404


def test_what_has_ended_says_so_in_all_that_was_said(page, correct, clerk, officer, home):
    row = correct(clerk, home, "rooms", 9)
    services.lift_correction(actor=officer, correction_id=row.pk, reason="the wrong house")
    shown = text_of(page(clerk), reverse("registry:household-history", args=[home.pk]), {"field": "rooms"})
    assert "a correction that has ended" in shown


def test_the_pages_are_in_urdu(page, correct, clerk, officer, home):
    row, holds = propose(clerk, home), correct(clerk, home, "has_gas", "yes")
    client = page(officer)
    client.cookies["saiban_language"] = "ur"
    for url, words in (
        (reverse("registry:corrections"), "تصحیحات"),
        (url_of("", row), "دوسرے شخص کی منتظر"),
        (url_of("approve", row), "اسکور"),
        (url_of("refuse", row), "کیا یہ تصحیح رد کی جائے؟"),
        (url_of("lift", holds), "فوراً پھر وہی مانا جائے گا"),
        (reverse("registry:household", args=[home.pk]), "دوسرے شخص کی منتظر"),
        (reverse("registry:correct-field", args=[home.pk, "toilet"]), "کس دن تک برقرار"),
    ):
        assert words in text_of(client, url), url


def test_the_pages_ask_the_database_little(page, clerk, officer, home, django_assert_max_num_queries):
    row, client = propose(clerk, home), page(officer)
    for url in (reverse("registry:corrections"), url_of("", row), url_of("approve", row)):
        with django_assert_max_num_queries(12 + 2):  # and the savepoint around the look
            assert client.get(url).status_code == 200


def test_who_may_not_see_corrections_still_sees_the_household(page, analyst, clerk, home):
    row = propose(clerk, home)
    client = page(analyst)
    shown = client.get(reverse("registry:household", args=[home.pk]))
    assert shown.status_code == 200
    assert 'id="corrections"' not in shown.content.decode()
    assert client.get(url_of("", row)).status_code == 403
    assert client.get(reverse("registry:corrections")).status_code == 403
