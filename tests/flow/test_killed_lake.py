"""The lake's writer is killed again and again: readers see whole versions, and nothing noted is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import numpy as np
import pytest
from django.db import connection

from saiban.core.lake import manifest, services
from saiban.core.models import LakeNote
from saiban.programmes import foundation as programmes
from tests.flow.lake_changes import Changes, assert_whole, read_lake
from tests.intake.conftest import sources, uploads
from tests.registry.conftest import scorecards

__all__ = ["scorecards", "sources", "uploads"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = 12
SECONDS = 0.12  # times ten: longer than an undisturbed write takes on an idle machine


@pytest.fixture
def folder(settings, tmp_path, scorecards):
    programmes.lay()
    settings.SAIBAN_LAKE = str(tmp_path / "lake")
    return tmp_path / "lake"


class Reader(threading.Thread):
    """Reads the lake as analysts do, all the time."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.stopped = folder, threading.Event()
        self.seen, self.faults = Counter(), []

    def run(self):
        while not self.stopped.is_set():
            try:
                before = manifest.read()
                assert_whole(read_lake(self.folder))
            except Exception as error:
                self.faults.append(repr(error)[:2000])
                return
            self.seen[before.written_at] += 1
            time.sleep(0.05)


@pytest.fixture
def reader(folder):
    made = Reader(folder)
    yield made
    made.stopped.set()
    if made.is_alive():
        made.join()


def work(folder, what, point=0.0):
    command = [sys.executable, "-m", "tests.flow.killed_lake", connection.settings_dict["NAME"]]
    return subprocess.run(  # noqa: S603 our own module
        [*command, str(folder), what, str(point)],
        env=os.environ | {"SAIBAN_LAKE": str(folder)}, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip


def write_all(folder):
    """Once the server has noticed that the killed one is gone, its lock is free."""
    until = time.monotonic() + 60
    while LakeNote.objects.exists() and time.monotonic() < until:
        done = work(folder, "write")
        assert done.returncode == 0, done.stderr[-3000:]
    assert not LakeNote.objects.exists()


def kill_again_and_again(folder, draw, changes, what):
    """Change something, then kill who writes it, every other time at a step and by the clock."""
    done = work(folder, what)
    assert done.returncode == 0, done.stderr[-3000:]
    steps, killed = int(done.stdout.split()[-1]), Counter()
    for turn in range(KILLS):
        for _ in range(3):
            changes.do(changes.any_name())
        changes.do("answer")
        noted = LakeNote.objects.count()
        point = int(draw.integers(1, steps + 1)) if turn % 2 else float(draw.uniform(0.001, SECONDS))
        before = manifest.read()
        done = work(folder, what, point)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr[-3000:]
        assert_whole(read_lake(folder))
        if manifest.read() == before:
            assert LakeNote.objects.count() == noted, "nothing was shown, so nothing may be forgotten"
        killed[done.returncode] += 1
    return killed


@pytest.mark.parametrize(("what", "seed"), [("write", 20261126), ("rebuild", 20261127)])
def test_whenever_the_writer_is_killed_the_lake_is_whole_and_nothing_is_lost(
    folder, system, reader, what, seed
):
    draw = np.random.default_rng(seed)
    changes = Changes(draw)
    for _ in range(6):
        changes.do("found")
    services.rebuild(actor=system)
    reader.start()
    changes.do("score")
    killed = kill_again_and_again(folder, draw, changes, what)
    assert killed[-signal.SIGKILL] >= KILLS // 2, killed
    write_all(folder)
    followed = read_lake(folder)
    reader.stopped.set()
    reader.join()
    assert reader.faults == []
    assert reader.seen.total() > KILLS
    services.rebuild(actor=system)
    assert read_lake(folder) == followed
