"""The pages of a second survey: clean and within the window, in both languages, wide and narrow."""

from collections.abc import Callable
from typing import Any

import pytest

from saiban.core.models import Actor
from saiban.registry import tasks
from saiban.registry.models import Finding, Profile
from tests.registry.conftest import scorecards, send, sources, take_in, uploads
from tests.registry.second_survey import FIRST, SECOND, family, tehsils
from tests.ui.helpers import VIEWS, assert_axe_clean, assert_no_overflow, screenshot

__all__ = ["scorecards", "send", "sources", "take_in", "uploads"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]


@pytest.fixture
def doubtful(take_in: Callable[..., Any], scorecards: None) -> Finding:
    """A second survey with every kind of finding but one; the households known before are poor."""
    here, there = tehsils()[:2]
    rows = [row for n in range(9) for row in family(f"A-{n}", range(10 * n, 10 * n + 4), area=here, on=FIRST)]
    take_in(rows)
    Profile.objects.filter(household__isnull=False).update(band="poor")
    again = [
        row for n in range(5) for row in family(f"B-{n}", range(10 * n, 10 * n + 4), area=here, on=SECOND)
    ]
    again += family("B-5", range(50, 54), area=there, on=SECOND)
    again += family("B-6", [60, 61, 62, 70, 71, 72, 73], area=here, on=SECOND)
    again += family("B-7", [63, 99], area=here, on=SECOND, head=99)
    wrong = family("B-8", range(80, 84), area=here, on=SECOND)
    take_in(again + [row | {"birth_date": "1999-01-01"} for row in wrong])
    tasks.count_all_knowledge()
    return Finding.objects.get(kind="doubtful")


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_pages_are_clean_and_fit(
    window: Open, manager: Actor, doubtful: Finding, language: str, width: int
) -> None:
    district = tehsils()[0].parent
    assert district is not None
    emptied = Profile.objects.filter(emptied=True).earliest("household")
    paths = {
        "findings": "/registry/findings/",
        "finding": f"/registry/findings/{doubtful.pk}/",
        "finding-join": f"/registry/findings/{doubtful.pk}/join/",
        "finding-batch": f"/intake/batches/{doubtful.batch_id}/",
        "coverage-tehsils": f"/registry/coverage/?district={district.code}",
        "coverage-plan": "/registry/coverage/plan/?visits=250000",
        "coverage-plan-empty": "/registry/coverage/plan/",
        "household-emptied": f"/registry/households/{emptied.household_id}/",
    }
    page = window(manager, language=language, width=width)
    for name, path in paths.items():
        assert page.at(path).status == 200, path
        screenshot(page, f"{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)
