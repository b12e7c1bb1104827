"""Writing agreements: two persons, reasons, days that do not overlap."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from saiban.core.errors import IllegalMove, NotAllowed, NotVisible, ReasonMissing, SecondPersonNeeded
from saiban.core.models import Actor, Audit, Role
from saiban.data.errors import BadInput
from saiban.partners import foundation, services
from saiban.partners.models import Agreement, Partner
from saiban.partners.transitions import AGREEMENT_MOVES

pytestmark = pytest.mark.django_db
REASON = "the memorandum was cancelled"


def written(agreement):
    """The acts on record about an agreement, first to last."""
    rows = Audit.objects.about("partners.agreement", agreement.pk).filter(kind="write").order_by("pk")
    return [(row.action, row.actor.username, row.reason) for row in rows]


def today():
    return timezone.localdate()


def test_a_draft_says_what_was_asked_each_field_once(prepare, manager):
    made = prepare(fields=["cnic", "rooms", "cnic"], ends_on=date(2026, 2, 1))
    made.refresh_from_db()
    assert (made.state, made.prepared_by, made.area.code) == ("draft", manager, "PK6")
    assert made.fields == ["cnic", "rooms"]
    assert (made.during.lower, made.during.upper) == (date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize(
    "changed",
    [
        {"fields": []},
        {"fields": ["rooms", "shoe_size"]},
        {"ends_on": date(2026, 1, 1)},
        {"ends_on": date(2025, 12, 31)},
    ],
)
def test_an_agreement_that_says_nothing_or_ends_before_it_begins_is_refused(prepare, changed):
    laid = Agreement.objects.count()
    with pytest.raises(BadInput):
        prepare(**changed)
    assert Agreement.objects.count() == laid


def test_an_area_beyond_the_duty_is_not_there(appoint, partner, prepare, draft):
    local = appoint("local_manager", Role.DATA_MANAGER, "Rajanpur")
    with pytest.raises(NotVisible):
        services.prepare_agreement(
            actor=local,
            code="AG-2",
            partner_id=partner.pk,
            source="meters",
            basis="none",
            purpose="targeting",
            fields=["rooms"],
            area_code="PK6",
            starts_on=date(2026, 1, 1),
        )


def test_each_step_is_on_record_with_its_actor(in_force, administrator):
    services.end_agreement(actor=administrator, agreement_id=in_force.pk, reason=REASON)
    assert written(in_force) == [
        ("partners.agreement.prepare", "manager", ""),
        ("partners.agreement.approve", "administrator", ""),
        ("partners.agreement.end", "administrator", REASON),
    ]


def test_who_prepared_it_does_not_approve_it_even_with_the_duty(draft, administrator):
    Agreement.objects.filter(pk=draft.pk).update(prepared_by=administrator)
    with pytest.raises(SecondPersonNeeded):
        services.approve_agreement(actor=administrator, agreement_id=draft.pk)
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("who", ["manager", "analyst", "auditor", "officer", "clerk"])
def test_only_the_administrator_approves_and_ends(draft, in_force, request, who):
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        services.approve_agreement(actor=actor, agreement_id=draft.pk)
    with pytest.raises(NotAllowed):
        services.end_agreement(actor=actor, agreement_id=in_force.pk, reason=REASON)


@pytest.mark.parametrize("reason", ["", "   "])
def test_an_end_has_a_reason(in_force, administrator, reason):
    with pytest.raises(ReasonMissing):
        services.end_agreement(actor=administrator, agreement_id=in_force.pk, reason=reason)
    in_force.refresh_from_db()
    assert (in_force.state, in_force.during.upper) == ("in_force", None)


def test_an_end_cuts_the_days_at_today(in_force, administrator):
    ended = services.end_agreement(actor=administrator, agreement_id=in_force.pk, reason=REASON)
    ended.refresh_from_db()
    assert (ended.state, ended.during.upper) == ("ended", today())


@pytest.mark.parametrize("starts_in", [0, 30])
def test_an_agreement_that_had_not_begun_keeps_its_days(prepare, administrator, starts_in):
    made = prepare(starts_on=today() + timedelta(days=starts_in))
    services.approve_agreement(actor=administrator, agreement_id=made.pk)
    ended = services.end_agreement(actor=administrator, agreement_id=made.pk, reason=REASON)
    ended.refresh_from_db()
    assert (ended.during.lower, ended.during.upper) == (today() + timedelta(days=starts_in), None)


def test_two_agreements_of_a_source_hold_one_after_the_other_never_together(prepare, administrator):
    first = prepare(ends_on=date(2026, 7, 1))
    overlapping = prepare(code="AG-2", starts_on=date(2026, 6, 30))
    following = prepare(code="AG-3", starts_on=date(2026, 7, 1))
    services.approve_agreement(actor=administrator, agreement_id=first.pk)
    with pytest.raises(services.OverlappingAgreement):
        services.approve_agreement(actor=administrator, agreement_id=overlapping.pk)
    assert services.approve_agreement(actor=administrator, agreement_id=following.pk).state == "in_force"


def test_a_code_stands_for_one_approved_agreement_for_ever(prepare, in_force, administrator):
    second = prepare(source="vehicles")
    with pytest.raises(services.CodeTaken):
        services.approve_agreement(actor=administrator, agreement_id=second.pk)
    services.end_agreement(actor=administrator, agreement_id=in_force.pk, reason=REASON)
    with pytest.raises(services.CodeTaken):
        services.approve_agreement(actor=administrator, agreement_id=second.pk)


@pytest.mark.parametrize(("origin", "target"), AGREEMENT_MOVES.unlisted())
def test_a_step_that_is_not_listed_does_not_exist(draft, administrator, origin, target):
    draft.state = origin
    with pytest.raises(IllegalMove):
        AGREEMENT_MOVES.move(
            draft, to=target, actor=administrator, reason=REASON, prepared_by=draft.prepared_by_id
        )


def test_the_foundation_lays_its_agreements_once_by_two_actors(system, monkeypatch):
    facts = foundation.starting_point()
    one_more = facts.agreements[0].model_copy(update={"code": "AG-NEW", "source": "a-new-source"})
    more = facts.model_copy(update={"agreements": (*facts.agreements, one_more)})
    monkeypatch.setattr(foundation, "starting_point", lambda: more)
    foundation.lay(system)
    laid = {row.code: row.pk for row in Agreement.objects.all()}
    foundation.lay(system)
    assert {row.code: row.pk for row in Agreement.objects.all()} == laid
    assert set(laid) == {fact.code for fact in foundation.starting_point().agreements}
    assert Partner.objects.filter(agreements=None).count() == 0
    for row in Agreement.objects.all():
        assert row.state == "in_force"
    by = {action: who for action, who, _ in written(Agreement.objects.get(code="AG-NEW"))}
    assert by["partners.agreement.prepare"] != by["partners.agreement.approve"]


def test_nobody_logs_in_as_the_second_actor_of_the_system(system):
    second = foundation.approver()
    assert not Actor.objects.get(pk=second.pk).has_usable_password()
