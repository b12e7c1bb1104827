"""Work behind the pages: what runs, what ran, what waits, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from saiban.core import outbox, periodic
from saiban.core.foundation import own_agency
from saiban.core.models import Actor, Announcement, PeriodicRun, Progress
from saiban.desk import words
from saiban.ui.components import Job, Link

RECENT = timedelta(days=2)
MOST = 50
SEEN_BY_ALL = "intake.batch.view"
PAGES = {"intake.batch": "intake:batch"}


def jobs(*, actor: Actor) -> list[Job]:
    """Return the work of the last two days, running first: all of it for who sees all batches, else one's
    own."""
    rows = Progress.objects.filter(updated_at__gte=timezone.now() - RECENT)
    if not actor.may(SEEN_BY_ALL) or own_agency(actor) is not None:
        rows = rows.filter(actor_id=actor.pk)
    going = (Progress.State.RUNNING, Progress.State.WAITING)
    ordered = sorted(rows.order_by("-updated_at")[:MOST], key=lambda row: row.state not in going)
    return [job(row, actor) for row in ordered]


def job(row: Progress, actor: Actor, *, at: str = "") -> Job:
    """Show one piece of work, on the page at an address; its rate is that of the step under way."""
    began = row.step_started_at or row.started_at
    return Job(
        label=words.action(row.name),
        done=row.done,
        total=row.total,
        url=at or reverse("desk:progress"),
        state=row.state,  # type: ignore[arg-type]
        step=words.step(row.step) if row.step else "",
        seconds=(row.updated_at - began).total_seconds() if began else None,
        error=row.error,
        result=_result(row, actor),
        name=f"job-{row.pk}",
    )


def _result(row: Progress, actor: Actor) -> Link | None:
    """Lead to the page of what was worked on, where there is one and the actor may open it."""
    name = PAGES.get(row.subject_kind)
    if name is None or row.subject_id is None or not actor.may("intake.batch.view"):
        return None
    try:
        return Link(words.see(row.subject_kind), reverse(name, args=[row.subject_id]))
    except NoReverseMatch:
        return None


@dataclass(frozen=True)
class OutboxState:
    """Announcements that wait for the worker, and those that it has given up."""

    waiting: int
    oldest: datetime | None
    failed: int


@dataclass(frozen=True)
class Run:
    """A periodic task: when it last ran, and how."""

    name: str
    every: timedelta
    last: datetime | None
    error: str
    late: bool


def outbox_state() -> OutboxState:
    """Return what waits in the outbox."""
    given_up = Q(tries__gte=outbox.TRIES)
    counts = Announcement.objects.filter(handled_at=None).aggregate(
        waiting=Count("pk", filter=~given_up),
        oldest=Min("announced_at", filter=~given_up),
        failed=Count("pk", filter=given_up),
    )
    return OutboxState(**counts)


def failed_announcements() -> list[Announcement]:
    """Return the latest announcements that no listener could handle, with the error of the last try."""
    rows = Announcement.objects.filter(handled_at=None).exclude(last_error="").order_by("-pk")
    return list(rows[:10])


def runs() -> list[Run]:
    """Return every periodic task of the table; late where its time passed twice without a run."""
    rows = {row.name: row for row in PeriodicRun.objects.all()}
    return [_run(task, rows.get(task.name)) for task in periodic.table()]


def _run(task: periodic.Periodic, row: PeriodicRun | None) -> Run:
    last = row.last_started_at if row else None
    late = last is not None and last + 2 * task.every < timezone.now()
    return Run(task.name, task.every, last, row.last_error if row else "", late)
