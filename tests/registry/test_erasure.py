"""After an erasure nothing in the database says who it was; all that reads copes with it."""

import json
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from django.utils import timezone

from saiban.core import audit, outbox, seal
from saiban.core.errors import IllegalMove, NotAllowed, NotVisible, ReasonMissing, SecondPersonNeeded
from saiban.core.models import Announcement, Audit
from saiban.data.errors import BadInput
from saiban.intake.models import Observation, RejectedRow, SourceKey, Subject
from saiban.intake.queries import open_facts
from saiban.programmes import foundation as programmes_foundation
from saiban.programmes.models import Enrolment
from saiban.registry import queries, services
from saiban.registry.correcting.services import approve_correction, propose_correction
from saiban.registry.erasure.holds import Held
from saiban.registry.erasure.services import Named, carry_out, decide_erasure, request_erasure
from saiban.registry.errors import Erased
from saiban.registry.models import (
    DistrictCount,
    Erasure,
    Household,
    Link,
    Membership,
    NameKeys,
    NameWord,
    Person,
    Profile,
    Relation,
)
from saiban.registry.tasks import count_all_knowledge
from saiban.registry.transitions import ERASURE_MOVES, ErasureState
from tests.core.test_rotation import keys, rotate
from tests.intake import files
from tests.registry import scan

__all__ = ["keys"]
pytestmark = pytest.mark.django_db
REASON = "letter 12 of this office"
HEAD = files.HEAD | {
    "name_en": "Zarmina Gulbadan", "name_ur": "زرمینہ گلبدن", "father_name_en": "Zorbakhsh",
    "father_name_ur": "زوربخش", "birth_date": "1971-11-23", "cnic": "90100-1112223-4",
}  # fmt: skip
SON = files.SON | {
    "name_en": "Sherdil", "name_ur": "شیردل", "father_name_en": "Mehrdil", "father_name_ur": "مہردل",
    "birth_date": "2014-10-27", "bform": "90200-3334445-1",
}  # fmt: skip
PLACE = {
    "village": "Basti Zhubin", "address": "House 77, near the old well", "latitude": "28.912345",
    "longitude": "70.345678", "phone": "0301-7654321", "electricity_reference": "01904444555566",
}  # fmt: skip
NUMBERS = {
    "cnic": ("9010011122234", "9020033344451"),
    "phone": ("+923017654321",),
    "electricity_reference": ("01904444555566",),
    "psc-survey": ("H-77", "H-77/1", "H-77/2"),
}
OF_HEAD = (
    "Zarmina",
    "Gulbadan",
    "زرمینہ",
    "گلبدن",
    "Zorbakhsh",
    "زوربخش",
    "1971-11-23",
    "9010011122234",
    "1112223",
)
OF_SON = ("Sherdil", "شیردل", "Mehrdil", "مہردل", "2014-10-27", "9020033344451", "3334445")
OF_PLACE = ("Basti Zhubin", "Zhubin", "old well", "28.912345", "70.345678", "3017654321", "01904444555566")


def tokens(*namespaces):
    """The tokens of the numbers under every way through the ring's keys."""
    ring = sorted(seal.ring().keys)
    paths = [(key,) for key in ring] + [(a, b) for a in ring for b in ring if a != b]
    return [
        seal.token(namespace, number, path=path)
        for namespace in namespaces or NUMBERS
        for number in NUMBERS[namespace]
        for path in paths
    ]


def everything():
    """All that was planted of the household, by text and by token."""
    return [*OF_HEAD, *OF_SON, *OF_PLACE, *tokens()]


@pytest.fixture
def planted(take_in, scorecards, rajanpur):
    """A household with names that nobody else has, a meter and a vehicle that feeds speak of; another one."""
    take_in(files.household("H-77", home=rajanpur | PLACE, members=[HEAD, SON]) + files.other("H-2", 77))
    take_in([files.BILL | {"reference_no": PLACE["electricity_reference"]}], source="disco-electricity")
    take_in([files.VEHICLE | {"owner_cnic": HEAD["cnic"]}], source="excise-vehicles")
    return Household.objects.get(village="Basti Zhubin")


