"""The walk of a first day, in a browser, by keyboard alone: log in → upload a file with errors → mend → see
what moved
→ household → correct a value → see score and reason change."""

import re

import pytest
from django.urls import reverse

from saiban.config.foundation import lay_all
from saiban.core import worker
from saiban.registry.models import Correction
from tests.intake import files
from tests.ui.walker import SAVE, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WALKS = [
    pytest.param("en", 1280, True, id="en-1280"),
    pytest.param("en", 360, True, id="en-360"),
    pytest.param("ur", 1280, True, id="ur-1280"),
    pytest.param("ur", 360, True, id="ur-360"),
    pytest.param("ur", 360, False, id="ur-360-without-javascript"),
]


@pytest.fixture
def manager_with_everything(foundations, appoint):
    lay_all()
    appoint("second", "district_officer")
    return appoint("manager", "data_manager")


def wrong_and_right(folder):
    """A survey of three households, one of which has an impossible date and one of which has no head."""
    good, date, headless = files.other("H-1", 1), files.other("H-2", 2), files.other("H-3", 3)
    date[1] = date[1] | {"birth_date": "2015-02-31"}
    headless[0] = headless[0] | {"relation": "sibling"}
    return files.as_csv(folder / "survey.csv", good + date + headless)


def mend(sheet, folder):
    """Do what the reasons ask for, in the sheet that came back."""
    import csv

    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["household_no"] for row in rows} == {"H-2", "H-3"}
    assert any(row["field"] == "birth_date" and row["reason"] for row in rows)
    for row in rows:
        row["birth_date"] = "2015-02-28" if row["birth_date"] == "2015-02-31" else row["birth_date"]
        row["relation"] = "head" if row["relation"] == "sibling" else row["relation"]
    return files.as_csv(folder / "mended.csv", rows)


def upload(walker, path):
    """Choose source and file, send, and let the worker do its part."""
    walker.at("intake:upload")
    walker.reach("select[name=source]").select_option("psc-survey")
    walker.reach("input[name=file]").set_input_files(path)
    walker.press(SAVE)
    worker.work_once()
    walker.page.reload()


@pytest.mark.parametrize(("language", "width", "javascript"), WALKS)
def test_the_walk_of_a_first_day(
    manager_with_everything, window, tmp_path, language, width, javascript, request
):
    page = window(language=language, width=width, javascript=javascript)
    walker = Walker(page, request.node.callspec.id)

    page.at("/")
    walker.look("log-in")
    walker.log_in("manager")
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")
    walker.look("today-empty")

    upload(walker, wrong_and_right(tmp_path))
    walker.look("batch-with-errors")
    assert page.locator("main table tbody tr").count() == 4, "both rows of both households are kept"
    link = walker.reach("a[href*='rejected.csv']")
    with page.expect_download() as download:
        link.press("Enter")
    sheet = tmp_path / "rejected.csv"
    download.value.save_as(sheet)

    upload(walker, mend(sheet, tmp_path))
    walker.look("batch-mended")
    page.at("/")
    walker.look("today")
    assert "3" in page.locator(".figures").first.inner_text()

    page.at(reverse("registry:households"))
    walker.look("households")
    walker.press("main table a[href*='/registry/households/']")
    walker.look("household")
    before = page.locator(".figure dd").first.inner_text()
    address = page.url

    page.goto(address + "correct/rooms/")
    walker.look("correct")
    walker.type("input[name=value]", "ten")
    walker.type("textarea[name=reason]", "Seen at a visit: five rooms")
    walker.press(SAVE)
    walker.look("correct-refused")
    assert page.locator("[role=alert], .error-summary").count()
    walker.type("input[name=value]", "5")
    walker.press(SAVE)
    worker.work_once()
    page.goto(address)
    walker.look("household-proposed")
    assert page.locator(".figure dd").first.inner_text() == before, (
        "nothing changes until another approves it"
    )
    page.at(reverse("registry:correction-approve", args=[Correction.objects.get().pk]))
    assert not page.locator("main form button.btn-primary").count(), "nobody approves what is their own"

    other = window(language=language, width=width, javascript=javascript)
    second = Walker(other, f"{request.node.callspec.id}-second")
    other.at("/")
    second.log_in("second")
    second.at("registry:corrections")
    second.look("corrections")
    second.press("main table a[href*='/registry/corrections/']")
    second.look("correction")
    second.press("a[href$='/approve/']")
    second.look("approve")
    second.press(SAVE)
    worker.work_once()
    page.goto(address)
    walker.look("household-corrected")
    after = page.locator(".figure dd").first.inner_text()
    assert number(after) > number(before), "more rooms, a higher score"
    assert "Seen at a visit: five rooms" in page.locator("main").inner_text()


def number(text):
    return float(re.search(r"\d+(\.\d+)?", text).group(0))
