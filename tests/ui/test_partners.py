"""The pages of partners: clean and within the window, and an agreement from draft to end without scripts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from saiban.core.models import Actor
from saiban.partners import foundation, services
from saiban.partners.models import Agreement, Partner
from tests.ui.helpers import VIEWS, assert_axe_clean, assert_no_overflow, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]


@pytest.fixture
def discos(system: Actor) -> Partner:
    foundation.lay(system)
    return Partner.objects.get(code="discos")


@pytest.fixture
def draft(discos: Partner, manager: Actor) -> Agreement:
    return services.prepare_agreement(
        actor=manager,
        code="AG-DISCO-2",
        partner_id=discos.pk,
        source="disco-electricity",
        basis="memorandum of 14 November 2026 with the electricity companies",
        purpose="targeting of social protection",
        fields=["electricity_reference", "electricity_units", "household_size", "cnic"],
        area_code="PK6",
        starts_on=date(2026, 12, 1),
    )


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_pages_are_clean_and_fit(
    window: Open, administrator: Actor, discos: Partner, draft: Agreement, language: str, width: int
) -> None:
    survey = Agreement.objects.get(code="AG-PSC")
    page = window(administrator, language=language, width=width)
    paths = {
        "partners": "/partners/",
        "partner": f"/partners/{discos.pk}/",
        "agreement-draft": f"/partners/agreements/{draft.pk}/",
        "agreement": f"/partners/agreements/{survey.pk}/",
        "agreement-end": f"/partners/agreements/{survey.pk}/end/",
    }
    for name, path in paths.items():
        assert page.at(path).status == 200
        screenshot(page, f"{name}-{language}-{width}")
        assert_no_overflow(page)
        assert_axe_clean(page)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ur", 360)])
def test_the_form_with_faults_is_clean_and_fits(
    window: Open, manager: Actor, discos: Partner, language: str, width: int
) -> None:
    page = window(manager, language=language, width=width)
    page.at(f"/partners/{discos.pk}/prepare/")
    page.fill("#id_code", "ag 1")
    page.locator("main form button").click()
    assert page.locator(".errors a").first.get_attribute("href") == "#id_code"
    screenshot(page, f"agreement-prepare-{language}-{width}")
    assert_no_overflow(page)
    assert_axe_clean(page)
    page.locator(".errors a").last.click()
    assert page.evaluate("document.activeElement.type") == "checkbox"


def test_an_agreement_is_prepared_approved_and_ended_without_scripts(
    window: Open, manager: Actor, administrator: Actor, discos: Partner
) -> None:
    page = window(manager, language="ur", width=360, javascript=False)
    page.at(f"/partners/{discos.pk}/prepare/")
    for field, words in {
        "code": "AG-NEW",
        "source": "school-register",
        "purpose": "targeting of social protection",
        "basis": "memorandum",
    }.items():
        page.fill(f"#id_{field}", words)
    page.get_by_label("شناختی کارڈ نمبر").check()
    page.locator("main form button").click()
    assert page.locator("#notice .banner").first.inner_text().startswith("مسودہ تیار ہو گیا")
    page = window(administrator, language="ur", width=360, javascript=False)
    page.at("/partners/")
    page.locator("#waiting a").click()
    page.locator(".pagehead .btn-primary").click()
    page.locator("main form button").click()
    assert page.locator("#facts .tag").inner_text() == "نافذ"
    page.locator(".pagehead .actions a").click()
    page.fill("#id_reason", "یادداشت منسوخ ہو گئی")
    page.locator("main form button").click()
    assert page.locator("#facts .tag").inner_text() == "ختم"
    assert "یادداشت منسوخ ہو گئی" in page.locator("#history").inner_text()