@pytest.fixture
def erase(manager, approver):
    """Ask, decide, and let the worker carry it out."""

    def erased(**whose):
        asked = request_erasure(actor=manager, basis="request", reason=REASON, **whose)
        decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
        outbox.drain()
        asked.refresh_from_db()
        assert asked.state == ErasureState.CARRIED_OUT
        return asked

    return erased


@pytest.fixture
def schemes(foundations):
    programmes_foundation.lay()


def head_of(household):
    return Membership.objects.get(household=household, head=True).person


def subjects_of(household):
    people = Membership.objects.filter(household=household).values("person")
    links = Link.objects.filter(household=household) | Link.objects.filter(person__in=people)
    return Subject.objects.filter(pk__in=links.values("subject"))


# --- a household


def test_what_was_planted_is_there_before(planted):
    found = scan.where(everything())
    assert {
        "registry_person.name_en", "registry_person.birth_date", "registry_household.address",
        "registry_household.latitude", "registry_identifier.token", "intake_sourcekey.token",
        "registry_nameword.word",
    } <= found  # fmt: skip
    assert scan.tables() > 40


def test_of_a_household_nothing_is_found_anywhere(planted, erase):
    erasure = erase(household_id=planted.pk)
    assert scan.where(everything()) == set()
    assert erasure.counts["persons"] == 2
    assert erasure.counts["names"] == 5  # the household, two lines, the meter, the vehicle's owner
    assert erasure.counts["numbers"] == 4  # two of people, a phone, a meter's


def test_nothing_is_found_while_tokens_and_seals_go_over_to_another_key(keys, planted, erase, system):
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    keys(2, 1)
    rotate(system, 2)
    assert "intake_sourcekey.token" in scan.where(tokens())
    erase(household_id=planted.pk)
    assert scan.where(everything()) == set()


def test_who_is_erased_is_counted_no_longer_though_the_membership_stays(planted, erase):
    count_all_knowledge()
    before = DistrictCount.objects.get(area__path=".".join(planted.area_path.split(".")[:3]))
    son = Membership.objects.get(household=planted, head=False)
    erase(person_id=son.person_id)
    count_all_knowledge()
    after = DistrictCount.objects.get(pk=before.pk)
    assert (after.households, after.persons) == (before.households, before.persons - 1)
    assert Membership.objects.filter(pk=son.pk).exists()


def test_the_bare_row_its_dates_and_the_observations_stay(planted, erase):
    before = list(Observation.objects.order_by("id").values_list("id", "facts", "sealed"))
    code = planted.code
    dates = list(Membership.objects.filter(household=planted).values_list("during", flat=True))
    erase(household_id=planted.pk)
    planted.refresh_from_db()
    assert (planted.code, planted.area_id is None, planted.erased_at is None) == (code, False, False)
    assert list(Membership.objects.filter(household=planted).values_list("during", flat=True)) == dates
    assert list(Observation.objects.order_by("id").values_list("id", "facts", "sealed")) == before


def test_what_is_sealed_cannot_be_opened(planted, erase):
    subjects = list(subjects_of(planted).values_list("pk", flat=True))
    sealed = list(Observation.objects.filter(subject_id__in=subjects, sealed__isnull=False))
    assert len(sealed) >= 3
    assert all(open_facts(one) for one in sealed)
    erase(household_id=planted.pk)
    for one in sealed:
        assert open_facts(one) == {}
        key = Subject.objects.get(pk=one.subject_id).key.bytes
        with pytest.raises(InvalidTag):
            seal.unseal_for(bytes(32), bytes(one.sealed), context=key)
    assert not SourceKey.objects.filter(subject__in=subjects).exists()


def test_the_neighbours_are_as_they_were(planted, erase):
    other = Household.objects.get(village="Kamra")
    before = Profile.objects.values().get(household=other)
    people = list(Person.objects.filter(memberships__household=other).values())
    words = set(NameWord.objects.values_list("word", flat=True))
    erase(household_id=planted.pk)
    assert Profile.objects.values().get(household=other) == before
    assert list(Person.objects.filter(memberships__household=other).values()) == people
    assert {"zainab", "ali"} <= set(NameWord.objects.values_list("word", flat=True)) < words


