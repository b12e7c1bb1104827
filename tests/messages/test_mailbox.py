import pytest
from django.test import Client

from saiban.core import outbox
from saiban.core.administration import end_duty, give_duty
from saiban.core.errors import NotAllowed, NotVisible
from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Agency, Audit
from saiban.messages import services
from saiban.messages.models import Message

pytestmark = pytest.mark.django_db


def send(system, to, key="one", **words):
    said = {"duty": "clerk, Attock"} | words
    return services.send(actor=system, to=to, template="core.duty.ended", key=key, link="/enter/", **said)


def browse(actor, language="en"):
    client = Client()
    client.force_login(actor)
    client.cookies["saiban_language"] = language
    session = client.session
    session[DUTY_KEY] = actor.duty.pk
    session.save()
    return client


def test_a_message_is_written_in_the_language_of_its_receiver(system, clerk):
    clerk.language = "ur"
    clerk.save()
    message = send(system, clerk)
    assert message.language == "ur"
    assert message.title == "آپ کی ایک ذمہ داری ختم ہو گئی: clerk, Attock"


def test_the_same_key_is_said_once(system, clerk):
    assert send(system, clerk) == send(system, clerk)
    assert Message.objects.count() == 1


def test_a_title_that_is_too_long_is_cut_and_the_text_is_not(system, clerk):
    message = send(system, clerk, duty="x" * 300)
    assert len(message.title) == 200
    assert "x" * 300 in message.body


def test_only_the_system_sends(clerk, other_clerk):
    with pytest.raises(NotAllowed):
        send(clerk, other_clerk)
    assert not Message.objects.exists()


def test_a_message_is_read_by_its_receiver_only_and_the_first_time_counts(system, clerk, other_clerk):
    message = send(system, clerk)
    with pytest.raises(NotVisible):
        services.read(actor=other_clerk, message_id=message.pk)
    first = services.read(actor=clerk, message_id=message.pk).read_at
    assert services.read(actor=clerk, message_id=message.pk).read_at == first


def test_what_is_sent_is_on_record_without_its_words(system, clerk):
    message = send(system, clerk)
    row = Audit.objects.about("saiban_messages.message", message.pk).get()
    assert (row.action, row.detail["to"]) == ("messages.message.send", clerk.pk)
    assert "Attock" not in str(row.detail)


def test_the_mailbox_lists_opens_and_counts(system, clerk):
    message = send(system, clerk)
    client = browse(clerk)
    assert 'class="count">1<' in client.get("/messages/").content.decode()
    assert client.post(f"/messages/{message.pk}/read/").url == f"/messages/{message.pk}/"
    page = client.get(f"/messages/{message.pk}/").content.decode()
    assert "You no longer work as clerk, Attock." in page
    assert 'href="/enter/"' in page
    assert 'class="count"' not in page


def test_a_look_at_a_message_does_not_mark_it(system, clerk):
    message = send(system, clerk)
    page = browse(clerk).get(f"/messages/{message.pk}/").content.decode()
    assert f"/messages/{message.pk}/read/" in page
    message.refresh_from_db()
    assert message.read_at is None


def test_an_empty_mailbox_says_what_comes_here_in_both_languages(clerk):
    assert "No messages" in browse(clerk).get("/messages/").content.decode()
    assert "کوئی پیغام نہیں" in browse(clerk, "ur").get("/messages/").content.decode()


def test_another_persons_message_is_not_there(system, clerk, other_clerk):
    message = send(system, clerk)
    client = browse(other_clerk)
    assert client.get(f"/messages/{message.pk}/").status_code == 404
    assert client.post(f"/messages/{message.pk}/read/").status_code == 404


def test_who_gets_or_loses_a_duty_is_told_once(administrator, clerk, other_clerk):
    duty = give_duty(
        actor=administrator,
        actor_id=clerk.pk,
        role="analyst",
        area_id=other_clerk.duty.area_id,
        agency_id=Agency.objects.first().pk,
        purpose="survey",
        starts_on=other_clerk.duty.starts_on,
    )
    outbox.drain()
    outbox.drain()
    end_duty(actor=administrator, duty_id=duty.pk, reason="moved")
    outbox.drain()
    titles = list(Message.objects.filter(to=clerk).order_by("pk").values_list("title", flat=True))
    assert titles == ["You have a new duty: analyst, Attock", "A duty of yours has ended: analyst, Attock"]
