import re

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from saiban.core.models import Actor, Agency, Announcement, Area, Duty, PeriodicRun

pytestmark = pytest.mark.django_db
NEW = {"username": "sana.gul", "name_en": "Sana Gul", "name_ur": "ثنا گل", "language": "ur"}


def open_log_in(client, **changed):
    return client.post("/administration/new/", NEW | changed)


def password_in(response):
    return re.search(r'id="password">([^<]+)<', response.content.decode()).group(1)


def test_a_new_log_in_shows_its_password_once(at_work, administrator):
    client = at_work(administrator)
    response = open_log_in(client)
    password = password_in(response)
    made = authenticate(username="sana.gul", password=password)
    assert made.name_ur == "ثنا گل"
    assert "no-store" in response["Cache-Control"]
    assert password not in client.get(f"/administration/{made.pk}/").content.decode()


@pytest.mark.parametrize(
    "changed", [{"username": "administrator"}, {"username": "Two Words"}, {"username": "x"}, {"name_ur": ""}]
)
def test_a_log_in_that_cannot_be_is_refused_with_its_field(at_work, administrator, changed):
    before = Actor.objects.count()
    response = open_log_in(at_work(administrator), **changed)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert Actor.objects.count() == before


def test_the_list_names_people_and_their_duties_but_no_jobs(at_work, administrator, clerk, system):
    shown = at_work(administrator).get("/administration/").content.decode()
    table = shown.split('id="log-ins"')[1].split("</section>")[0]
    assert "clerk, Rajanpur" in table
    assert ">system<" not in table


def test_the_auditor_sees_log_ins_and_changes_none(at_work, auditor, clerk):
    client = at_work(auditor)
    assert "/administration/new/" not in client.get("/administration/").content.decode()
    shown = client.get(f"/administration/{clerk.pk}/").content.decode()
    assert "clerk, Rajanpur" in shown
    assert "/close/" not in shown
    assert "/end/" not in shown


def test_nobody_is_offered_to_administer_himself(at_work, administrator):
    shown = at_work(administrator).get(f"/administration/{administrator.pk}/").content.decode()
    assert "/close/" not in shown
    assert "/duty/" not in shown.replace("/administration/duty/", "")


def test_closing_a_log_in_asks_first_and_wants_a_reason(at_work, administrator, clerk):
    client, path = at_work(administrator), f"/administration/{clerk.pk}/close/"
    assert "This is what will happen" in client.get(path).content.decode()
    assert client.post(path, {"reason": " "}).status_code == 422
    clerk.refresh_from_db()
    assert clerk.is_active
    assert client.post(path, {"reason": "left the office"}).url == f"/administration/{clerk.pk}/"
    clerk.refresh_from_db()
    assert not clerk.is_active
    assert client.post(f"/administration/{clerk.pk}/open/", {"reason": "is back"}).status_code == 302
    clerk.refresh_from_db()
    assert clerk.is_active


def test_ones_own_log_in_is_not_closed_by_address_either(at_work, administrator):
    response = at_work(administrator).post(
        f"/administration/{administrator.pk}/close/", {"reason": "to see what happens"}
    )
    assert response.status_code == 409
    assert "another administrator" in response.content.decode()


def test_a_reset_password_is_shown_once_and_works(at_work, administrator, clerk):
    client, path = at_work(administrator), f"/administration/{clerk.pk}/password/"
    response = client.post(path, {"reason": "forgotten"})
    assert authenticate(username="clerk", password=password_in(response)) == clerk
    assert 'id="password"' not in client.get(path).content.decode()


def duty_form(**changed):
    return {
        "role": "analyst",
        "area": Area.objects.get(level="province").pk,
        "agency": Agency.objects.first().pk,
        "purpose": "yearly review",
        "starts_on": timezone.localdate().strftime("%d/%m/%Y"),
        "ends_on": "",
    } | changed


def test_a_duty_is_given_and_ended(at_work, administrator, clerk):
    client = at_work(administrator)
    assert client.post(f"/administration/{clerk.pk}/duty/", duty_form()).status_code == 302
    duty = Duty.objects.get(actor=clerk, role="analyst")
    assert (duty.purpose, duty.starts_on) == ("yearly review", timezone.localdate())
    ended = client.post(f"/administration/duty/{duty.pk}/end/", {"reason": "review is over"})
    assert ended.url == f"/administration/{clerk.pk}/"
    assert not Duty.objects.open_on(timezone.localdate()).filter(pk=duty.pk).exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "system"},
        {"area": "0"},
        {"starts_on": "31/02/2026"},
        {"ends_on": "01/01/2020"},
        {"purpose": ""},
    ],
)
def test_a_duty_that_cannot_be_is_refused(at_work, administrator, clerk, changed):
    response = at_work(administrator).post(f"/administration/{clerk.pk}/duty/", duty_form(**changed))
    assert response.status_code == 422
    assert Duty.objects.filter(actor=clerk).count() == 1


def test_the_last_administrator_s_duty_is_not_ended(at_work, administrator):
    response = at_work(administrator).post(
        f"/administration/duty/{administrator.duty.pk}/end/", {"reason": "to see what happens"}
    )
    assert response.status_code == 409
    assert "last administrator" in response.content.decode()


def test_waiting_failed_and_late_work_shows(at_work, administrator):
    Announcement.objects.create(name="tests.waits", key="w")
    Announcement.objects.create(
        name="tests.failed", key="f", tries=8, last_error="ValueError in tests, line 1"
    )
    PeriodicRun.objects.create(
        name="core.chain.checkpoint", last_started_at=timezone.now(), last_error="OSError in tests, line 2"
    )
    shown = at_work(administrator).get("/administration/").content.decode()
    assert "ValueError in tests, line 1" in shown
    assert "OSError in tests, line 2" in shown
    facts = re.findall(r"<dd>(\d+)", shown.split('id="work"')[1])
    assert facts[:2] == ["1", "1"]


def test_administration_is_in_urdu(at_work, administrator, clerk):
    client = at_work(administrator, "ur")
    for path, words in (
        ("/administration/", "پسِ پردہ کام"),
        (f"/administration/{clerk.pk}/", "ذمہ داریاں"),
        (f"/administration/{clerk.pk}/close/", "یہ لاگ اِن بند کریں؟"),
        ("/administration/new/", "لاگ اِن نام"),
    ):
        assert words in client.get(path).content.decode()