def test_it_leaves_lists_search_and_scoring(planted, erase, clerk):
    erase(household_id=planted.pk)
    assert not queries.household_list(actor=clerk).filter(household=planted).exists()
    for text in ("Zarmina", "9010011122234", "H-77", "Zhubin", "03017654321"):
        assert queries.search(actor=clerk, text=text).hits == []
    by_code = queries.search(actor=clerk, text=planted.code)
    assert [(hit.household.pk, hit.head) for hit in by_code.hits] == [(planted.pk, None)]
    assert not Profile.objects.filter(household=planted).exists()
    assert not NameKeys.objects.filter(person__memberships__household=planted).exists()


def test_a_refresh_makes_nothing_of_it_again(planted, erase, system):
    erase(household_id=planted.pk)
    refreshed = services.refresh_profiles(actor=system, household_ids=[planted.pk])
    assert refreshed.changed == 0
    assert not Profile.objects.filter(household=planted).exists()
    assert planted.pk not in queries.spoken_of()


def test_looking_back_and_correcting_answer_that_it_is_gone(planted, erase, manager, clerk):
    erase(household_id=planted.pk)
    today = timezone.localdate()
    asks = [
        lambda: queries.household_page(actor=manager, household_id=planted.pk),
        lambda: queries.household_history(actor=manager, household_id=planted.pk),
        lambda: queries.household_past(actor=manager, household_id=planted.pk, on=today),
        lambda: request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk),
        lambda: propose_correction(
            actor=clerk, household_id=planted.pk, field="rooms", value=3, reason="seen at the door"
        ),
    ]
    for ask in asks:
        with pytest.raises(Erased):
            ask()


def test_corrections_of_it_are_over_and_say_nothing(planted, erase, clerk, officer):
    """One that waits, one in force, and one that was replaced."""
    said = {"actor": clerk, "household_id": planted.pk, "reason": "Zhubin said so at the door"}
    for rooms in (3, 4):
        row = propose_correction(field="rooms", value=rooms, **said)
        if row.state == "proposed":
            approve_correction(actor=officer, correction_id=row.pk)
    propose_correction(field="toilet", value="none", **said)
    assert set(planted.corrections.values_list("state", flat=True)) >= {"approved", "ended"}
    erase(household_id=planted.pk)
    assert set(planted.corrections.values_list("state", flat=True)) <= {"withdrawn", "ended"}
    assert planted.corrections.filter(ending="erased").exists()
    assert set(planted.corrections.values_list("value", "before", "reason")) == {(None, None, "")}


def test_who_is_elsewhere_does_not_learn_that_it_was_erased(planted, erase, other_clerk):
    erase(household_id=planted.pk)
    with pytest.raises(NotVisible):
        queries.household_page(actor=other_clerk, household_id=planted.pk)


def test_a_later_survey_makes_somebody_new(planted, erase, take_in, rajanpur):
    old = set(Person.objects.values_list("pk", flat=True))
    erased_subjects = set(subjects_of(planted).values_list("pk", flat=True))
    erase(household_id=planted.pk)
    rows = files.household("H-77", home=rajanpur | PLACE, members=[HEAD, SON])
    take_in([row | {"interviewed_on": "2026-06-05"} for row in rows], month="2026-06")
    again = Household.objects.get(village="Basti Zhubin")
    assert again.pk != planted.pk
    assert again.code != planted.code
    assert not set(Person.objects.filter(memberships__household=again).values_list("pk", flat=True)) & old
    assert not set(subjects_of(again).values_list("pk", flat=True)) & erased_subjects
    assert Profile.objects.filter(household=again).exists()
    planted.refresh_from_db()
    assert planted.village == ""


def test_a_feed_that_names_the_number_again_finds_nobody(planted, erase, take_in):
    erase(household_id=planted.pk)
    vehicle = files.VEHICLE | {"owner_cnic": HEAD["cnic"], "registration_no": "ABC-0002"}
    take_in([vehicle], source="excise-vehicles", month="2026-06")
    subject = Subject.objects.latest("pk")
    assert subject.salt is not None
    assert not Link.objects.filter(subject=subject).exists()


