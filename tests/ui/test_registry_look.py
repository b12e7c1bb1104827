"""The pages of registry and scoring: clean and within the window, in both languages, wide and narrow."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saiban.core import outbox
from saiban.core.models import Actor
from saiban.registry.correcting import services as correcting
from saiban.registry.models import Correction, Household
from saiban.scoring.models import Score, Scorecard
from tests.registry.conftest import home, people, rajanpur, scorecards, send, sources, take_in, uploads
from tests.ui.helpers import VIEWS, assert_axe_clean, assert_no_overflow, screenshot

__all__ = ["home", "people", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]


def paths_of(row: Household) -> dict[str, str]:
    """The pages about a household whose score has moved once."""
    household = f"/registry/households/{row.pk}/"
    person = f"/registry/persons/{row.memberships.order_by('pk')[0].person_id}/"
    after, before = Score.objects.filter(household=row, scorecard__decides=True).order_by("-pk")[:2]
    return {
        "households": "/registry/households/",
        "household": household,
        "person": person,
        "person-said": f"{person}history/",
        "correct": f"{household}correct/",
        "correct-field": f"{household}correct/rooms/",
        "past": f"{household}past/?on={timezone.localdate().isoformat()}",
        "said": f"{household}history/",
        "coverage": "/registry/coverage/",
        "past-nothing": f"{household}past/?on=2020-04-01",
        "scorecards": "/scoring/scorecards/",
        "scorecard": f"/scoring/scorecards/{Scorecard.objects.get(decides=True).pk}/",
        "history": f"/scoring/households/{row.pk}/",
        "compare": f"/scoring/households/{row.pk}/{before.pk}/{after.pk}/",
    }


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_pages_are_clean_and_fit(
    window: Open, correct: Open, manager: Actor, home: Household, language: str, width: int
) -> None:
    correct(manager, home, "rooms", 5)
    outbox.drain()
    page = window(manager, language=language, width=width)
    for name, path in paths_of(home).items():
        assert page.at(path).status == 200
        screenshot(page, f"{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)


def paths_of_corrections(clerk: Actor, officer: Actor, correct: Open, home: Household) -> dict[str, str]:
    """The pages of corrections in each state, and the steps that lead from one to the next."""

    def propose(field: str, value: object) -> Correction:
        return correcting.propose_correction(
            actor=clerk, household_id=home.pk, field=field, value=value, reason="seen at the door"
        )

    waits, late, refused = propose("rooms", 5), propose("has_gas", True), propose("toilet", "sewer")
    Correction.objects.filter(pk=late.pk).update(proposed_at=timezone.now() - timedelta(days=9))
    correcting.refuse_correction(actor=officer, correction_id=refused.pk, reason="the neighbour's house")
    holds, lifted = correct(clerk, home, "has_car", "yes"), correct(clerk, home, "has_tractor", "yes")
    correcting.lift_correction(actor=officer, correction_id=lifted.pk, reason="sold in spring")
    correct(clerk, home, "has_washing_machine", "yes")
    one = "/registry/corrections/"
    return {
        "corrections": one,
        "corrections-none": f"{one}?show=mine",
        "correction-waits": f"{one}{waits.pk}/",
        "correction-refused": f"{one}{refused.pk}/",
        "correction-holds": f"{one}{holds.pk}/",
        "correction-lifted": f"{one}{lifted.pk}/",
        "correction-approve": f"{one}{waits.pk}/approve/",
        "correction-refuse": f"{one}{waits.pk}/refuse/",
        "correction-lift": f"{one}{holds.pk}/lift/",
        "household-corrections": f"/registry/households/{home.pk}/",
        "correct-field-waits": f"/registry/households/{home.pk}/correct/rooms/",
        "correct-field-weighed": f"/registry/households/{home.pk}/correct/drainage/",
    }


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_pages_of_corrections_are_clean_and_fit(
    window: Open, correct: Open, clerk: Actor, officer: Actor, home: Household, language: str, width: int
) -> None:
    page = window(officer, language=language, width=width)
    for name, path in paths_of_corrections(clerk, officer, correct, home).items():
        assert page.at(path).status == 200
        screenshot(page, f"{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)


def test_a_correction_with_a_fault_is_clean_and_fits(window: Open, manager: Actor, home: Household) -> None:
    page = window(manager, language="ur", width=360)
    page.at(f"/registry/households/{home.pk}/correct/rooms/")
    page.locator("main form button").last.click()
    assert page.locator(".errors a").first.get_attribute("href") == "#id_value"
    assert_no_overflow(page)
    assert_axe_clean(page)
