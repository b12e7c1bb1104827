"""The pages of erasures: clean and within the window, in both languages, wide and narrow."""

from collections.abc import Callable
from typing import Any

import pytest

from saiban.core import outbox
from saiban.core.models import Actor
from saiban.programmes import foundation as programmes
from saiban.registry.erasure.services import decide_erasure, request_erasure
from saiban.registry.models import Household
from tests.intake import files
from tests.registry.conftest import home, people, rajanpur, scorecards, send, sources, take_in, uploads
from tests.ui.helpers import VIEWS, assert_axe_clean, assert_no_overflow, screenshot

__all__ = ["home", "people", "rajanpur", "scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "letter 12 of this office"


def erased(manager: Actor, approver: Actor, row: Household) -> int:
    """Erase a household; return the erasure."""
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=row.pk)
    decide_erasure(actor=approver, erasure_id=asked.pk, decision="approve", reason="all is in order")
    outbox.drain()
    return int(asked.pk)


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_pages_are_clean_and_fit(
    window: Callable[..., Any],
    take_in: Callable[..., Any],
    manager: Actor,
    approver: Actor,
    home: Household,
    language: str,
    width: int,
) -> None:
    programmes.lay()
    take_in([files.PLACE | {"cnic": files.number(2 * 77)}], source="zakat-list", scheme="ZK-GA")
    other = Household.objects.get(village="Kamra")
    ended = files.PLACE | {"beneficiary_no": "LHR-2", "until": "2026-01-01", "state": "ended"}
    take_in([ended], source="zakat-list", scheme="ZK-GA", month="2026-06")
    member = home.memberships.get(head=True).person_id
    waits = request_erasure(actor=manager, basis="court", reason=REASON, household_id=other.pk).pk
    ask = {
        "erase-household": f"/registry/households/{other.pk}/erase/",
        "erase-person": f"/registry/persons/{member}/erase/",
        "household": f"/registry/households/{home.pk}/",
    }
    walk(window(manager, language=language, width=width), ask, language, width)
    done = erased(manager, approver, home)
    shown = {
        "erasures": "/registry/erasures/",
        "erasure-waits": f"/registry/erasures/{waits}/",
        "erasure-done": f"/registry/erasures/{done}/",
        "household-erased": f"/registry/households/{home.pk}/",
        "person-erased": f"/registry/persons/{member}/",
    }
    walk(window(approver, language=language, width=width), shown, language, width)


def walk(page: Any, paths: dict[str, str], language: str, width: int) -> None:
    """Open each page, keep its picture, and look at it."""
    for name, path in paths.items():
        assert page.at(path).status == 200
        screenshot(page, f"{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)


def test_a_decision_without_a_reason_is_clean_and_fits(
    window: Callable[..., Any], manager: Actor, approver: Actor, home: Household
) -> None:
    asked = request_erasure(actor=manager, basis="request", reason=REASON, household_id=home.pk)
    page = window(approver, language="ur", width=360)
    page.at(f"/registry/erasures/{asked.pk}/")
    page.locator("main form button").last.click()
    assert page.locator(".errors a").first.get_attribute("href") == "#id_decision"
    assert_no_overflow(page)
    assert_axe_clean(page)
