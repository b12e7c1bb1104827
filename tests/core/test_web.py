"""Web processes: the pool, the time-outs, and the page of a database that cannot answer.

Each request runs as a web server would run it: in a thread, through all of the middleware, on connections
of its own.
"""

import io
import os
import tempfile
import threading
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import translation
from tests.core import web_pages

from saiban.core import web

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings, monkeypatch):
    """Give a function that answers requests under changed settings; pools are closed at the end."""
    settings.ROOT_URLCONF = "tests.core.web_pages"
    plain = dict(connections.settings["default"])
    web_pages.release.clear()

    def started(*, pool=None, seconds=30, lock=10, idle=300, wait=10, **alias):
        settings.SAIBAN_POOL, settings.SAIBAN_POOL_SECONDS = pool, wait
        settings.SAIBAN_STATEMENT_SECONDS, settings.SAIBAN_LOCK_SECONDS = seconds, lock
        settings.SAIBAN_IDLE_SECONDS = idle
        changed = web.for_web(plain | alias, django_settings)
        monkeypatch.setitem(connections.settings, "default", changed)
        return WSGIHandler()

    yield started
    web_pages.release.set()
    if pool := DatabaseWrapper._connection_pools.pop("default", None):
        pool.close()


class Request(threading.Thread):
    """One request in a thread of its own; ``status``, ``headers`` and ``text`` are there after ``done()``."""

    def __init__(self, handler, address, *, method="GET", cookies=""):
        super().__init__(daemon=True)
        self.handler, self.address, self.method, self.cookies = handler, address, method, cookies
        self.status, self.headers, self.text = 0, {}, ""
        self.start()

    def run(self):
        where, _, query = self.address.partition("?")
        environ = {"REQUEST_METHOD": self.method, "PATH_INFO": where, "QUERY_STRING": query}
        environ |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": "http"}
        environ |= {"wsgi.input": io.BytesIO(), "HTTP_COOKIE": self.cookies, "wsgi.errors": io.StringIO()}
        answer = self.handler(environ, lambda status, headers: self.headers.update(headers))
        self.status, self.text = answer.status_code, answer.content.decode()
        answer.close()
        connections.close_all()
        translation.deactivate()

    def done(self):
        self.join(60)
        assert not self.is_alive(), "the request never ended"
        return self


def ask(handler, question, **kwargs):
    return Request(handler, f"/ask/?q={quote(question)}", **kwargs).done()


def test_more_requests_than_connections_wait_and_go_on_when_one_is_free(site):
    handler = site(pool=(1, 2), wait=30)
    holders = [Request(handler, "/hold/") for _ in range(2)]
    assert all(web_pages.holding.acquire(timeout=30) for _ in holders)
    waiting = [Request(handler, "/ask/?q=select+2") for _ in range(3)]
    waiting[0].join(0.3)
    assert all(one.is_alive() for one in waiting), "two connections are there, and both are taken"
    web_pages.release.set()
    assert [one.done().status for one in holders + waiting] == [200] * 5
    assert DatabaseWrapper._connection_pools["default"].get_stats()["connections_num"] == 2


def test_a_request_that_waits_longer_than_the_pool_allows_is_told_to_come_again(site):
    handler = site(pool=(1, 1), wait=0.3)
    holder = Request(handler, "/hold/")
    assert web_pages.holding.acquire(timeout=30)
    refused = ask(handler, "select 2")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "60")
    assert "all its places are taken" in refused.text
    assert "Nothing was saved." in refused.text
    web_pages.release.set()
    assert holder.done().status == 200
    assert ask(handler, "select 2").status == 200


def test_a_connection_comes_back_to_the_pool_as_new(site):
    handler = site(pool=(1, 1), seconds=7)
    looked = """select row(pg_backend_pid(), current_setting('search_path'),
        current_setting('statement_timeout'), current_setting('TimeZone'), to_regclass('pg_temp.left_behind'),
        (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()))"""
    as_new = ask(handler, looked).text
    for dirt in (
        "create temp table left_behind as select 1; select 1",
        "select pg_advisory_lock(7240099)",
        "set search_path = pg_temp; select 1",
        "set statement_timeout = 0; set timezone = 'Asia/Karachi'; select 1",
        "begin; create temp table left_behind as select 1; select 1",
    ):
        ask(handler, dirt)
        assert ask(handler, looked).text == as_new, dirt
    assert "'7s'" in as_new
    assert "'UTC'" in as_new


@pytest.mark.parametrize("pool", [None, (1, 1)])
def test_a_statement_beyond_its_time_is_stopped_and_the_next_request_works(site, pool):
    handler = site(pool=pool, seconds=1)
    stopped = ask(handler, "select pg_sleep(20)")
    assert (stopped.status, stopped.headers["Retry-After"]) == (503, "60")
    assert "core.database_stopped" in stopped.text
    assert "Nothing was saved." in stopped.text
    assert stopped.headers["Cache-Control"] == "no-store"
    assert ask(handler, "select 5").text == "5"