def test_who_left_and_lives_nowhere_goes_too_and_who_moved_on_stays(planted, erase, take_in, rajanpur):
    son, head = (Person.objects.get(name_en=name) for name in ("Sherdil", "Zarmina Gulbadan"))
    home = rajanpur | PLACE
    rows = files.household("H-77", home=home, members=[HEAD])
    take_in([row | {"interviewed_on": "2026-06-05"} for row in rows], month="2026-06")
    assert not Membership.objects.filter(person=son, during__upper_inf=True).exists()
    moved = Membership.objects.get(person__memberships__household__village="Kamra", head=True)
    Membership.objects.create(
        person=moved.person, household=planted, relation="child", during=("2020-01-01", "2021-01-01")
    )
    erase(household_id=planted.pk)
    for person, is_gone in ((son, True), (head, True), (moved.person, False)):
        person.refresh_from_db()
        assert (person.erased_at is not None) == is_gone
    assert moved.person.name_en


# --- one person


def test_of_a_person_nothing_is_found_and_the_household_stays(planted, erase):
    head, profile = head_of(planted), Profile.objects.get(household=planted)
    size = profile.values["household_size"]
    erase(person_id=head.pk)
    namespaces = [seal.token("cnic", NUMBERS["cnic"][0]), seal.token("psc-survey", "H-77/1")]
    assert scan.where([*OF_HEAD, *namespaces]) == set()
    head.refresh_from_db()
    assert (str(head), head.sex, head.birth_date) == ("erased", "", None)
    profile.refresh_from_db()
    assert profile.values["household_size"] == size
    assert profile.values["rooms"] == 2
    planted.refresh_from_db()
    assert (planted.village, planted.erased_at) == ("Basti Zhubin", None)
    assert Person.objects.filter(name_en="Sherdil").exists()
    assert not Relation.objects.filter(person=head).exists()


def test_what_only_the_person_s_number_told_leaves_the_household_s_profile(planted, erase):
    profile = Profile.objects.get(household=planted)
    from_vehicles = {code for code, one in profile.origin.items() if one["source"] == "excise-vehicles"}
    assert from_vehicles
    erase(person_id=head_of(planted).pk)
    profile.refresh_from_db()
    assert not [code for code, one in profile.origin.items() if one["source"] == "excise-vehicles"]
    assert "excise-vehicles" not in json.dumps(profile.others)


def test_pages_of_the_household_name_the_person_as_erased(planted, erase, manager):
    head = head_of(planted)
    erase(person_id=head.pk)
    page = queries.household_page(actor=manager, household_id=planted.pk)
    assert [member.name for member in page.members] == ["erased", "Sherdil"]
    assert page.members[0].number == ""
    today = timezone.localdate()
    past = queries.household_past(actor=manager, household_id=planted.pk, on=today)
    assert [member.name for member in past.members] == ["erased", "Sherdil"]
    assert not [line for line in past.values if line.source == "excise-vehicles"]
    history = queries.household_history(actor=manager, household_id=planted.pk)
    assert "excise-vehicles" not in {said.source for said in history.said}
    person = queries.person_page(actor=manager, person_id=head.pk)
    assert (list(person.values), list(person.numbers), list(person.relations)) == ([], [], [])
    with pytest.raises(Erased):
        request_erasure(actor=manager, basis="request", reason=REASON, person_id=head.pk)


def test_the_next_roster_lists_somebody_new_and_the_place_of_the_erased_ends(
    planted, erase, take_in, rajanpur
):
    head = head_of(planted)
    erase(person_id=head.pk)
    rows = files.household("H-77", home=rajanpur | PLACE, members=[HEAD, SON])
    take_in([row | {"interviewed_on": "2026-06-05"} for row in rows], month="2026-06")
    now = head_of_now(planted)
    assert now.pk != head.pk
    assert now.name_en == "Zarmina Gulbadan"
    assert not Membership.objects.filter(person=head, during__upper_inf=True, cancelled=False).exists()
    head.refresh_from_db()
    assert head.name_en == ""


def head_of_now(household):
    rows = Membership.objects.filter(household=household, head=True, during__upper_inf=True, cancelled=False)
    return rows.get().person


