import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from saiban.core import administration
from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Audit, Duty, Role
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_former_tries(no_throttle):
    yield
    cache.clear()


def log_in(client, username, password=PASSWORD):
    return client.post("/login/", {"login": username, "password": password})


def test_a_log_in_with_one_duty_leads_to_today_under_it(client, clerk):
    response = log_in(client, "clerk")
    assert (response.status_code, response.url) == (302, "/enter/")
    assert client.get("/enter/").url == "/"
    assert client.session[DUTY_KEY] == clerk.duty.pk
    assert Audit.objects.filter(actor=clerk, action="core.duty.enter").count() == 1


def test_a_wrong_password_is_refused_in_both_languages(client, clerk):
    response = log_in(client, "clerk", "wrong")
    assert response.status_code == 422
    assert "do not fit together" in response.content.decode()
    client.cookies["saiban_language"] = "ur"
    assert "مطابقت نہیں رکھتے" in log_in(client, "clerk", "wrong").content.decode()
    assert "_auth_user_id" not in client.session


def test_the_sixth_wrong_password_within_five_minutes_is_refused_and_so_is_the_right_one(client, clerk):
    tries = [log_in(client, "clerk", "wrong").status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]
    right = log_in(client, "clerk")
    assert right.status_code == 429
    assert "Wait five minutes" in right.content.decode()


def test_a_new_password_opens_the_door_at_once(client, at_work, administrator, clerk, other_clerk):
    for name in ("clerk", "other_clerk"):
        for _ in range(5):
            log_in(client, name, "wrong")
    answer = at_work(administrator).post(f"/administration/{clerk.pk}/password/", {"reason": "forgotten"})
    password = re.search(r'id="password">([^<]+)<', answer.content.decode()).group(1)
    assert log_in(Client(REMOTE_ADDR="10.0.0.7"), "clerk", password).status_code == 302
    assert log_in(Client(REMOTE_ADDR="10.0.0.7"), "other_clerk").status_code == 429


def test_every_page_leads_to_changing_ones_password(at_work, clerk):
    assert 'href="/password/"' in at_work(clerk).get("/").content.decode()


def test_who_tried_does_not_throttle_another_log_in(client, clerk, other_clerk):
    for _ in range(6):
        log_in(client, "clerk", "wrong")
    assert log_in(client, "other_clerk").status_code == 302


def test_a_failed_try_is_on_record(client, clerk):
    log_in(client, "clerk", "wrong")
    log_in(client, "nobody", "wrong")
    assert list(Audit.objects.filter(kind="refused").values_list("action", "actor__username")) == [
        ("core.actor.log_in", "clerk")
    ]


def test_a_closed_log_in_does_not_open(client, administrator, clerk):
    administration.deactivate_actor(actor=administrator, actor_id=clerk.pk, reason="on leave")
    response = log_in(client, "clerk")
    assert response.status_code == 403
    assert "This log-in is closed" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_log_in_that_is_closed_meanwhile_ends_with_the_next_page(at_work, administrator, clerk):
    client = at_work(clerk)
    assert client.get("/progress/").status_code == 200
    administration.deactivate_actor(actor=administrator, actor_id=clerk.pk, reason="on leave")
    assert client.get("/progress/").url.startswith("/login/")


@pytest.mark.parametrize("path", ["/signup/", "/email/", "/password/reset/", "/inactive/"])
def test_there_is_no_other_door(client, db, path):
    assert client.get(path).status_code == 404


def test_several_duties_are_listed_and_only_ones_own_can_be_chosen(at_work, clerk, other_clerk):
    second = Duty.objects.create(
        actor=clerk,
        role=Role.AUDITOR,
        area=clerk.duty.area,
        agency=clerk.duty.agency,
        purpose="checks",
        starts_on=timezone.localdate(),
    )
    client = at_work(clerk)
    page = client.get("/enter/").content.decode()
    assert "clerk, Rajanpur" in page
    assert "auditor, Rajanpur" in page
    assert client.post("/enter/", {"duty": other_clerk.duty.pk}).status_code == 404
    assert client.post("/enter/", {"duty": "x"}).status_code == 404
    assert client.session[DUTY_KEY] == clerk.duty.pk
    assert client.post("/enter/", {"duty": second.pk}).url == "/"
    assert client.session[DUTY_KEY] == second.pk


def test_without_a_duty_a_page_says_whom_to_ask(at_work, clerk):
    Duty.objects.filter(actor=clerk).update(ends_on=timezone.localdate())
    response = at_work(clerk).get("/enter/")
    assert response.status_code == 403
    assert "Ask the administrator" in response.content.decode()
    assert at_work(clerk).get("/").url == "/enter/"


def test_a_one_time_password_has_to_be_replaced_first(client, administrator):
    made, password = administration.create_actor(
        actor=administrator, username="sana", name_en="Sana Gul", name_ur="ثنا گل"
    )
    log_in(client, "sana", password)
    assert client.get("/enter/").url == "/password/"
    form = {"oldpassword": password, "password1": "neem-by-the-well", "password2": "neem-by-the-well"}
    assert client.post("/password/", form).url == "/enter/"
    made.refresh_from_db()
    assert made.check_password("neem-by-the-well")
    assert client.get("/enter/").status_code == 403  # still logged in; no duty yet


@pytest.mark.parametrize(
    ("old", "first", "second", "words"),
    [
        ("wrong", "neem-by-the-well", "neem-by-the-well", "not your present password"),
        (PASSWORD, "neem-by-the-well", "neem-by-the-wall", "two new passwords differ"),
        (PASSWORD, "1234567890", "1234567890", "password"),
    ],
)
def test_a_password_that_will_not_do_is_refused(at_work, clerk, old, first, second, words):
    form = {"oldpassword": old, "password1": first, "password2": second}
    response = at_work(clerk).post("/password/", form)
    assert response.status_code == 422
    assert words in response.content.decode()
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


def test_the_language_is_remembered_with_the_log_in(at_work, clerk):
    at_work(clerk).post("/language/", {"language": "ur", "next": "/progress/"})
    clerk.refresh_from_db()
    assert clerk.language == "ur"
    other_device = Client()
    other_device.force_login(clerk)
    assert other_device.get("/enter/").cookies["saiban_language"].value == "ur"


def test_the_language_chosen_at_the_door_is_remembered(client, clerk):
    client.cookies["saiban_language"] = "ur"
    log_in(client, "clerk")
    client.get("/enter/")
    clerk.refresh_from_db()
    assert clerk.language == "ur"


def test_a_stranger_can_switch_the_language_and_an_unknown_one_changes_nothing(client, db, at_work, clerk):
    response = client.post("/language/", {"language": "ur", "next": "/login/"})
    assert response.cookies["saiban_language"].value == "ur"
    at_work(clerk).post("/language/", {"language": "fr"})
    clerk.refresh_from_db()
    assert clerk.language == "en"


def test_logging_out_asks_first_and_forgets_the_language_of_the_device(at_work, clerk):
    client = at_work(clerk, "ur")
    assert client.get("/logout/").status_code == 200
    response = client.post("/logout/")
    assert response.url == "/login/"
    assert response.cookies["saiban_language"].value == ""
    assert client.get("/progress/").url.startswith("/login/")
