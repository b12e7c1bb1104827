"""The steps of the demo, timed; each is what an operator would do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from saiban.core import worker
from saiban.core.models import Actor, Announcement, Duty

R = TypeVar("R")
FEEDS = (("electricity", "disco-electricity"), ("vehicles", "excise-vehicles"))
SURVEY = "psc-survey"


@dataclass
class Clock:
    """Seconds of each step, in order."""

    seconds: dict[str, float] = field(default_factory=dict)
    say: Callable[[str], None] = print

    def timed(self, step: str, work: Callable[[], R]) -> R:
        """Do the work, keep its seconds, say so."""
        start = time.perf_counter()
        result = work()
        self.seconds[step] = round(time.perf_counter() - start, 2)
        self.say(f"  {step:<28} {self.seconds[step]:>7.1f} s")
        return result


def acting(username: str) -> Actor:
    """Return someone of the cast under the first duty."""
    actor = Actor.objects.get(username=username)
    return actor.under(Duty.objects.filter(actor=actor).select_related("area", "agency").earliest("pk"))


def take_in(path: Path, source: str, *, scheme: str = "") -> Any:
    """Receive and load a file as the data manager does, then let the worker do what follows from it."""
    from saiban.core.foundation import system_actor
    from saiban.core.hands import Hands
    from saiban.intake import queries, services

    batch = services.receive_batch(
        actor=acting("ayesha"), source_code=source, file_name=path.name, path=path, scheme=scheme
    )
    with Hands(is_long=lambda: queries.has_parts_to_load(batch.pk)) as hands:
        services.load_batch(actor=system_actor(), batch_id=batch.pk, meanwhile=hands.meanwhile)
        hands.finish()
    worker.work_once()
    if failed := Announcement.objects.waiting().exclude(last_error="").first():
        raise RuntimeError(f"{failed}: {failed.last_error}")
    batch.refresh_from_db()
    return batch
