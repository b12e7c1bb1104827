import os
import subprocess
import sys

import pytest

KEPT = ("PATH", "PYTHONPATH", "HOME", "LANG")
SAFE = {
    "DJANGO_SETTINGS_MODULE": "saiban.config.settings.prod",
    "SAIBAN_SECRET_KEY": "".join(chr(33 + n) for n in range(60)),
    "SAIBAN_KEYS": "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "SAIBAN_HOSTS": "saiban.example",
    "DATABASE_URL": "postgresql://saiban_app@db/saiban",
}


def check(tmp_path, **changed):
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    command = [sys.executable, "-W", "ignore", "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    env = kept | {name: value for name, value in (SAFE | changed).items() if value is not None}
    return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603


def test_an_installation_passes_the_checks_of_django_without_knowing_the_owners_password(tmp_path):
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["SAIBAN_SECRET_KEY", "SAIBAN_KEYS", "SAIBAN_HOSTS", "DATABASE_URL"])
def test_an_installation_does_not_start_without(tmp_path, name):
    done = check(tmp_path, **{name: None})
    assert done.returncode != 0
    assert name in done.stderr


@pytest.mark.parametrize("name", ["SAIBAN_KEYS", "SAIBAN_HOSTS"])
def test_an_empty_setting_is_none(tmp_path, name):
    done = check(tmp_path, **{name: ""})
    assert done.returncode != 0
    assert name in done.stderr


def test_an_installation_is_no_demo(tmp_path):
    done = check(tmp_path, SAIBAN_DEMO="yes")
    assert done.returncode != 0
    assert "SAIBAN_DEMO" in done.stderr


WEB = """
import saiban.config.wsgi
from django.db import connections
alias = connections.settings["default"]
print(alias["OPTIONS"].get("pool", {}).get("max_size"), alias["CONN_MAX_AGE"], alias["OPTIONS"]["options"])
"""
COMMAND = """
from saiban.config.cli.setup import django_ready
django_ready()
from django.db import connections
alias = connections.settings["default"]
print("pool" in alias["OPTIONS"], alias["OPTIONS"])
"""


def run(program, tmp_path, **changed):
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    command = [sys.executable, "-W", "ignore", "-c", program]
    done = subprocess.run(  # noqa: S603
        command, env=kept | SAFE | changed, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_a_web_process_has_as_many_connections_as_threads_and_time_outs(tmp_path):
    said = run(WEB, tmp_path, SAIBAN_THREADS="6", SAIBAN_STATEMENT_SECONDS="11")
    assert said.startswith("6 0 ")
    assert "statement_timeout=11s" in said
    assert run(WEB, tmp_path, SAIBAN_POOL="2,3").startswith("3 0 ")
    assert run(WEB, tmp_path, SAIBAN_POOL="off").startswith("None 60 ")


def test_a_command_has_neither(tmp_path):
    said = run(COMMAND, tmp_path, SAIBAN_POOL="2,3")
    assert said.startswith("False ")
    assert "timeout=" not in said


def test_a_pool_that_cannot_be_read_is_named(tmp_path):
    assert "SAIBAN_POOL is 'many'" in run(WEB, tmp_path, SAIBAN_POOL="many")