def test_a_wait_for_a_lock_ends(site):
    handler = site(lock=1)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7240098)")
    stopped = ask(handler, "select pg_advisory_xact_lock(7240098)")
    assert (stopped.status, "core.database_stopped" in stopped.text) == (503, True)


def test_an_open_transaction_in_which_nothing_happens_is_ended(site):
    handler = site(idle=1)
    assert ask(handler, "select current_setting('idle_in_transaction_session_timeout')").text == "1s"


@pytest.mark.parametrize("pool", [None, (1, 1)])
@pytest.mark.parametrize("cookies", ["", "sessionid=abcdefghijklmnopqrstuvwxyz012345"])
def test_a_server_that_is_stopped_is_a_page_that_asks_it_nothing(site, caplog, pool, cookies):
    handler = site(pool=pool, wait=0.5, HOST="127.0.0.1", PORT="1")
    away = ask(handler, "select 1", cookies=cookies)
    assert (away.status, away.headers["Retry-After"]) == (503, "60")
    assert "The database cannot be reached" in away.text
    assert "core.database_away" in away.text
    assert not [record for record in caplog.records if record.exc_info], "no fault of ours is logged"


def test_a_server_that_comes_back_is_found_by_the_next_request(site):
    real = connection.settings_dict["HOST"]
    if not real.startswith("/"):
        pytest.skip("this server has no socket that could be put out of reach")
    with tempfile.TemporaryDirectory() as folder:  # short: a socket's path has at most 107 bytes
        handler = site(pool=(1, 1), wait=0.5, HOST=f"{folder}/s")
        assert [ask(handler, "select 1").status for _ in range(3)] == [503] * 3
        os.symlink(real, f"{folder}/s")
        assert ask(handler, "select 1").status == 200


def test_the_page_is_in_the_language_of_the_person(site):
    handler = site(HOST="127.0.0.1", PORT="1")
    away = ask(handler, "select 1", cookies=f"{django_settings.LANGUAGE_COOKIE_NAME}=ur")
    assert 'lang="ur" dir="rtl"' in away.text
    assert "کچھ محفوظ نہیں ہوا۔" in away.text
    assert "cannot be reached" not in away.text


ENDED = "select pg_terminate_backend(pg_backend_pid())"


def test_a_connection_that_breaks_off_is_said_and_in_a_form_that_it_is_not_certain(site):
    handler = site()
    read = ask(handler, ENDED)
    assert (read.status, "Nothing was saved." in read.text) == (503, True)
    assert 'href="/ask/?q=' in read.text
    sent = ask(handler, ENDED, method="POST")
    assert (sent.status, "Nothing was saved." in sent.text) == (503, False)
    assert "look before you send it again" in sent.text
    assert 'href="/ask/' not in sent.text


def test_connections_that_ended_while_nobody_asked_are_replaced_unseen(site):
    handler = site(pool=(1, 1))
    pid = ask(handler, "select pg_backend_pid()").text
    ask(handler, "select 1")
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s)", [int(pid)])
    after = ask(handler, "select pg_backend_pid()")
    assert after.status == 200
    assert after.text != pid


def test_an_error_of_ours_stays_one(site):
    broken = ask(site(), "select 1 / 0")
    assert broken.status == 500


def test_only_web_processes_have_time_outs():
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_what_the_address_of_the_database_says_wins():
    limits = SimpleNamespace(
        SAIBAN_STATEMENT_SECONDS=1, SAIBAN_LOCK_SECONDS=2, SAIBAN_IDLE_SECONDS=3, SAIBAN_POOL=None
    )
    given = {"NAME": "saiban", "OPTIONS": {"sslmode": "require", "options": "-c statement_timeout=5s"}}
    options = web.for_web(given, limits)["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["options"].endswith(" -c statement_timeout=5s")
    assert "-c lock_timeout=2s" in options["options"]
    assert given["OPTIONS"]["options"] == "-c statement_timeout=5s", "what was given stays as it was"


@pytest.mark.parametrize(("given", "read"), [("off", None), ("OFF ", None), ("2,8", (2, 8)), ("0,1", (0, 1))])
def test_a_pool_is_two_numbers_or_off(given, read):
    assert web.pool_of(given) == read


@pytest.mark.parametrize("given", ["", "4", "8,2", "0,0", "-1,3", "a,b", "1,2,3"])
def test_anything_else_is_refused_with_what_was_expected(given):
    with pytest.raises(ImproperlyConfigured, match=r"SAIBAN_POOL is .* such as 1,4, or off"):
        web.pool_of(given)