def test_a_number_that_another_claims_too_becomes_that_one_s(planted, erase, take_in):
    rows = files.other("H-5", 200)
    rows[0]["cnic"] = HEAD["cnic"]
    take_in(rows, month="2026-06")
    subject = Subject.objects.get(keys__namespace="cnic")
    assert not Link.objects.filter(subject=subject, undone_at=None).exists()  # two claim it
    erase(person_id=Person.objects.get(name_en="Zarmina Gulbadan").pk)
    subject.refresh_from_db()
    assert subject.salt is not None
    link = Link.objects.get(subject=subject, undone_at=None)
    assert link.person == Person.objects.get(identifiers__token=seal.token("cnic", NUMBERS["cnic"][0]))
    home = Profile.objects.get(household__memberships__person=link.person)
    assert "excise-vehicles" in {one["source"] for one in home.origin.values()}


# --- rejected rows


def test_rejected_rows_with_a_number_or_the_household_s_are_blanked(planted, erase, send, tmp_path, rajanpur):
    wrong = files.household("H-77", home=rajanpur | PLACE | {"rooms": "many"}, members=[HEAD, SON])
    by_number = files.household("H-9", home={"rooms": "many", "phone": "۰۳۰۱ ۷۶۵۴۳۲۱"}, members=[files.HEAD])
    stranger = files.household("H-8", home={"rooms": "many", "phone": "0300-0000009"}, members=[files.SON])
    send(files.as_csv(tmp_path / "wrong.csv", wrong + by_number + stranger))
    kept = RejectedRow.objects.filter(group_key="H-8").count()
    assert RejectedRow.objects.filter(group_key__in=["H-77", "H-9"]).count() >= 3
    erasure = erase(household_id=planted.pk)
    assert erasure.counts["rejected"] >= 3
    assert not RejectedRow.objects.filter(group_key__in=["H-77", "H-9"]).exists()
    left = RejectedRow.objects.filter(group_key="H-8")
    assert (left.count(), left.filter(sealed_row__isnull=False).exists()) == (kept, True)
    from saiban.intake.rejecting import opened

    for row in RejectedRow.objects.filter(sealed_row__isnull=False):
        cells = json.dumps(opened(row.batch_id, row.row_no, row.sealed_row), ensure_ascii=False)
        assert not [word for word in (*OF_HEAD, *OF_SON) if word in cells]


# --- the way


def test_who_asked_does_not_decide(planted, manager, appoint):
    from saiban.core.models import Duty, Role

    asked = request_erasure(actor=manager, basis="court", reason=REASON, household_id=planted.pk)
    duty = Duty.objects.create(
        actor=manager, role=Role.APPROVER, area=manager.duty.area, agency=manager.duty.agency,
        purpose="tests", starts_on=manager.duty.starts_on,
    )  # fmt: skip
    with pytest.raises(SecondPersonNeeded):
        decide_erasure(
            actor=manager.under(duty), erasure_id=asked.pk, decision="approve", reason="all is in order"
        )
    assert Audit.objects.filter(kind=Audit.Kind.REFUSED, action="registry.erasure.decide").exists()


@pytest.mark.parametrize("who", ["clerk", "analyst", "auditor", "programme_manager", "approver"])
def test_others_may_not_ask(planted, request, who):
    with pytest.raises(NotAllowed):
        request_erasure(
            actor=request.getfixturevalue(who), basis="request", reason=REASON, household_id=planted.pk
        )


def test_the_same_is_asked_once(planted, manager, approver):
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)
    with pytest.raises(Named):
        request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)
    decide_erasure(actor=approver, erasure_id=asked.pk, decision="refuse", reason="not the holder")
    request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)


@pytest.mark.parametrize(
    "reason",
    [
        "Zarmina came to the counter",
        "زرمینہ نے کہا",
        "holder of 90100-1112223-4",
        "call 0301 7654321",
        "۹۰۱۰۰۱۱۱۲۲۲۳۴ asked",
    ],
)
def test_a_reason_names_nobody(planted, manager, reason):
    with pytest.raises(BadInput):
        request_erasure(actor=manager, basis="request", reason=reason, household_id=planted.pk)
    assert not Erasure.objects.exists()


def test_a_reason_may_name_a_paper(planted, manager):
    reason = f"order 1234/2026 of the court, about {planted.code}"
    assert request_erasure(actor=manager, basis="court", reason=reason, household_id=planted.pk).pk


