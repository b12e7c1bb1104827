"""A survey of 50,000 households is uploaded; one watches how far it is, closes the page, comes back on a
phone and in the other language, and reads what moved.
"""

import re
import threading
from datetime import date

import pytest
from django.db import connections
from django.urls import reverse

from saiban.config.foundation import lay_all
from saiban.core import worker
from saiban.intake.models import Batch
from saiban.synth.province import frame_of, write_province
from tests.ui.walker import SAVE, Walker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HOUSEHOLDS, PATIENCE = 50_000, 40 * 60


@pytest.fixture
def at_work():
    """A worker beside the test, as `saiban serve` starts one; it ends with the test."""
    stop, failed = threading.Event(), []

    def work():
        try:
            while not stop.is_set():
                worker.work_once(stop.is_set)
                stop.wait(0.5)
        except Exception as error:
            failed.append(error)
            raise
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    yield thread.start
    stop.set()
    thread.join(PATIENCE)
    assert not failed


def figures(text: str) -> list[int]:
    """The whole numbers of a text, in either language's digits."""
    return [int(found.replace(",", "")) for found in re.findall(r"[0-9][0-9,]*", text)]


def test_a_large_survey_is_watched_left_and_read(foundations, appoint, window, tmp_path, at_work, request):
    lay_all()
    appoint("manager", "data_manager")
    write_province(frame_of(1, date(2026, 10, 1)), HOUSEHOLDS, tmp_path)
    desk = window(language="en", width=1280)
    walker = Walker(desk, "large-en-1280")
    desk.at("/")
    walker.log_in("manager")
    walker.at("intake:upload")
    walker.reach("select[name=source]").select_option("psc-survey")
    walker.reach("input[name=file]").set_input_files(tmp_path / "survey.parquet")
    walker.press(SAVE)
    batch = Batch.objects.get()
    address = reverse("intake:batch", args=[batch.pk])
    assert desk.url.endswith(address)
    walker.look("waiting")

    at_work()
    stages = desk.locator(".stages > div")
    stages.first.wait_for(timeout=PATIENCE * 1000)  # checked, and its parts are being loaded
    profiles = stages.nth(1).locator("dd span")
    desk.wait_for_function(
        "text => document.querySelectorAll('.stages dd span')[1]?.textContent !== text",
        arg=profiles.text_content(), timeout=PATIENCE * 1000,
    )  # fmt: skip
    done, total = figures(profiles.text_content())
    assert 0 < done <= total
    assert "to go" in desk.locator(".job").text_content()
    walker.look("under-way")
    desk.close()

    phone = window(language="ur", width=360)
    phone.at("/")
    there = Walker(phone, "large-ur-360")
    there.log_in("manager")
    phone.at(address)
    there.look("come-back")
    phone.locator(".job").wait_for(state="detached", timeout=PATIENCE * 1000)
    phone.at(address)  # as who comes back later
    batch.refresh_from_db()
    assert (batch.state, batch.rejected_rows) == ("applied", 0)
    assert batch.outcome["scores"]["households"] == HOUSEHOLDS
    assert HOUSEHOLDS in figures(phone.locator("main").text_content())
    there.look("what-moved")
    for language, width in (("en", 360), ("en", 1280), ("ur", 1280)):
        page = window(language=language, width=width)
        other = Walker(page, f"large-{language}-{width}")
        page.at("/")
        other.log_in("manager")
        page.at(address)
        assert HOUSEHOLDS in figures(page.locator("main").text_content())
        other.look("what-moved")
