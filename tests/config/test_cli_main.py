import os
import socket
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def saiban(home, *words):
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", "-m", "saiban", *words],
        env=env | {"SAIBAN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("h")


def test_a_database_that_was_never_migrated_is_said_in_one_sentence(home):
    ended = saiban(home, "doctor")
    assert ended.returncode == 2
    assert "has not been migrated. Run `saiban migrate` first" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_bad_input_ends_with_2_and_a_sentence(home):
    ended = saiban(home, "score", "--scorecard", "nosuch", "--input", "x.csv", "--id", "y", "--out", "z.csv")
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_said_before_anything_starts(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = saiban(home, "serve", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 2
    assert "a free port, given by --host and --port" in ended.stderr


def test_a_server_that_is_not_there_is_said_in_one_sentence(home, monkeypatch):
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
        monkeypatch.setenv(name, "postgresql://saiban_app:x@127.0.0.1:1/saiban")
    ended = saiban(home, "doctor")
    assert ended.returncode == 2, ended.stderr
    assert "nobody answers there. Start it" in ended.stderr
    assert "Traceback" not in ended.stderr
