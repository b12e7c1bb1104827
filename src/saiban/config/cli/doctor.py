"""`saiban doctor`: is the installation sound?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import click

from saiban.config.cli.doctor_settings import settings_said
from saiban.config.cli.setup import django_ready

if TYPE_CHECKING:
    from saiban.core.models import AuditCheckpoint

Finding = tuple[bool, str]
INSERT_ONLY = (
    "core_audit",
    "core_auditidset",
    "core_auditlink",
    "core_auditcheckpoint",
    "intake_observation",
    "scoring_score",
)
CHANGEABLE = """
select current_user, (select rolsuper from pg_roles where rolname = current_user),
  (select coalesce(array_agg(name), '{}') from unnest(%s::text[]) as name
   where has_table_privilege(name, 'update') or has_table_privilege(name, 'delete')
     or has_table_privilege(name, 'truncate'))
"""


@click.command()
@click.option(
    "--quick",
    is_flag=True,
    help="Walk the audit's chain from the last checkpoint only, and believe what lies before it.",
)
@click.option("--full", is_flag=True, help="Look for rows that point at nothing, too.")
@click.option(
    "--for",
    "households",
    type=click.IntRange(0),
    help="Recommend settings of the server for so many households; default: those that are there.",
)
@click.option(
    "--memory",
    "memory_gb",
    type=click.FloatRange(0.25),
    help="Memory of the server's machine in GB; default: this machine's, where the server is here.",
)
def doctor(quick: bool, full: bool, households: int | None, memory_gb: float | None) -> None:
    """Verify the audit's chain, roles, keys, erasures, the work that waits and the server's settings.

    Exits with 1 if something is wrong: BAD. What only could be better is marked TUNE. The chain is walked
    from its beginning, 20,000 to 40,000 rows a second: each change is found, however old. --quick walks from
    the last checkpoint whose signature is good, and says what it believed. --full looks also for rows that
    point at nothing where no foreign key keeps them out.
    """
    if quick and full:
        raise click.UsageError("Take one of --quick and --full.")
    django_ready()
    from saiban.core import server

    server.require_usable()
    sound = True
    for check in (
        partial(_chain, quick=quick),
        _roles,
        _keys,
        _erasures,
        partial(_orphans, full=full),
        _work,
        _lake,
    ):
        for good, words in check():
            sound &= good
            click.echo(f"{'ok  ' if good else 'BAD '} {words}")
    for good, line in settings_said(households, memory_gb):
        sound &= good
        click.echo(line)
    sys.exit(0 if sound else 1)


def _chain(*, quick: bool) -> Iterator[Finding]:
    from saiban.core import chain
    from saiban.core.models import AuditLink

    chain.chain_all()
    since = chain.last_good() if quick else None
    before = since.seq if since else 0
    length = AuditLink.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    sound = True
    for fault in chain.verify(since=since, told=_progress(length - before)):
        sound = False
        yield False, f"audit: {fault.what} (link {fault.seq}, audit row {fault.audit_id})"
    if sound:
        yield True, f"audit: the chain of {length:,} rows is whole{_believed(since)}"


def _believed(since: AuditCheckpoint | None) -> str:
    if since is None:
        return ""
    signed = f"to the checkpoint signed on {since.at:%Y-%m-%d %H:%M} UTC"
    return f"; the first {since.seq:,} rows, {signed}, were believed (without --quick they are walked too)"


def _progress(total: int) -> Callable[[int], None]:
    """Say on the terminal how far the walk is, every 100,000 links; a short chain is not worth a line."""
    began = monotonic()

    def told(walked: int) -> None:
        if walked % 100_000 == 0 and walked:
            left = (total - walked) * (monotonic() - began) / walked
            click.echo(
                f"     audit: {walked:,} of {total:,} rows walked, about {left:,.0f} seconds to go", err=True
            )

    return told


def _roles() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CHANGEABLE, [list(INSERT_ONLY)])
        user, superuser, changeable = cursor.fetchone()
        cursor.execute("show server_version_num")
        version = int(cursor.fetchone()[0])
    may = f"may change {', '.join(changeable)}" if changeable else "may change no row that is kept for good"
    yield not changeable and not superuser, f"roles: the application works as {user}, which {may}"
    yield True, f"database: PostgreSQL {version // 10000}"


def _keys() -> Iterator[Finding]:
    from django.conf import settings

    from saiban.core import seal

    real = bool(settings.SAIBAN_KEYS)
    known = "the development key, which protects nothing: for demo data only"
    yield (
        real or settings.SAIBAN_DEMO,
        f"keys: {'key ' + str(seal.ring().current) + ' seals' if real else known}",
    )


def _erasures() -> Iterator[Finding]:
    from saiban.registry.erasure import verifying

    persons, households = verifying.counts()
    tried, opened = verifying.opened()
    remains = [f"{count:,} {what}" for what, count in verifying.left()]
    words = f"erasures: {persons:,} persons and {households:,} households were erased"
    if remains or opened:
        yield (
            False,
            f"{words}, but {', '.join([*remains, f'{opened:,} sealed observations that open'])} are left",
        )
    else:
        yield True, f"{words}; of {tried:,} sealed observations tried, none opens"


def _orphans(*, full: bool) -> Iterator[Finding]:
    """Rows that point at nothing; counting them reads whole tables."""
    from saiban.core.orphans import orphans

    if not full:
        return
    found = list(orphans())
    for key, count in found:
        if count:
            yield False, f"rows: {count:,} of {key} point at nothing"
    if not any(count for _key, count in found):
        yield True, f"rows: none points at nothing ({len(found)} keys that the database does not enforce)"


def _work() -> Iterator[Finding]:
    from saiban.core.models import Announcement, PeriodicRun
    from saiban.core.outbox import TRIES

    stuck = Announcement.objects.waiting().filter(tries__gte=TRIES).count()
    waiting = Announcement.objects.waiting().count()
    yield (
        stuck == 0,
        f"outbox: {waiting} announcements wait, {stuck} were given up (saiban worker --again)",
    )
    for run in PeriodicRun.objects.exclude(last_error=""):
        yield False, f"periodic: {run.name} failed: {run.last_error}"


def _lake() -> Iterator[Finding]:
    from django.conf import settings

    from saiban.core.lake.state import lake_state

    state = lake_state()
    if state.written_at is None:
        yield True, f"lake: there is none at {state.location} (saiban lake rebuild)"
        return
    waits = f", the oldest since {state.oldest:%Y-%m-%d %H:%M} UTC" if state.oldest else ""
    late = f"; that is more than {settings.SAIBAN_LAKE_LATE_HOURS} hours (saiban lake write)"
    yield (
        not state.is_late and state.is_sound,
        f"lake: as of change set {state.change_set or 0}, behind by {state.behind} changes{waits}"
        + (late if state.is_late else "")
        + ("" if state.is_sound else "; its keys or columns are of another day (saiban lake rebuild)"),
    )
