"""Rules live by two people and are tested on everybody; nobody or nearly all is asked twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from saiban.core.errors import IllegalMove, NotAllowed, NotVisible, ReasonMissing, SecondPersonNeeded
from saiban.core.models import Audit, Role
from saiban.data.errors import BadInput
from saiban.scoring import judging, queries, rule_trial, services
from saiban.scoring.models import Rule
from saiban.scoring.transitions import RULE_MOVES

pytestmark = pytest.mark.django_db

WORDS = {
    "code": "young-children",
    "title_en": "Poor, with young children",
    "title_ur": "غریب گھرانے، چھوٹے بچوں کے ساتھ",
    "unit": "household",
    "text": "rooms <= 2 && !has_car && rooms != 9",
    "reference": "Minutes of the board, 3 March 2026, item 4",
}


@pytest.fixture
def add(programme_manager):
    def added(**changes):
        return services.add_rule(actor=programme_manager, **(WORDS | changes))

    return added


@pytest.fixture
def some(people, elsewhere):
    """The text of a rule that selects one of the two households."""
    from saiban.registry.models import Profile

    profile = Profile.objects.get(household=elsewhere)
    Profile.objects.filter(pk=profile.pk).update(values=profile.values | {"rooms": 7})
    return WORDS["text"]


def test_versions_of_a_code_count_up_by_themselves(add):
    assert [add().version, add(text="rooms <= 1").version] == [1, 2]
    assert add(code="another-rule").version == 1


def test_the_text_is_kept_with_plain_ends_of_lines(add):
    assert add(text="  rooms <= 2 &&\r\n  !has_car ").text == "rooms <= 2 &&\n  !has_car"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"code": "No Code"}, "code"),
        ({"code": ""}, "code"),
        ({"unit": "family"}, "unit"),
        ({"title_ur": " "}, "title_ur"),
        ({"title_en": ""}, "title_en"),
        ({"reference": ""}, "reference"),
        ({"text": "rooms <= 2 && romms > 1"}, "line 1, character 15"),
        ({"text": "rooms <= 2 &&\n rooms / 0 > 1"}, "line 2, character 10"),
        ({"text": ""}, "line 1, character 1"),
        ({"text": "true"}, "line 1, character 1"),
        ({"text": "age >= 60"}, "line 1, character 1"),
    ],
)
def test_what_is_no_rule_is_refused_where_it_is_wrong(add, changes, place):
    with pytest.raises(BadInput) as refused:
        add(**changes)
    assert refused.value.place == place
    assert not Rule.objects.exists()


def test_a_version_is_new_and_of_the_same_unit(add):
    add()
    with pytest.raises(BadInput, match="there already"):
        add(text=WORDS["text"] + "\n")
    with pytest.raises(BadInput, match="same unit"):
        add(unit="person", text="age >= 60")
    assert Rule.objects.count() == 1


def test_a_test_keeps_what_it_may_be_approved_on(add, programme_manager, some):
    row = services.test_rule(actor=programme_manager, rule_id=add().pk)
    assert row.state == "tested"
    assert (row.tested["equal"], row.tested["judged"], row.tested["eligible"]) == (500, 2, 1)
    assert row.tested["digest"] == row.digest
    anew = services.test_rule(actor=programme_manager, rule_id=row.pk)
    assert (anew.state, anew.tested["eligible"]) == ("tested", 1)


def test_ways_that_do_not_agree_keep_a_rule_a_draft(add, programme_manager, some, monkeypatch):
    row = add()
    monkeypatch.setattr(rule_trial, "agreeing", lambda *_: 499)
    with pytest.raises(services.TrialFailed):
        services.test_rule(actor=programme_manager, rule_id=row.pk)
    assert Rule.objects.get().state == "draft"


@pytest.mark.parametrize("text", ["rooms >= 1 && rooms <= 40", "rooms > 39"])
def test_who_selects_nobody_or_all_says_that_it_was_seen(add, programme_manager, approver, people, text):
    row = add(text=text)
    with pytest.raises(services.SelectsNobodyOrNearlyAll):
        services.test_rule(actor=programme_manager, rule_id=row.pk)
    assert Rule.objects.get().state == "draft"
    services.test_rule(actor=programme_manager, rule_id=row.pk, seen=True)
    with pytest.raises(services.SelectsNobodyOrNearlyAll):
        services.approve_rule(actor=approver, rule_id=row.pk)
    assert services.approve_rule(actor=approver, rule_id=row.pk, seen=True).state == "approved"
    assert Audit.objects.filter(action="scoring.rule.approve", detail__seen=True).count() == 1


@pytest.mark.parametrize(
    ("eligible", "judged", "asks"),
    [(0, 9, True), (1, 9, False), (95, 100, False), (96, 100, True), (0, 0, True)],
)
def test_nearly_all_is_more_than_95_in_100(eligible, judged, asks):
    assert rule_trial.nobody_or_nearly_all({"eligible": eligible, "judged": judged}) is asks


def test_another_person_approves_for_the_whole_province(add, programme_manager, approver, appoint, some):
    row = services.test_rule(actor=programme_manager, rule_id=add().pk)
    with pytest.raises(NotAllowed):
        services.approve_rule(actor=programme_manager, rule_id=row.pk)
    of_district = appoint("of_district", Role.APPROVER, "Rajanpur")
    with pytest.raises(services.ProvinceNeeded):
        services.approve_rule(actor=of_district, rule_id=row.pk)
    assert [len(queries.rules_waiting(actor)) for actor in (programme_manager, of_district, approver)] == [
        0,
        0,
        1,
    ]
    approved = services.approve_rule(actor=approver, rule_id=row.pk)
    assert (approved.state, approved.approver) == ("approved", approver)
    with pytest.raises(IllegalMove):
        services.approve_rule(actor=approver, rule_id=row.pk)
    assert queries.rules_waiting(approver) == []


def test_who_wrote_it_may_not_approve_it_even_with_the_duty(approver, some):
    row = Rule.objects.create(**WORDS, version=1, digest=services.rules.digest(WORDS["text"], "household"),
                              author=approver, state="tested")  # fmt: skip
    with pytest.raises(SecondPersonNeeded):
        services.approve_rule(actor=approver, rule_id=row.pk)


def test_a_draft_is_not_approved(add, approver):
    with pytest.raises(IllegalMove):
        services.approve_rule(actor=approver, rule_id=add().pk)


@pytest.mark.parametrize(
    "stale",
    [
        {"on": (timezone.localdate() - timedelta(days=31)).isoformat()},
        {"policy": {"pmt.cutoff": "29"}},
        {"digest": "of another text"},
    ],
)
def test_an_old_test_is_not_enough(add, programme_manager, approver, some, stale):
    row = services.test_rule(actor=programme_manager, rule_id=add().pk)
    Rule.objects.filter(pk=row.pk).update(tested=row.tested | stale)
    with pytest.raises(services.RuleNotTested):
        services.approve_rule(actor=approver, rule_id=row.pk)
    services.test_rule(actor=programme_manager, rule_id=row.pk)
    assert services.approve_rule(actor=approver, rule_id=row.pk).state == "approved"


def test_outside_a_demo_a_rule_on_unconfirmed_numbers_is_tested_and_not_approved(
    add, programme_manager, approver, people, settings
):
    settings.SAIBAN_DEMO = False
    row = add(text="score.pmt <= policy.pmt.cutoff || rooms == 9")
    services.test_rule(actor=programme_manager, rule_id=row.pk, seen=True)
    with pytest.raises(judging.PolicyNotConfirmed):
        services.approve_rule(actor=approver, rule_id=row.pk, seen=True)


def test_a_rule_is_retired_with_a_reason(add, approver):
    row = add()
    with pytest.raises(ReasonMissing):
        services.retire_rule(actor=approver, rule_id=row.pk, reason=" ")
    assert services.retire_rule(actor=approver, rule_id=row.pk, reason="superseded").state == "retired"


@pytest.mark.parametrize("pair", RULE_MOVES.unlisted())
def test_unlisted_moves_are_refused(pair, approver):
    with pytest.raises(IllegalMove):
        RULE_MOVES.move(Rule(state=pair[0]), to=pair[1], actor=approver, reason="any")


def test_a_preview_counts_the_area_of_the_duty_only(add, programme_manager, appoint, some, home):
    row = add(text="rooms >= 1")
    of_district = appoint("of_district", Role.PROGRAMME_MANAGER, "Rajanpur")
    whole, part = (
        queries.preview_rule(actor=actor, rule=row).counts for actor in (programme_manager, of_district)
    )
    assert (whole["judged"], part["judged"]) == (2, 1)
    assert list(part["districts"]) == [home.area_path.split(".")[2]]


def test_a_preview_is_on_record_and_is_for_those_who_may(add, programme_manager, clerk, some):
    queries.preview_rule(actor=programme_manager, rule=Rule(text="rooms >= 1", unit="household"))
    assert Audit.objects.filter(action="scoring.rule.preview", kind="look").count() == 1
    with pytest.raises(NotAllowed):
        queries.preview_rule(actor=clerk, rule=Rule(text="rooms >= 1", unit="household"))


def test_the_previewed_count_is_that_of_the_rows(add, programme_manager, some):
    row = add()
    counts = queries.preview_rule(actor=programme_manager, rule=row).counts
    answers = judging.judge(row, on=timezone.localdate())["answer"].to_pylist()
    assert {name: answers.count(name) for name in ("eligible", "not_eligible", "unknown")} == {
        name: counts[name] for name in ("eligible", "not_eligible", "unknown")
    }


def test_a_page_shows_a_version_among_its_versions(add, programme_manager, approver):
    first, second = add(), add(text="rooms <= 1")
    found = queries.rule_page(actor=approver, rule_id=second.pk)
    assert (found.former, list(found.versions)) == (first, [second, first])
    with pytest.raises(NotVisible):
        queries.rule(actor=approver, rule_id=0)
