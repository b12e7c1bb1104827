"""The pages of ui through Django's client: what they hold, what they weigh, what they refuse."""

import gzip
import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.template import engines
from django.test import Client, RequestFactory

from saiban.config.cli.words import compile_all
from saiban.core.models import Actor
from saiban.ui import errors, tables
from saiban.ui.gallery import HouseholdTable
from saiban.ui.slots import FilledPanel

HEAVIEST = 150 * 1024
pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_clerk(client: Client, clerk: Actor) -> Client:
    client.force_login(clerk)
    return client


def test_gallery_is_for_who_is_logged_in(client: Client, settings: Any) -> None:
    settings.LOGIN_URL = "/way-in/"
    for path in ("/ui/", "/ui/confirm/", "/ui/outlines.json"):
        assert client.get(path).headers["location"] == f"/way-in/?next={path}"


def test_page_weighs_less_than_its_budget(client_of_clerk: Client) -> None:
    page = client_of_clerk.get("/ui/", headers={"cookie": client_of_clerk.cookies.output(header="", sep=";")})
    text = page.content.decode()
    files = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', text))
    assert any("bootstrap" in name for name in files)
    weights = [len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in files]
    assert len(gzip.compress(page.content)) + sum(weights) <= HEAVIEST


def test_no_page_carries_inline_style_or_script(client_of_clerk: Client) -> None:
    for path in ("/ui/", "/ui/confirm/"):
        text = client_of_clerk.get(path).content.decode()
        assert not re.search(r"\sstyle=|<style|\son\w+=", text)
        scripts = re.findall(r"<script([^>]*)>", text)
        assert all("src=" in one or 'type="application/json"' in one for one in scripts)


def test_narrowed_list_is_what_comes_along(client_of_clerk: Client) -> None:
    answer = client_of_clerk.get("/ui/?state=approved&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    heads = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert heads == ["Zainab Bibi", "Muhammad Aslam", "Shamim Mai"]
    assert sheet.cell(2, 4).value == 54000  # rupees, as a number


def test_kind_of_file_that_the_table_does_not_offer_is_a_page(client_of_clerk: Client) -> None:
    assert client_of_clerk.get("/ui/?export=json").headers["content-type"].startswith("text/html")


def test_formula_in_a_name_comes_along_as_text(rf: RequestFactory) -> None:
    row = {
        "head": "=HYPERLINK(1)",
        "members": -3,
        "score": 1,
        "benefits": 150,
        "seen_on": None,
        "state": "draft",
    }
    answer = tables.export(rf.get("/?export=csv"), HouseholdTable([row]), name="x")
    assert answer is not None
    assert "'=HYPERLINK(1),-3" in answer.content.decode()
    assert ",1.50," in answer.content.decode()


def test_list_that_is_too_long_is_refused(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_EXPORTED", 1)
    with pytest.raises(tables.TooManyRows):
        tables.export(rf.get("/?export=csv"), HouseholdTable([{}, {}]), name="x")


def test_errors_are_summed_up_with_links_to_their_fields(client_of_clerk: Client) -> None:
    answer = client_of_clerk.post("/ui/confirm/", {"reason": "no"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_reason"' in text
    assert text.count("at least 5 characters") == 2  # in the summary and at the field


def test_errors_are_told_in_urdu(client_of_clerk: Client, settings: Any) -> None:
    compile_all()
    client_of_clerk.cookies[settings.LANGUAGE_COOKIE_NAME] = "ur"
    text = client_of_clerk.post("/ui/confirm/", {"reason": "abc"}).content.decode()
    assert "کم از کم 5 حروف لکھیں (ابھی 3 ہیں)۔" in text


def test_confirmed_action_leads_on(client_of_clerk: Client) -> None:
    answer = client_of_clerk.post("/ui/confirm/", {"reason": "left the district"}, follow=True)
    assert answer.redirect_chain == [("/ui/", 302)]
    assert b"You said yes" in answer.content


def test_refusals_say_status_sentence_and_code(rf: RequestFactory, clerk: Actor) -> None:
    request = rf.get("/x")
    request.actor = clerk  # type: ignore[attr-defined]
    for answer, status, code in (
        (errors.bad_request(request), 400, "ui.bad_request"),
        (errors.forbidden(request, PermissionDenied()), 403, "core.not_allowed"),
        (errors.not_found(request), 404, "core.not_visible"),
        (errors.csrf_failure(request, "bad origin"), 403, "ui.form_too_old"),
    ):
        assert answer.status_code == status
        assert code in answer.content.decode()
        assert "bad origin" not in answer.content.decode()


def test_form_without_its_token_is_told_why(clerk: Actor) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    answer = strict.post("/ui/confirm/", {"reason": "left the district"})
    assert answer.status_code == 403
    assert b"ui.form_too_old" in answer.content


def test_htmx_gets_a_refusal_as_a_banner(client_of_clerk: Client) -> None:
    text = client_of_clerk.get("/no-such-page/", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in text
    assert 'class="banner bad"' in text


def test_fault_of_ours_asks_the_database_nothing(rf: RequestFactory, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = errors.server_error(rf.get("/x"))
    assert answer.status_code == 500
    assert "not saved" in answer.content.decode()


def test_fault_outside_of_pages_that_is_the_databases_is_called_that(rf: RequestFactory) -> None:
    try:
        raise OperationalError("connection failed: Connection refused")
    except OperationalError:
        answer = errors.server_error(rf.get("/x", headers={"hx-request": "true"}))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    text = answer.content.decode()
    assert "core.database_away" in text
    assert "<html" not in text


def test_frame_asks_nothing_where_no_template_looks_at_it(
    client_of_clerk: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(4):  # session, actor, duty
        client_of_clerk.get("/ui/outlines.json")


def test_words_of_the_other_language_are_marked() -> None:
    render = engines["django"].from_string
    assert render('{% words_in "زینب" "ur" %}').render() == '<span lang="ur" dir="rtl">زینب</span>'
    assert render('{% words_in "Zainab" "en" %}').render() == "Zainab"
    thing = {"thing": type("Thing", (), {"name_en": "", "name_ur": "<b>"})()}
    assert render("{% in_language thing %}").render(thing) == '<span lang="ur" dir="rtl">&lt;b&gt;</span>'


def test_slot_shows_each_panel_with_its_own_words() -> None:
    panels = [FilledPanel(name, "ui/empty.html", {"title": name}) for name in ("scores", "cases")]
    text = engines["django"].from_string("{% slot panels %}").render({"panels": panels, "title": "page"})
    assert re.findall(r'id="panel-(\w+)"', text) == ["scores", "cases"]
    assert re.findall(r"<p>(\w+)</p>", text) == ["scores", "cases"]
    assert "page" not in text


def test_state_of_a_thing_has_words_and_tone() -> None:
    thing = SimpleNamespace(state="held", get_state_display=lambda: "<waits>")
    text = engines["django"].from_string("{% state thing %}").render({"thing": thing})
    assert text == '<span class="tag warn">&lt;waits&gt;</span>'
