import os
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
