"""Search as people see it, in both languages and widths, with hits of every kind; and without a script."""

from datetime import date

import pytest

from saiban.registry import naming
from saiban.registry.models import Household, Membership, Person
from tests.access import world
from tests.ui.helpers import assert_axe_clean, assert_no_overflow, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PEOPLE = [
    ("Muhammad Aslam", "محمد اسلم", "Ghulam Hussain", "غلام حسین", "male", 1971),
    ("Mohd Aslam", "", "Allah Ditta", "", "male", 1988),
    ("", "محمد اسلام", "", "رسول بخش", "male", 2003),
    ("Muhammad Asim", "محمد عاصم", "Abdul Rehman", "عبدالرحمٰن", "male", 1994),
    ("Zainab Bibi", "زینب بی بی", "Rasool Bakhsh", "رسول بخش", "female", 1986),
]


@pytest.fixture
def village(system):
    area = world.tehsil()
    for no, (name_en, name_ur, father_en, father_ur, sex, born) in enumerate(PEOPLE, start=1):
        home = Household.objects.create(
            code=f"HH-31204-{no:07}", area=area, area_path=area.path, village=f"Chak {40 + no} GB"
        )
        person = Person.objects.create(
            name_en=name_en,
            name_ur=name_ur,
            father_name_en=father_en,
            father_name_ur=father_ur,
            sex=sex,
            birth_date=date(born, 4, 2),
        )
        Membership.objects.create(
            person=person, household=home, relation="head", head=no % 2 == 1, during=(date(2025, 3, 1), None)
        )
        naming.renew([home.pk])
    world.number_of(Person.objects.order_by("pk").first())


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_hits_fit_and_are_accessible_without_a_script(village, window, clerk, language, width):
    page = window(clerk, language=language, width=width, javascript=False)
    page.at("/search/")
    page.locator("main input[name=q]").fill("محمد اسلم" if language == "ur" else "Mohd Aslam")
    page.keyboard.press("Enter")
    page.locator("table tbody tr").nth(2).wait_for()
    screenshot(page, f"search-hits-{language}-{width}")
    assert_no_overflow(page)
    page.locator("details.group summary").first.click()
    screenshot(page, f"search-form-{language}-{width}")
    assert_no_overflow(page)


def test_the_longer_form_says_what_is_missing_and_finds_by_keyboard(village, window, clerk):
    page = window(clerk, width=360)
    page.at("/search/")
    page.locator("details.group summary").first.press("Enter")
    page.locator("#id_village").press("Enter")
    page.get_by_text("Give a name").wait_for()
    assert "Give a name" in page.locator("main").inner_text()
    assert_axe_clean(page)
    page.locator("#id_village").fill("Chak 45")
    page.locator("#id_name").fill("Zaynab")
    page.keyboard.press("Enter")
    page.locator("table tbody tr").first.wait_for()
    assert page.locator("table tbody tr").count() == 1
    assert_axe_clean(page)