def test_without_a_reason_nothing_is_asked(planted, manager):
    with pytest.raises(ReasonMissing):
        request_erasure(actor=manager, basis="request", reason=" no ", household_id=planted.pk)


def test_what_the_law_holds_is_not_approved_until_it_is_released(planted, manager, approver):
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)

    def decide(decision):
        return decide_erasure(
            actor=approver, erasure_id=asked.pk, decision=decision, reason="case 12 of the court"
        )

    decide("hold")
    with pytest.raises(IllegalMove):
        decide("approve")
    decide("release")
    decide("approve")
    outbox.drain()
    planted.refresh_from_db()
    assert planted.erased_at is not None


def test_every_unlisted_step_is_refused(planted, manager, approver, system):
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)
    for origin, target in ERASURE_MOVES.unlisted():
        asked.state = origin
        with pytest.raises(IllegalMove):
            ERASURE_MOVES.move(asked, to=target, actor=approver, reason=REASON, prepared_by=manager.pk)


def test_told_twice_it_is_done_once(planted, erase, system):
    erasure = erase(household_id=planted.pk)
    done = carry_out(actor=system, erasure_id=erasure.pk)
    assert (done.counts, done.carried_out_at) == (erasure.counts, erasure.carried_out_at)
    assert Announcement.objects.filter(name="registry.erasure.carried_out").count() == 1


def test_an_error_in_the_middle_leaves_all_as_it_was(planted, manager, approver, system, monkeypatch):
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)
    decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
    before = scan.where(everything())
    monkeypatch.setattr(audit, "note_set", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        carry_out(actor=system, erasure_id=asked.pk)
    assert scan.where(everything()) == before
    asked.refresh_from_db()
    assert asked.state == ErasureState.APPROVED


def test_the_audit_names_ids_only(planted, erase):
    erasure = erase(household_id=planted.pk)
    acts = Audit.objects.filter(action__startswith="registry.erasure")
    assert {(act.action, act.subject_id) for act in acts} == {
        (f"registry.erasure.{step}", erasure.pk) for step in ("request", "decide", "carry_out")
    }
    assert Audit.objects.filter(action="intake.subject.erase").count() == 1


# --- what stands against it


def test_an_open_place_holds_it_and_is_named(schemes, planted, take_in, manager, approver):
    take_in([files.PLACE | {"cnic": HEAD["cnic"]}], source="zakat-list", scheme="ZK-GA")
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)
    with pytest.raises(Held, match="Guzara"):
        decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
    of_head = request_erasure(actor=manager, basis="request", reason=REASON, person_id=head_of(planted).pk)
    with pytest.raises(Held, match="Guzara"):
        decide_erasure(actor=approver, erasure_id=of_head.pk, decision="approve", reason="all is in order")
    son = Person.objects.get(name_en="Sherdil")
    of_son = request_erasure(actor=manager, basis="request", reason=REASON, person_id=son.pk)
    decide_erasure(actor=approver, erasure_id=of_son.pk, decision="approve", reason="all is in order")


def test_a_place_given_after_the_approval_sends_it_back(schemes, planted, take_in, manager, approver, system):
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=planted.pk)
    decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
    Announcement.objects.filter(name="registry.erasure.approved").update(
        not_before=timezone.now() + timedelta(1)
    )
    take_in([files.PLACE | {"cnic": HEAD["cnic"]}], source="zakat-list", scheme="ZK-GA")
    carry_out(actor=system, erasure_id=asked.pk)
    asked.refresh_from_db()
    assert asked.state == ErasureState.REQUESTED
    assert "Guzara" in asked.decision
    assert Person.objects.filter(name_en="Zarmina Gulbadan").exists()


def test_a_place_that_ended_stays_with_its_ids(schemes, planted, take_in, erase, manager):
    ended = files.PLACE | {"cnic": HEAD["cnic"], "until": "2026-01-01", "state": "ended"}
    take_in([ended], source="zakat-list", scheme="ZK-GA")
    place = Enrolment.objects.get(household=planted)
    erase(household_id=planted.pk)
    place.refresh_from_db()
    assert (place.household_id, place.person.erased_at is None) == (planted.pk, False)
    assert scan.where([*everything()]) == set()
