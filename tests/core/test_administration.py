import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from saiban.core import administration, foundation
from saiban.core.errors import NotAllowed, NotVisible, ReasonMissing, Refused
from saiban.core.models import Actor, Agency, Area, Audit, Duty, Role

pytestmark = pytest.mark.django_db


def give(administrator, to, *, role=Role.CLERK, place="Rajanpur", starts_on=None, ends_on=None):
    return administration.give_duty(
        actor=administrator,
        actor_id=to.pk,
        role=role,
        area_id=Area.objects.filter(name_en=place).order_by("path").first().pk,
        agency_id=Agency.objects.get(code=foundation.OWNER_AGENCY).pk,
        purpose="survey",
        starts_on=starts_on or timezone.localdate(),
        ends_on=ends_on,
    )


def holds(duty, day):
    return Duty.objects.open_on(day).filter(pk=duty.pk).exists()


def create(administrator, username="sana"):
    return administration.create_actor(
        actor=administrator, username=username, name_en="Sana Gul", name_ur="ثنا گل", language="ur"
    )


def test_a_new_log_in_opens_with_its_one_time_password_and_no_other(administrator):
    made, password = create(administrator)
    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password)
    assert authenticate(username="sana", password=password) == made
    assert authenticate(username="sana", password="another-one") is None
    assert made.password_is_temporary
    assert made.language == "ur"


def test_one_time_passwords_differ():
    assert len({administration.one_time_password() for _ in range(200)}) == 200


def test_what_is_done_to_a_log_in_is_audited_without_the_password(administrator):
    made, password = create(administrator)
    administration.deactivate_actor(actor=administrator, actor_id=made.pk, reason="left the office")
    rows = Audit.objects.about("core.actor", made.pk).filter(kind="write")
    assert {row.action: row.reason for row in rows} == {
        "core.actor.create": "",
        "core.actor.deactivate": "left the office",
    }
    assert password not in str(list(rows.values()))


@pytest.mark.parametrize("username", ["administrator", "  ADMINISTRATOR ", "two words", ""])
def test_a_log_in_whose_name_is_taken_or_impossible_is_refused(administrator, username):
    with pytest.raises(Refused):
        create(administrator, username)


def test_a_changed_password_is_no_longer_temporary(administrator):
    made, _ = create(administrator)
    administration.change_password(actor=made, password="neem-tree-by-the-well")
    made.refresh_from_db()
    assert not made.password_is_temporary
    assert authenticate(username="sana", password="neem-tree-by-the-well") == made


def test_a_reset_password_replaces_the_old_one(administrator, clerk):
    password = administration.reset_password(actor=administrator, actor_id=clerk.pk, reason="forgotten")
    clerk.refresh_from_db()
    assert clerk.check_password(password)
    assert clerk.password_is_temporary


def test_nobody_resets_their_own_password_with_it(administrator):
    with pytest.raises(Refused):
        administration.reset_password(actor=administrator, actor_id=administrator.pk, reason="forgotten")


def test_a_deactivated_actor_may_nothing_until_activated(administrator, clerk):
    administration.deactivate_actor(actor=administrator, actor_id=clerk.pk, reason="on leave")
    clerk.refresh_from_db()
    assert not clerk.is_active
    administration.activate_actor(actor=administrator, actor_id=clerk.pk, reason="back")
    clerk.refresh_from_db()
    assert clerk.is_active


def test_a_reason_is_needed(administrator, clerk):
    with pytest.raises(ReasonMissing):
        administration.deactivate_actor(actor=administrator, actor_id=clerk.pk, reason="  ")
    clerk.refresh_from_db()
    assert clerk.is_active


