import os
import subprocess
import sys

import pytest

SAFE = {
    "DJANGO_SETTINGS_MODULE": "saiban.config.settings.prod",
    "SAIBAN_SECRET_KEY": "".join(chr(33 + n) for n in range(60)),
    "SAIBAN_KEYS": "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "SAIBAN_HOSTS": "saiban.example",
    "DATABASE_URL": "postgresql://saiban_app@db/saiban",
}


def check(tmp_path, **changed):
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
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
