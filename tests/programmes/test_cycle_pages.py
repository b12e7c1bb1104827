"""The pages of schemes that are run here."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from saiban.core import changes
from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Role
from saiban.programmes import foundation, tasks
from saiban.programmes.models import Cycle, Enrolment, Proposal, Scheme
from saiban.programmes.services.cycles import approve_cycle
from saiban.programmes.services.proposals import review_eligibility
from saiban.registry.models import Profile
from tests.access.world import number_of
from tests.programmes import elders

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(foundations):
    """A browser of someone who works under a duty."""

    def open_as(actor, language="en"):
        client = Client()
        client.force_login(actor)
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
        client.cookies["django_language"] = language
        return client

    return open_as


@pytest.fixture
def rule(foundations, analyst):
    foundation.lay()
    return elders.rule(analyst)


@pytest.fixture
def scheme(rule, programme_manager):
    return elders.set_up(programme_manager, rule)


@pytest.fixture
def cycle(scheme, programme_manager):
    for code, score in [("A", "11.0"), ("B", "29.5"), ("C", "20.0")]:
        elders.elder(code, score)
    elders.elder("GAP", "12.0", has_car=None)
    return elders.proposed(programme_manager, scheme, places=2)


@pytest.fixture
def approved(cycle, approver):
    number_of(Enrolment.objects.get(household__code="A").person)
    return approve_cycle(actor=approver, cycle_id=cycle.pk)


def url(name, *args):
    return reverse(f"programmes:{name}", args=args)


def text(response):
    return response.content.decode()


def test_a_scheme_is_set_up_on_its_page(rule, page, programme_manager):
    scheme = Scheme.objects.get(code="PSPA-BHB")
    browser = page(programme_manager)
    assert url("set-up", scheme.pk) in text(browser.get(url("scheme", scheme.pk)))
    given = {"rule_id": rule.pk, "unit": "person", "benefit_paisa": "2,000", "period": "month"}
    response = browser.post(url("set-up", scheme.pk), given)
    assert (response.status_code, response["Location"]) == (302, url("scheme", scheme.pk))
    scheme.refresh_from_db()
    assert (scheme.rule, scheme.benefit_paisa) == (rule, 200_000)
    assert url("cycle-open", scheme.pk) in text(browser.get(url("scheme", scheme.pk)))


def test_what_is_wrong_with_a_benefit_stands_at_its_field(rule, page, programme_manager):
    scheme = Scheme.objects.get(code="PSPA-BHB")
    given = {"rule_id": rule.pk, "unit": "household", "benefit_paisa": "2.005", "period": "month"}
    response = page(programme_manager).post(url("set-up", scheme.pk), given)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["benefit_paisa"]
    response = page(programme_manager).post(url("set-up", scheme.pk), given | {"benefit_paisa": "2000"})
    assert list(response.context["form"].errors) == ["rule_id"]


OPENED = {"starts_on": "2026-07-01", "ends_on": "2026-10-01", "budget_paisa": "60,000", "area_code": ""}


def test_a_cycle_is_opened_and_its_list_made_by_the_worker(scheme, page, programme_manager):
    elders.elder("A", "11.0")
    browser = page(programme_manager)
    response = browser.post(url("cycle-open", scheme.pk), OPENED)
    cycle = Cycle.objects.get()
    assert response["Location"] == url("cycle", cycle.pk)
    assert cycle.budget_paisa == 6_000_000
    assert url("cycle-propose", cycle.pk) in text(browser.get(url("cycle", cycle.pk)))
    response = browser.post(url("cycle-propose", cycle.pk))
    assert response["Location"] == url("cycle", cycle.pk)


def test_what_the_worker_would_refuse_is_refused_on_the_page(scheme, page, programme_manager, settings):
    cycle = elders.open_cycle(programme_manager, scheme)
    settings.SAIBAN_DEMO = False
    response = page(programme_manager).get(url("cycle-propose", cycle.pk))
    assert response.status_code == 409
    assert "no-other-assistance" in text(response)


def test_who_covers_a_district_is_not_offered_to_set_up_a_scheme(scheme, page, appoint):
    browser = page(appoint("local", Role.PROGRAMME_MANAGER, "Rajanpur"))
    shown = text(browser.get(url("scheme", scheme.pk)))
    assert url("set-up", scheme.pk) not in shown
    assert url("cycle-open", scheme.pk) in shown
    assert browser.get(url("set-up", scheme.pk)).status_code == 403


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"budget_paisa": "0"}, "budget_paisa"),
        ({"budget_paisa": "5,999"}, "budget_paisa"),
        ({"budget_paisa": "-7"}, "budget_paisa"),
        ({"budget_paisa": "1.005"}, "budget_paisa"),
        ({"ends_on": "2026-06-01"}, "ends_on"),
        ({"ends_on": "2026-09-15"}, "ends_on"),
        ({"starts_on": ""}, "starts_on"),
    ],
)
def test_what_is_wrong_with_a_cycle_stands_at_its_field(scheme, page, programme_manager, given, field):
    response = page(programme_manager).post(url("cycle-open", scheme.pk), OPENED | given)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Cycle.objects.exists()


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("name", ["cycle", "cycle-candidates", "cycle-withdraw"])
def test_the_pages_of_a_cycle_are_there_in_both_languages(cycle, page, programme_manager, name, language):
    response = page(programme_manager, language).get(url(name, cycle.pk))
    assert response.status_code == 200
    assert f'lang="{language}"' in text(response)


def test_the_page_of_a_cycle_shows_the_way_from_the_rule_to_the_list(cycle, page, programme_manager):
    shown = page(programme_manager).get(url("cycle", cycle.pk))
    steps = {str(step.label): step.count for step in shown.context["steps"]}
    assert steps == {
        "Judged by the rule": 4,
        "Eligible": 3,
        "an answer is missing": 1,
        "the budget ends before": 1,
        "selected": 2,
    }
    assert cycle.seed in text(shown)


def test_who_prepared_it_is_not_offered_the_approval_and_another_is(cycle, page, programme_manager, approver):
    approve = url("cycle-approve", cycle.pk)
    mine = text(page(programme_manager).get(url("cycle", cycle.pk)))
    assert approve not in mine
    assert "another person has to approve it" in mine
    assert approve in text(page(approver).get(url("cycle", cycle.pk)))


def test_an_approval_says_what_follows_and_is_done_by_its_button(cycle, page, approver):
    browser = page(approver)
    asked = text(browser.get(url("cycle-approve", cycle.pk)))
    assert "2 are enrolled." in asked
    assert Cycle.objects.get().state == "proposed"
    assert browser.post(url("cycle-approve", cycle.pk))["Location"] == url("cycle", cycle.pk)
    assert Cycle.objects.get().state == "approved"
    assert browser.post(url("cycle-approve", cycle.pk)).status_code == 409


def test_candidates_are_narrowed_by_outcome_and_say_why(cycle, page, programme_manager):
    shown = page(programme_manager).get(url("cycle-candidates", cycle.pk) + "?outcome=unknown")
    assert [row.household.code for row in shown.context["table"].data] == ["GAP"]
    assert "not known: " in text(shown)


def test_a_clerk_elsewhere_sees_no_candidate(cycle, page, other_clerk):
    assert page(other_clerk).get(url("cycle-candidates", cycle.pk)).status_code == 404


def test_the_list_to_pay_is_downloaded_for_a_reason(approved, page, approver):
    browser = page(approver)
    shown = browser.get(url("paylist", approved.pk))
    assert approved.digest in text(shown)
    assert browser.post(url("paylist", approved.pk), {"reason": ""}).status_code == 422
    given = browser.post(url("paylist", approved.pk), {"reason": "to the bank", "period_from": ""})
    assert given["Content-Type"].startswith("text/csv")
    assert "9420108912318" in text(given)
    assert approved.digest in text(given)


def test_the_page_of_a_place_says_why_it_was_given_and_what_it_is_due(approved, page, programme_manager):
    place = Enrolment.objects.get(household__code="A")
    shown = page(programme_manager).get(url("enrolment", place.pk))
    assert [holds for _words, holds in shown.context["clauses"]] == [True, True, True]
    assert shown.context["due_paisa"] == elders.COST


def test_a_place_is_suspended_on_its_page_and_the_reason_is_shown(approved, page, programme_manager):
    place = Enrolment.objects.get(household__code="A")
    browser = page(programme_manager)
    assert browser.post(url("enrolment-suspend", place.pk), {"reason": ""}).status_code == 422
    browser.post(url("enrolment-suspend", place.pk), {"reason": "moved to Karachi"})
    shown = text(browser.get(url("enrolment", place.pk)))
    assert "moved to Karachi" in shown
    assert url("enrolment-restore", place.pk) in shown
    assert browser.post(url("enrolment-suspend", place.pk), {"reason": "once more"}).status_code == 409


def test_a_proposal_is_found_in_the_list_and_decided_on_its_page(approved, page, programme_manager, system):
    Profile.objects.filter(household__code="A").update(score=Decimal("45.0"))
    home = Enrolment.objects.get(household__code="A").household_id
    made = changes.change_set(actor=system, kind="registry.household", reason="tests", ids=[home])
    review_eligibility(actor=system, change_set_id=made.pk)
    proposal, browser = Proposal.objects.get(), page(programme_manager)
    decide = url("proposal-decide", proposal.pk)
    assert decide in text(browser.get(url("proposals")))
    assert [holds for _words, holds in browser.get(decide).context["clauses"]] == [True, False, True]
    assert browser.post(decide, {"decision": "close", "reason": ""}).status_code == 422
    response = browser.post(decide, {"decision": "close", "reason": "income has grown"})
    assert response["Location"] == url("proposals")
    assert Enrolment.objects.get(household__code="A").state == "closed"
    assert decide not in text(browser.get(url("proposals")))


def test_what_happened_to_a_place_stands_in_the_time_of_the_household(approved, page, programme_manager):
    place = Enrolment.objects.get(household__code="A")
    shown = text(page(programme_manager).get(reverse("registry:household", args=[place.household_id])))
    assert url("enrolment", place.pk) in shown


def test_the_worker_makes_the_list_once(scheme, programme_manager):
    elders.elder("A", "11.0")
    cycle = elders.open_cycle(programme_manager, scheme)
    tasks.propose_cycle.func(cycle.pk, programme_manager.pk, programme_manager.duty.pk)
    tasks.propose_cycle.func(cycle.pk, programme_manager.pk, programme_manager.duty.pk)
    assert Cycle.objects.get().figures["outcomes"] == {"selected": 1}


def test_a_list_waits_on_the_day_of_who_approves_and_of_nobody_else(cycle, page, programme_manager, approver):
    link = url("cycle", cycle.pk)
    assert link in text(page(approver).get(reverse("desk:today")))
    assert link not in text(page(programme_manager).get(reverse("desk:today")))


def test_proposals_to_leave_wait_on_the_day_of_who_decides(approved, page, programme_manager, system):
    link = url("proposals") + "?kind=leave"
    assert link not in text(page(programme_manager).get(reverse("desk:today")))
    Profile.objects.filter(household__code="A").update(score=Decimal("45.0"))
    home = Enrolment.objects.get(household__code="A").household_id
    made = changes.change_set(actor=system, kind="registry.household", reason="tests", ids=[home])
    review_eligibility(actor=system, change_set_id=made.pk)
    assert link in text(page(programme_manager).get(reverse("desk:today")))