def test_nobody_closes_their_own_log_in(administrator, appoint):
    appoint("second", Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        administration.deactivate_actor(actor=administrator, actor_id=administrator.pk, reason="tired")


def test_the_last_administrator_stays(administrator, appoint):
    second = appoint("second", Role.ADMINISTRATOR)
    administration.deactivate_actor(actor=second, actor_id=administrator.pk, reason="moved away")
    with pytest.raises(Refused, match="last administrator"):
        administration.end_duty(actor=second, duty_id=second.duty.pk, reason="moved away too")


def test_an_administrator_who_is_not_the_last_can_go(administrator, appoint):
    second = appoint("second", Role.ADMINISTRATOR)
    administration.end_duty(actor=administrator, duty_id=second.duty.pk, reason="moved away")
    assert not holds(second.duty, timezone.localdate())


def test_the_system_has_no_log_in_to_administer(administrator, system):
    for act in (
        administration.deactivate_actor,
        administration.activate_actor,
        administration.reset_password,
    ):
        with pytest.raises(NotVisible):
            act(actor=administrator, actor_id=system.pk, reason="to see")
    with pytest.raises(NotVisible):
        administration.end_duty(actor=administrator, duty_id=system.duty.pk, reason="to see")


def test_a_duty_holds_from_its_first_day_until_before_its_last(administrator, clerk):
    first = date(2026, 3, 1)
    duty = give(administrator, clerk, place="Attock", starts_on=first, ends_on=date(2026, 3, 10))
    held = [day for day in (first + timedelta(days=n) for n in range(-2, 14)) if holds(duty, day)]
    assert held == [first + timedelta(days=n) for n in range(9)]


def test_nobody_gives_themselves_a_duty(administrator):
    with pytest.raises(Refused, match="themselves"):
        give(administrator, administrator, role=Role.AUDITOR)
    assert not Duty.objects.filter(actor=administrator, role=Role.AUDITOR).exists()


def test_the_role_of_the_system_is_not_given(administrator, clerk):
    with pytest.raises(Refused):
        give(administrator, clerk, role=Role.SYSTEM)


def test_the_same_duty_is_given_once(administrator, clerk):
    with pytest.raises(Refused, match="already"):
        give(administrator, clerk)


@pytest.fixture
def local(appoint):
    return appoint("local", Role.ADMINISTRATOR, "Attock")


def seen_by(actor):
    return set(Actor.objects.visible_to(actor).filter(kind="person"))


def test_a_duty_lies_within_the_area_of_who_gives_it(local):
    made, _ = create(local)
    with pytest.raises(NotVisible):
        give(local, made, place="Rajanpur")
    assert give(local, made, place="Attock").actor == made


def test_a_local_administrator_administers_whose_duties_all_lie_there(
    local, administrator, clerk, other_clerk
):
    assert seen_by(local) == {local, other_clerk}
    assert seen_by(administrator) >= {local, clerk, other_clerk, administrator}
    for act in (
        administration.deactivate_actor,
        administration.activate_actor,
        administration.reset_password,
    ):
        with pytest.raises(NotVisible):
            act(actor=local, actor_id=clerk.pk, reason="to see")
    with pytest.raises(NotVisible):
        administration.end_duty(actor=local, duty_id=clerk.duty.pk, reason="to see")
    refused = Audit.objects.filter(kind="refused", actor=local).values_list("action", "subject_id")
    assert ("core.actor.reset_password", clerk.pk) in refused
    administration.reset_password(actor=local, actor_id=other_clerk.pk, reason="forgotten")


def test_a_duty_elsewhere_takes_a_log_in_out_of_the_local_administrators_hands(
    local, administrator, other_clerk
):
    elsewhere = give(administrator, other_clerk, role=Role.DISTRICT_OFFICER, place="Rajanpur")
    assert other_clerk not in seen_by(local)
    administration.end_duty(actor=administrator, duty_id=elsewhere.pk, reason="moved")
    assert other_clerk in seen_by(local)  # what has ended no longer counts beside one that holds


def test_a_duty_elsewhere_that_is_to_come_counts(local, administrator, other_clerk):
    give(administrator, other_clerk, place="Rajanpur", starts_on=timezone.localdate() + timedelta(days=9))
    assert other_clerk not in seen_by(local)


def test_whose_duties_have_all_ended_stays_with_where_they_lay(local, administrator, clerk, other_clerk):
    for one in (clerk, other_clerk):
        administration.end_duty(actor=administrator, duty_id=one.duty.pk, reason="retired")
    assert seen_by(local) == {local, other_clerk}


def test_a_log_in_without_a_duty_yet_is_any_administrators_to_begin(local, administrator):
    made, _ = create(administrator)
    assert made in seen_by(local)


@pytest.mark.parametrize("days", [-30, 0, 30])
def test_an_ended_duty_no_longer_holds_today_nor_ever_again(administrator, clerk, days):
    today = timezone.localdate()
    duty = give(administrator, clerk, place="Attock", starts_on=today + timedelta(days=days))
    ended = administration.end_duty(actor=administrator, duty_id=duty.pk, reason="mistake")
    assert not any(holds(ended, today + timedelta(days=n)) for n in (0, 1, 30, 31, 400))
    assert holds(ended, today - timedelta(days=1)) == (days < 0)
    if days <= 0:
        with pytest.raises(Refused, match="already"):
            administration.end_duty(actor=administrator, duty_id=duty.pk, reason="twice")


def test_only_the_administrator_administers(clerk, manager, auditor):
    for actor in (clerk, manager, auditor):
        with pytest.raises(NotAllowed):
            create(actor)
        with pytest.raises(NotAllowed):
            give(actor, clerk, place="Attock")
    assert not Actor.objects.filter(username="sana").exists()
    assert Audit.objects.filter(kind="refused", action="core.duty.give").count() == 3


def test_one_enters_ones_own_open_duty_only(clerk, other_clerk):
    assert administration.enter_duty(actor=clerk, duty_id=clerk.duty.pk) == clerk.duty
    with pytest.raises(NotVisible):
        administration.enter_duty(actor=clerk, duty_id=other_clerk.duty.pk)
    Duty.objects.filter(pk=clerk.duty.pk).update(ends_on=timezone.localdate())
    with pytest.raises(NotVisible):
        administration.enter_duty(actor=clerk, duty_id=clerk.duty.pk)
    acts = Audit.objects.filter(action="core.duty.enter", actor=clerk).order_by("pk")
    assert [(row.kind, row.subject_id) for row in acts] == [
        ("write", clerk.duty.pk),
        ("refused", None),
        ("refused", None),
    ]


def test_the_language_is_remembered_without_a_duty(clerk):
    clerk.duty = None
    administration.set_language(actor=clerk, language="ur")
    clerk.refresh_from_db()
    assert clerk.language == "ur"
    with pytest.raises(Refused):
        administration.set_language(actor=clerk, language="fr")
