"""The embedded server in a folder of its own: started, joined, recovered after a kill, stopped with its
last user.
"""

import json
import os
import subprocess
import sys
import time

import pytest

from saiban.core import embedded

JOIN = """
import sys, time
from saiban.core import embedded
application, owner = embedded.ensure("pg", fast=True)
print(application["HOST"], flush=True)
time.sleep(float(sys.argv[1]))
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("h")  # short: a socket's path has at most 107 bytes
    return folder


def join(home, seconds, *, wait=True):
    env = os.environ | {"SAIBAN_HOME": str(home)}
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-W", "ignore", "-c", JOIN, str(seconds)], env=env, stdout=subprocess.PIPE, text=True
    )
    socket = process.stdout.readline().strip()
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
